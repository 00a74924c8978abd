# SPDX-License-Identifier: MIT
#
# One load in each page: left each address comes out of the load before,
# right all are known beforehand. The caches see the same lines in all
# variants; only translation differs.
#@ select chase: vmalloc.chase.scattered.ns vmalloc.chase.run.ns
#@   vmalloc.chase.huge.ns
#@ select stride: vmalloc.stride.scattered.ns vmalloc.stride.run.ns
#@   vmalloc.stride.huge.ns
#@ series: scattered run huge
#@ y: log
#@ gap: 0.085
#@ alt: Two line charts, logarithmic: nanoseconds for a load against the
#@   bytes that the loads spread over, for a chase of pointers and for a
#@   walk in order of addresses. {series}
load "figures/style.gp"

set logscale xy
set xtics ("64 KiB" 64, "1 MiB" 1024, "16 MiB" 16384, "256 MiB" 262144)
set ylabel "ns for a load" offset (narrow ? 1.4 : 0.4),0
set format y "%g"
set multiplot
do for [i=0:1] {
    p = word("chase stride", i + 1)
    low = i ? ymin_stride : ymin_chase
    high = i ? ymax_stride : ymax_chase
    eval panel(i, 2, 0.115, 0.40, 0.30)
    set xrange [50:(i ? xmax_stride : xmax_chase)*1.2]
    set yrange [low:high]
    set label 1 p at graph 0.02, 1.06 font bold(12) tc rgb ink
    set xlabel "bytes spread over"
    if (i == 1) {
        set ylabel ""
        eval name_at("stride_scattered", 2)
        eval name_at("stride_run", 3)
        eval name_at("stride_huge", 1)
    }
    s = p."_scattered"; r = p."_run"; h = p."_huge"
    eval "plot ".ref(s).ref(r).ref(h).band(s, 2).band(r, 3).band(h, 1) \
        .curve(s, 2).curve(r, 3).curve(h, 1).end
}
unset multiplot
