# SPDX-License-Identifier: MIT
#
# All of memory was taken frame by frame and every second frame given back.
# Left: which requests succeed then, and when the others came back too.
# Right: how the free memory of the first moment is spread over the orders.
#@ select s: page.frag.pw.success page.frag.kernel.success
#@   page.frag.pw-merged.success page.frag.kernel-merged.success
#@   instrument=vm-insn
#@ select f: page.frag.pw.free page.frag.kernel.free instrument=vm-insn
#@ series: pw kernel pw-merged kernel-merged
#@ alt: Two charts by order of the block. Left, share of requests that
#@   succeed after every second frame was given back, and after all were.
#@   Right, pages free at each order after every second frame was given
#@   back. {series}
load "figures/style.gp"

set multiplot
set xtics 1
set xrange [-0.6:10.6]
set xlabel "order of the block"

eval panel(0, 2, 0.105, 0.505, 0.395)
set yrange [-4:108]
set ytics 25
set ylabel "requests that succeed, %" offset 1.6,0
set label 1 "all frames given back" at 10.4, 84 right font font(11.5) \
    tc rgb soft
set label 2 "every second frame given back" at 10.4, 9 right \
    font font(11.5) tc rgb soft
eval "plot ".curve("s_pw", 1).curve("s_kernel", 2).curve("s_pw_merged", 1) \
    .curve("s_kernel_merged", 2).end
unset label 1
unset label 2

eval panel(1, 2, 0.105, 0.505, 0.38)
set yrange [0:*]
set ytics auto
set ylabel "free, MiB"
set boxwidth 0.36
set label 3 "●" at graph 0.30, 0.93 font font(12) tc rgb c1
set label 4 l_f_pw at graph 0.36, 0.93 font font(12) tc rgb c1
set label 5 "■" at graph 0.30, 0.84 font font(12) tc rgb c2
set label 6 l_f_kernel at graph 0.36, 0.84 font font(12) tc rgb c2
set style fill solid 1 noborder
plot data index i_f_pw using ($1-0.2):($2/256) with boxes fc rgb c1 \
    title "f_pw", \
    data index i_f_kernel using ($1+0.2):($2/256) with boxes \
        fs solid 0.35 border lc rgb c2 dt 1 title "f_kernel"
unset multiplot
