# SPDX-License-Identifier: MIT
#
# A hot pair by size, in instructions: ours and the kernel's, in one boot,
# over the thirteen classes and beyond them.
#@ select: kmalloc.hot.pw.insn kmalloc.hot.kernel.insn
#@ series: pw kernel
#@ y: log
#@ alt: Line chart, both axes logarithmic: instructions for one pair
#@   of kmalloc and kfree against the size asked for. {series}
load "figures/style.gp"

set rmargin 12
set logscale x 2
set logscale y
set xlabel "bytes asked for"
set ylabel "instructions for a pair"
set xrange [xmin*0.9:xmax*1.1]
set yrange [ymin*0.8:ymax*1.2]
set xtics (8, 64, 512, "4096" 4096, "64 KiB" 65536, "1 MiB" 1048576)
eval name_at("pw", 1)
eval name_at("kernel", 2)
eval "plot ".line("kernel", 2).line("pw", 1).end
