# SPDX-License-Identifier: MIT
#
# Four patterns side by side on one scale: hot pair, bulk, fifo, random.
#@ select hot: slab.hot.pw.insn slab.hot.pw-nomag.insn slab.hot.kernel.insn
#@ select bulk: slab.bulk.pw.insn slab.bulk.pw-nomag.insn
#@   slab.bulk.kernel.insn
#@ select fifo: slab.fifo.pw.insn slab.fifo.pw-nomag.insn
#@   slab.fifo.kernel.insn
#@ select random: slab.random.pw.insn slab.random.pw-nomag.insn
#@   slab.random.kernel.insn
#@ series: pw pw-nomag kernel
#@ y: log
#@ share: y
#@ alt: Four line charts on one logarithmic scale: instructions for a pair
#@   against the size of the object, for the hot pair, bulk, first in first
#@   out, and random lifetimes. {series}
load "figures/style.gp"

set logscale x 2
set logscale y
set xrange [xmin_hot*0.8:xmax_hot*1.2]
set yrange [ymin_hot:ymax_hot]
set xtics (16, 1024)
set ylabel "instructions for a pair"
set multiplot
do for [i=0:3] {
    p = word("hot bulk fifo random", i + 1)
    eval panel(i, 4, 0.135, 0.166, 0.145)
    set label 1 p at graph 0.02, 1.06 font bold(12) tc rgb ink
    if (i == 1) { set xlabel "size of the object, bytes" offset 5,0 } \
        else { set xlabel " " offset 0,0 }
    if (i == 1 && !narrow) { set ylabel ""; set format y "" }
    if (i == 3) {
        eval name_at(p."_pw", 1)
        eval name_at(p."_pw_nomag", 3)
        eval name_at(p."_kernel", 2)
    }
    eval "plot ".line(p."_pw", 1).line(p."_pw_nomag", 3) \
        .line(p."_kernel", 2).end
}
unset multiplot
