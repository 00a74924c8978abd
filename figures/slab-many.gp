# SPDX-License-Identifier: MIT
#
# Many objects of 64 bytes, then all of them back in an order drawn by lot:
# ours, and malloc with free of four libraries.
#@ select: slab.many.pw.ns slab.many.glibc.ns slab.many.jemalloc.ns
#@   slab.many.mimalloc.ns slab.many.tcmalloc.ns
#@ series: pw glibc jemalloc mimalloc tcmalloc
#@ y: log
#@ alt: Line chart, logarithmic in both directions: nanoseconds for a pair
#@   of allocate and free against the number of objects that are allocated
#@   before they are freed in random order. {series}
load "figures/style.gp"

set rmargin 12
set logscale x 2
set logscale y
set xlabel "objects"
set ylabel "ns for a pair"
set xrange [xmin*0.8:xmax*1.1]
set yrange [ymin:ymax]
set xtics (64, 512, 4096, 32768, 262144)
eval name_at("pw", 1)
eval name_at("glibc", 2)
eval name_at("jemalloc", 3)
eval name_at("mimalloc", 4)
eval name_at("tcmalloc", 5)
eval "plot ".line("glibc", 2).line("jemalloc", 3).line("mimalloc", 4) \
    .line("tcmalloc", 5).line("pw", 1).end
