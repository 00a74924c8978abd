# SPDX-License-Identifier: MIT
#
# What a hot pair costs by order, in instructions: ours with its per-CPU
# stacks, ours without, the kernel's, in one boot.
#@ select: page.hot.pw.insn page.hot.pw-core.insn page.hot.kernel.insn
#@ series: pw pw-core kernel
#@ y: log
#@ alt: Line chart, logarithmic: instructions for one pair of allocate and
#@   free against the order of the block. {series}
load "figures/style.gp"

set rmargin 17
set logscale y
set xlabel "order of the block"
set ylabel "instructions for a pair"
set xrange [xmin-0.3:xmax]
set yrange [ymin:ymax]
set xtics 1
eval name_at("pw", 1)
eval name_at("pw_core", 3)
eval name_at("kernel", 2)
eval "plot ".line("pw", 1).line("pw_core", 3).line("kernel", 2).end
