# SPDX-License-Identifier: MIT
#
# What a hot pair costs by size of the object, in instructions: ours with
# its magazines, ours without, the kernel's, in one boot.
#@ select: slab.hot.pw.insn slab.hot.pw-nomag.insn slab.hot.kernel.insn
#@ series: pw pw-nomag kernel
#@ y: log
#@ alt: Line chart, logarithmic in both directions: instructions for one
#@   pair of allocate and free against the size of the object. {series}
load "figures/style.gp"

set rmargin 19
set logscale x 2
set logscale y
set xlabel "size of the object, bytes"
set ylabel "instructions for a pair"
set xrange [xmin*0.9:xmax]
set yrange [ymin:ymax]
set xtics (8, 32, 128, 512, 2048)
set ytics (5, 10, 20, 50, 100, 200, 500, 1000)
eval name_at("pw", 1)
eval name_at("pw_nomag", 3)
eval name_at("kernel", 2)
eval "plot ".line("pw", 1).line("pw_nomag", 3).line("kernel", 2).end
