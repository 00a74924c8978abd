# SPDX-License-Identifier: MIT
#
# The same pair in a process, in nanoseconds, beside the C library's and the
# system call that a program without an allocator would make.
#@ select: page.hot.pw.ns page.hot.pw-core.ns page.hot.malloc.ns
#@   page.hot.mmap.ns
#@ series: pw pw-core malloc mmap
#@ y: log
#@ alt: Line chart, logarithmic: nanoseconds for one pair of allocate and
#@   free in a process, against the order of the block. {series}
load "figures/style.gp"

set rmargin 17
set logscale y
set xlabel "order of the block"
set ylabel "ns for a pair"
set xrange [xmin-0.3:xmax]
set yrange [ymin:ymax]
set xtics 1
eval name_at("pw", 1)
eval name_at("pw_core", 3)
eval name_at("malloc", 4)
eval name_at("mmap", 2)
eval "plot ".line("mmap", 2).line("malloc", 4).line("pw_core", 3) \
    .line("pw", 1).end
