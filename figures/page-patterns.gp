# SPDX-License-Identifier: MIT
#
# Three patterns side by side on one scale: the hot pair, bulk, random.
#@ select hot: page.hot.pw.insn page.hot.pw-core.insn page.hot.kernel.insn
#@ select bulk: page.bulk.pw.insn page.bulk.pw-core.insn
#@   page.bulk.kernel.insn
#@ select random: page.random.pw.insn page.random.pw-core.insn
#@   page.random.kernel.insn
#@ series: pw pw-core kernel
#@ y: log
#@ share: y
#@ alt: Three line charts on one logarithmic scale: instructions for a pair
#@   against the order of the block, for the hot pair, for bulk and for
#@   random lifetimes. {series}
load "figures/style.gp"

set logscale y
set xrange [-0.4:10.4]
set yrange [ymin_hot:ymax_hot]
set xtics 2
set ylabel "instructions for a pair" offset (narrow ? 2.6 : 0.8),0
set multiplot
do for [i=0:2] {
    p = word("hot bulk random", i + 1)
    eval panel(i, 3, 0.115, 0.232, 0.2)
    set label 1 p at graph 0.02, 1.06 font bold(12) tc rgb ink
    if (i == 1) { set xlabel "order of the block" } else { set xlabel " " }
    if (i == 1 && !narrow) { set ylabel ""; set format y "" }
    if (i == 2) {
        eval name_at(p."_pw", 1)
        eval name_at(p."_pw_core", 3)
        eval name_at(p."_kernel", 2)
    }
    eval "plot ".line(p."_pw", 1).line(p."_pw_core", 3) \
        .line(p."_kernel", 2).end
}
unset multiplot
