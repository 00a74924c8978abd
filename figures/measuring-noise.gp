# SPDX-License-Identifier: MIT
#
# The same loop again and again: how many of its runs took how long, beside
# the middle one. Both axes are logarithmic, or nobody would see the few
# that are late. The single times come from the raw repetitions that lie
# beside the results that are drawn.
#@ select: measuring.repeat.loop.ns x=50
#@ alt: Histogram of the times of one short loop, on logarithmic scales, in
#@   multiples of the median. There is little to the left of 1, and a tail
#@   to the right. {series}
load "figures/style.gp"

times = "< grep '^measuring\\.repeat' '".raw."' 2>/dev/null | cut -f6"

median = system("awk '$1 == 50 { print $2 }' ".data) + 0
step = 0.06 # of a power of ten
bin(t) = 10 ** (step * floor(log10(t / median) / step + 0.5))

set rmargin 3
set lmargin 10
unset mytics
set logscale xy
set xlabel "time of a run, in multiples of the middle one"
set ylabel "runs"
set yrange [0.7:*]
set xrange [0.5:*]
set xtics (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
if (narrow) { set xtics (1, 10, 100, 1000, 10000) }
eval has("loop") ? \
    "plot times using (bin($1)):(1) smooth frequency " \
    ."with impulses lt 1 lw 9 notitle" \
    : "plot 1/0 notitle"
