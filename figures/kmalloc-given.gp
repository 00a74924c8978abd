# SPDX-License-Identifier: MIT
#
# What is asked for and what is given: the staircase of the size classes,
# the kernel's, which are ours, and the finer one of a library.
#@ select: kmalloc.given.kernel.bytes kmalloc.given.jemalloc.bytes
#@ series: kernel jemalloc
#@ alt: Line chart: bytes given against bytes asked for, up to 1024. The
#@   kernel's line is a staircase with a step for each power of two and two
#@   more at 96 and 192; jemalloc's has four steps to a doubling and lies
#@   closer to the diagonal. {series}
height = 400
load "figures/style.gp"

set rmargin 4
set xlabel "bytes asked for"
set ylabel "bytes given" offset 1.4,0
set xrange [0:1040]
set yrange [0:1120]
set xtics (64, 128, 256, 512, 768, "1024" 1024)
if (narrow) { set xtics (64, 256, 512, 768, "1024" 1024) }
set ytics (64, 128, 192, 256, 512, "1024" 1024)
set linetype 8 lc rgb grey lw 1.2 dt 1
if (has("kernel")) {
    set label 91 l_kernel." and Pagewise" at first 530, first 1062 tc lt 2
    if (narrow) { set label 91 right at graph 1, 1.06; set tmargin 2.4 }
}
if (has("jemalloc")) { set label l_jemalloc at first 500, first 655 \
    right tc lt 1 }
set label 92 "what was asked for" at first 800, first 745 tc rgb soft \
    font font(11)
if (narrow) { set label 92 at first 560, first 420 }
area = has("kernel") ? sprintf("data index %d using 1:2:1 " \
    ."with filledcurves lc rgb t2 fs solid 1 noborder notitle, ", \
    i_kernel) : ""
step(k,s) = !has(k) ? "" : sprintf(\
    "data index %d using 1:2 with lines lt %d title '%s', ", \
    value("i_".k), s, k)
set style function lines
eval "plot ".area."x with lines lt 8 notitle, ".step("jemalloc", 1) \
    .step("kernel", 2).end
