# SPDX-License-Identifier: MIT
#
# One malloc and one free of one size again and again, under each malloc.
#@ select: malloc.pair.*.ns
#@ series: pw glibc jemalloc mimalloc tcmalloc
#@ y: log
#@ alt: Line chart, logarithmic in both directions: nanoseconds for one
#@   malloc and free against the size of the block. {series}
load "figures/style.gp"

set rmargin 17
set logscale xy
set xlabel "bytes"
set ylabel "ns for a pair"
set xrange [xmin*0.9:xmax]
set yrange [ymin:ymax]
set xtics ("16" 16, "64" 64, "256" 256, "1 Ki" 1024, "4 Ki" 4096, \
    "16 Ki" 16384, "64 Ki" 65536)
eval name_at("pw", 1)
eval name_at("glibc", 2)
eval name_at("jemalloc", 3)
eval name_at("mimalloc", 4)
eval name_at("tcmalloc", 5)
eval "plot ".line("tcmalloc", 5).line("mimalloc", 4).line("jemalloc", 3) \
    .line("glibc", 2).line("pw", 1).end
