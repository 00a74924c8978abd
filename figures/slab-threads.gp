# SPDX-License-Identifier: MIT
#
# Threads. Left: each frees what it has allocated. Right: each frees what
# another one has allocated.
#@ select own: slab.threads.pw.ns slab.threads.glibc.ns
#@   slab.threads.jemalloc.ns slab.threads.mimalloc.ns
#@   slab.threads.tcmalloc.ns
#@ select other: slab.remote.pw.ns slab.remote.glibc.ns
#@   slab.remote.jemalloc.ns slab.remote.mimalloc.ns slab.remote.tcmalloc.ns
#@ series: pw glibc jemalloc mimalloc tcmalloc
#@ y: log
#@ gap: 0.085
#@ share: y
#@ alt: Two line charts, logarithmic: nanoseconds for a pair against the
#@   number of threads; left, each thread frees its own objects; right,
#@   those of another thread. {series}
load "figures/style.gp"

set logscale xy
set xtics (1, 2, 4, 8, 16)
set yrange [ymin_own:ymax_own]
set ylabel "ns for a pair, in each thread"
set multiplot
do for [i=0:1] {
    p = word("own other", i + 1)
    eval panel(i, 2, 0.135, 0.38, 0.33)
    set label 1 (i == 0 ? "freed by its own thread" : \
        "freed by another thread") at graph 0.02, 1.06 font bold(12) \
        tc rgb ink
    set xlabel "threads"
    set xrange [value("xmin_".p)*0.93:value("xmax_".p)*1.05]
    if (i == 1) {
        if (!narrow) { set ylabel ""; set format y "" }
        eval name_at(p."_pw", 1)
        eval name_at(p."_glibc", 2)
        eval name_at(p."_jemalloc", 3)
        eval name_at(p."_mimalloc", 4)
        eval name_at(p."_tcmalloc", 5)
    }
    eval "plot ".line(p."_glibc", 2).line(p."_jemalloc", 3) \
        .line(p."_mimalloc", 4).line(p."_tcmalloc", 5).line(p."_pw", 1).end
}
unset multiplot
