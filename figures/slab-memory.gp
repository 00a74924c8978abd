# SPDX-License-Identifier: MIT
#
# Memory held for each byte in live objects. Left: at a peak. Right: when
# all but a tenth, by lot, were freed and each allocator was asked for what
# it can spare.
#@ select peak: slab.peak.pw.held slab.peak.glibc.held
#@   slab.peak.jemalloc.held slab.peak.mimalloc.held slab.peak.tcmalloc.held
#@ select after: slab.after.pw-shrunk.held slab.after.glibc-shrunk.held
#@   slab.after.jemalloc-shrunk.held slab.after.mimalloc-shrunk.held
#@   slab.after.tcmalloc-shrunk.held
#@ series: pw glibc jemalloc mimalloc tcmalloc
#@ y: log
#@ gap: 0.095
#@ alt: Two line charts, the second logarithmic: memory held as a multiple
#@   of the bytes in live objects, against the size of the object; left at a
#@   peak, right when all but a tenth had been freed at random and the
#@   allocator had been asked to give back what it can. {series}
load "figures/style.gp"

set logscale x 2
set xtics (8, 64, 512, "4096" 4096)
set multiplot
do for [i=0:1] {
    p = word("peak after", i + 1)
    s = i == 0 ? "" : "_shrunk"
    eval panel(i, 2, 0.09, 0.43, 0.34)
    set label 1 (i == 0 ? "at the peak" : "a tenth left, asked") \
        at graph 0.02, 1.06 font bold(12) tc rgb ink
    set xlabel "size of the object, bytes"
    set xrange [value("xmin_".p)*0.9:value("xmax_".p)*1.1]
    if (i == 1) { set logscale y; set ytics (1, 2, 5, 10, 20, 50, 100) }
    set yrange [1:(i == 0 ? 1.55 : value("ymax_".p)*1.1)]
    if (i == 0) { set ylabel "held / live, ×" } else { set ylabel "" }
    if (i == 1) {
        eval name_at(p."_pw".s, 1)
        eval name_at(p."_glibc".s, 2)
        eval name_at(p."_jemalloc".s, 3)
        eval name_at(p."_mimalloc".s, 4)
        eval name_at(p."_tcmalloc".s, 5)
    }
    eval "plot ".line(p."_glibc".s, 2).line(p."_jemalloc".s, 3) \
        .line(p."_mimalloc".s, 4).line(p."_tcmalloc".s, 5) \
        .line(p."_pw".s, 1).end
}
unset multiplot
