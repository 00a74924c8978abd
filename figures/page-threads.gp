# SPDX-License-Identifier: MIT
#
# A hot pair of order 0 while 1, 2 and 4 threads do the same on one zone.
#@ select: page.threads.pw.ns page.threads.pw-core.ns page.threads.malloc.ns
#@ series: pw pw-core malloc
#@ y: log
#@ alt: Line chart, logarithmic in both directions: nanoseconds for a pair
#@   of order 0 against the number of threads. {series}
load "figures/style.gp"

set rmargin 17
set logscale xy
set xlabel "threads"
set ylabel "ns for a pair, in each thread"
set xrange [xmin*0.93:xmax]
set yrange [ymin:ymax]
set xtics (1, 2, 4, 8, 16)
eval name_at("pw", 1)
eval name_at("pw_core", 3)
eval name_at("malloc", 4)
eval "plot ".line("malloc", 4).line("pw_core", 3).line("pw", 1).end
