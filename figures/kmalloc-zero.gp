# SPDX-License-Identifier: MIT
#
# What zeroing adds. Left, instructions in the lab: the kernel's pair with
# zeroing on allocation off and on. Right, nanoseconds in a process: ours,
# with and without zeros.
#@ select lab: kmalloc.hot.kernel.insn kmalloc.zero.kernel-zeroed.insn
#@ select host: kmalloc.zero.pw.ns kmalloc.zero.pw-zeroed.ns
#@ series: kernel kernel-zeroed pw pw-zeroed
#@ y: log
#@ gap: 0.14
#@ alt: Two line charts, logarithmic: left instructions for a pair in the
#@   lab, right nanoseconds for a pair in a process, against the size, with
#@   and without zeroing. {series}
load "figures/style.gp"

set logscale xy
unset clip one
set multiplot
do for [i=0:1] {
    p = word("lab host", i + 1)
    plain = word("_kernel _pw", i + 1)
    eval panel(i, 2, 0.13, 0.495, 0.345)
    set label 1 (i == 0 ? "in the lab" : "in a process") \
        at graph 0.02, 1.06 font bold(12) tc rgb ink
    set xlabel "bytes asked for"
    set xrange [6:(i == 0 ? 10500 : 84000)]
    if (i == 0) { set xtics (8, 64, 512, "4096" 4096) }
    if (i == 1) { set xtics (8, 128, "2048" 2048, "32 KiB" 32768) }
    set yrange [(i == 0 ? 100 : ymin_host*0.3): \
        (i == 0 ? 12000 : ymax_host*1.7)]
    set ylabel (i == 0 ? "instructions for a pair" : "ns for a pair") \
        offset 3.2,0
    if (has(p.plain)) {
        set label 2 value("l_".p.plain) at first 12, \
            first (i == 0 ? 200 : 2.4) tc lt 2 - i
    }
    set label 3 "with zeros" at first (i == 0 ? 700 : 3000), \
        first (i == 0 ? 3000 : 110) right tc lt 3
    eval "plot ".line(p.plain."_zeroed", 3).line(p.plain, 2 - i).end
    unset label
}
unset multiplot
