# SPDX-License-Identifier: MIT
#
# A hot pair in a process, one thread, in nanoseconds: ours, and malloc with
# free of four libraries.
#@ select: kmalloc.hot.pw.ns kmalloc.hot.glibc.ns kmalloc.hot.jemalloc.ns
#@   kmalloc.hot.mimalloc.ns kmalloc.hot.tcmalloc.ns
#@ series: pw glibc jemalloc mimalloc tcmalloc
#@ y: log
#@ gap: 0.1
#@ alt: Line chart, both axes logarithmic: nanoseconds for one pair of
#@   allocate and free in one thread against the size. {series}
load "figures/style.gp"

set rmargin 12
set logscale x 2
set logscale y
set xlabel "bytes asked for"
set ylabel "ns for a pair"
set xrange [xmin*0.9:xmax*1.1]
set yrange [ymin*0.8:ymax*1.2]
set xtics (8, 64, 512, "4096" 4096, "64 KiB" 65536, "1 MiB" 1048576)
eval name_at("pw", 1)
eval name_at("glibc", 2)
eval name_at("jemalloc", 3)
eval name_at("mimalloc", 4)
eval name_at("tcmalloc", 5)
eval "plot ".line("glibc", 2).line("jemalloc", 3).line("mimalloc", 4) \
    .line("tcmalloc", 5).line("pw", 1).end
