# SPDX-License-Identifier: MIT
#
# Frames given back by lot: which share of that memory can be had in blocks
# of orders 1 to 4, beside what chance alone predicts. A frame given back
# with probability p lies in a whole free block of order n with probability
# p^(2^n - 1).
#@ select: page.fragrate.kernel-o*.success
#@ series: kernel-o1 kernel-o2 kernel-o3 kernel-o4
#@ alt: Line chart: share of the memory given back that can be had in blocks
#@   of orders 1 to 4, against the share of frames given back at random;
#@   thin curves show what chance predicts. {series}
load "figures/style.gp"

set rmargin 9
set xlabel "frames given back, %"
set ylabel "had in whole blocks, %"
set xrange [0:100]
set yrange [0:100]
set xtics 10
set style function lines
chance(x,n) = 100 * (x / 100.0) ** (2 ** n - 1)
do for [n=1:4] {
    set label sprintf("order %d", n) at first 101, \
        first value(sprintf("y_kernel_o%d", n)) tc lt n
}
plot for [n=1:4] chance(x, n) with lines lc rgb grey lw 1 dt 1 notitle, \
    for [n=1:4] data index value(sprintf("i_kernel_o%d", n)) \
        using 1:2 with points lt n ps 0.6 \
        title sprintf("kernel_o%d", n)
