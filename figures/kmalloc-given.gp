# SPDX-License-Identifier: MIT
#
# What is asked for and what is given: the staircase of the size classes,
# ours and the kernel's, and the finer one of a library.
#@ select: kmalloc.given.kernel.bytes kmalloc.given.jemalloc.bytes
#@ series: kernel jemalloc
#@ alt: Line chart, both axes logarithmic: bytes given against bytes asked
#@   for. The kernel's line is a staircase with a step for each doubling and
#@   two more at 96 and 192; jemalloc's has several steps to a doubling and
#@   lies closer to the diagonal. {series}
height = 360
load "figures/style.gp"

set rmargin 12
set logscale xy 2
set xlabel "bytes asked for"
set ylabel "bytes given" offset 1.4,0
set xrange [8:xmax*1.05]
set yrange [8:ymax*1.15]
set xtics (8, 32, 128, 512, "2048" 2048, "8192" 8192)
set ytics (8, 32, 128, 512, "2048" 2048, "8192" 8192)
set label "what was asked for" at first 24, first 17 rotate by 38 \
    tc rgb soft font font(11)
set linetype 8 lc rgb grey lw 1.2 dt 1
area = has("kernel") ? sprintf("data index %d using 1:2:1 " \
    ."with filledcurves lc rgb t2 fs solid 1 noborder notitle, ", \
    i_kernel) : ""
step(k,s) = !has(k) ? "" : sprintf(\
    "data index %d using 1:2 with lines lt %d notitle, ", \
    value("i_".k), s)
eval name_at("kernel", 2)
eval name_at("jemalloc", 1)
set style function lines
eval "plot ".area."x with lines lt 8 notitle, ".step("jemalloc", 1) \
    .step("kernel", 2).end
