# SPDX-License-Identifier: MIT
#
# A sample: two series over x.
#@ select: sample.hot.*.insn
#@ series: pw kernel
#@ y: log
#@ alt: Instructions for a hot pair by order, logarithmic. {series}
load "figures/style.gp"

set rmargin 11
set logscale y
set xlabel "order"
set ylabel "instructions per pair"
set xrange [xmin-0.2:xmax]
set yrange [ymin:ymax]
set xtics 1
eval name_at("pw", 1)
eval name_at("kernel", 2)
eval "plot ".line("pw", 1).line("kernel", 2).end
