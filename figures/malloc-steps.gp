# SPDX-License-Identifier: MIT
#
# What each idea gained: the four steps and the whole allocator.
#@ select: malloc.steps.*.ns
#@ series: bump list classes pages all
#@ y: log
#@ alt: Bar chart, logarithmic: nanoseconds for one malloc and one free
#@   with random lifetimes. {series}
height = 280
load "figures/style.gp"

set logscale y
set ylabel "ns for a malloc and a free"
set xrange [0.4:5.6]
set yrange [ymin*0.6:ymax*1.6]
set xtics ("1 bump" 1, "2 one list" 2, "3 classes" 3, "4 pages" 4, \
    "the allocator" 5)
set boxwidth 0.5
bars(k,c) = !exists("i_".k) ? "" : sprintf("data index %d using 1:2 with " \
    ."boxes lc rgb '%s' fs solid 1 noborder notitle, ", value("i_".k), c)
eval "plot ".bars("bump", t2).bars("list", c2).bars("classes", t1) \
    .bars("pages", t1).bars("all", c1).end
