# SPDX-License-Identifier: MIT
#
# A hot pair in a process, one thread, in nanoseconds: ours, and malloc with
# free of four libraries.
#@ select: slab.hot.pw.ns slab.hot.glibc.ns slab.hot.jemalloc.ns
#@   slab.hot.mimalloc.ns slab.hot.tcmalloc.ns
#@ series: pw glibc jemalloc mimalloc tcmalloc
#@ alt: Line chart: nanoseconds for one pair of allocate and free in one
#@   thread against the size of the object. {series}
load "figures/style.gp"

set rmargin 12
set logscale x 2
set xlabel "size of the object, bytes"
set ylabel "ns for a pair"
set xrange [xmin*0.9:xmax]
set yrange [0:ymax*1.05]
set xtics (8, 32, 128, 512, 2048)
eval name_at("pw", 1)
eval name_at("glibc", 2)
eval name_at("jemalloc", 3)
eval name_at("mimalloc", 4)
eval name_at("tcmalloc", 5)
eval "plot ".line("glibc", 2).line("jemalloc", 3).line("mimalloc", 4) \
    .line("tcmalloc", 5).line("pw", 1).end
