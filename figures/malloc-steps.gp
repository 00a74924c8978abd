# SPDX-License-Identifier: MIT
#
# What each idea gained, step by step: time above, memory below.
#@ select alone: malloc.steps-alone.*.ns
#@ select threads: malloc.steps-threads.*.ns
#@ select changed: malloc.steps-changed.*.mib
#@ select handed: malloc.steps-handed.*.mib
#@ select after: malloc.steps-after.*.mib
#@ series: bump list classes pages heaps remote back all
#@ alt: Two bar charts over the seven steps and the whole allocator. Above,
#@   logarithmic: nanoseconds for one malloc and one free with random
#@   lifetimes, in one thread and in two. Below: mebibytes resident at the
#@   end of three jobs: blocks of changing size, blocks handed to another
#@   thread, and after all was freed. {series}
height = 480
tall = 560
load "figures/style.gp"

names = "bump list classes pages heaps remote back all"
set xrange [0.4:8.6]
set xtics ("1\nbump" 1, "2\none list" 2, "3\nclasses" 3, "4\npages" 4, \
    "5\nheaps" 5, "6\nremote" 6, "7\nback" 7, "all\nof it" 8)
bar(k,at,c) = !exists("i_".k) ? "" : sprintf("data index %d using " \
    ."($1+%g):2:(0.24) with boxes lc rgb '%s' fs solid 1 noborder " \
    ."title '%s', ", value("i_".k), at, c, k)
bars(p,at,c) = bar(p."_bump",at,c).bar(p."_list",at,c) \
    .bar(p."_classes",at,c).bar(p."_pages",at,c).bar(p."_heaps",at,c) \
    .bar(p."_remote",at,c).bar(p."_back",at,c).bar(p."_all",at,c)
sample(n,x,y,t,c) = sprintf("set object %d rect from graph %g,%g to " \
    ."graph %g,%g fc rgb '%s' fs solid 1 noborder; set label %d '%s' at " \
    ."graph %g,%g tc rgb ink font '%s'; ", n, x, y - 0.02, x + 0.02, \
    y + 0.025, c, n, t, x + 0.03, y, font(11.5))

# On a phone the steps have their numbers only.
if (narrow) { set xtics (1, 2, 3, 4, 5, 6, 7, "all" 8) }
step_panel(i) = narrow ? below(i, 2) : sprintf("set lmargin at screen " \
    ."0.125; set rmargin at screen 0.98; set tmargin at screen %g; " \
    ."set bmargin at screen %g", i == 0 ? 0.97 : 0.485, \
    i == 0 ? 0.615 : 0.115)

set multiplot
eval step_panel(0)
set logscale y
set ylabel "ns for a pair" offset (narrow ? 2.8 : 1.4),0
high = ymax_alone > ymax_threads ? ymax_alone : ymax_threads
set yrange [1:high*1.5]
eval sample(1, 0.60, 0.93, "one thread", c1)
eval sample(2, 0.60, 0.83, "two threads", c2)
eval "plot ".bars("alone", -0.13, c1).bars("threads", 0.13, c2).end

unset label; unset object
unset logscale y
eval step_panel(1)
set ylabel "MiB at the end" offset (narrow ? 1.6 : 0.8),0
high = ymax_handed > ymax_after ? ymax_handed : ymax_after
set yrange [0:high*1.12]
eval sample(1, narrow ? 0.24 : 0.33, 0.94, "sizes changed", c3)
eval sample(2, narrow ? 0.24 : 0.53, narrow ? 0.84 : 0.94, \
    "handed on", c2)
eval sample(3, narrow ? 0.24 : 0.84, narrow ? 0.74 : 0.94, "all freed", c4)
eval "plot ".bars("changed", -0.26, c3).bars("handed", 0, c2) \
    .bars("after", 0.26, c4).end
unset multiplot
