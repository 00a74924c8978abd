# SPDX-License-Identifier: MIT
#
# All calls on one axis: instructions for a pair whose pages are written to,
# by size. In a process also for the first block that it has of a size.
#@ select: which.used.kernel-slab.insn which.used.kernel-kmalloc.insn
#@   which.used.kernel-pages.insn which.used.kernel-kvmalloc.insn
#@   which.used.kernel-vmalloc.insn which.used.glibc.insn
#@ select first: which.first.glibc.insn
#@ y: log
#@ gap: 0.055
#@ alt: Line chart, both axes logarithmic: instructions for one pair of
#@   allocate and free, each page written to, against the size in bytes.
#@   {series}
if (!exists("height")) height = 400
load "figures/style.gp"

set linetype 5 lc rgb soft lw 2 dt (2,3) pt 11 ps 0.6
set linetype 6 lc rgb ink lw 1.6 dt (9,3,2,3) pt 8 ps 0.6
set rmargin narrow ? 3 : 16
if (!narrow) { set lmargin 11 }
set logscale xy
set format y "10^{%T}"
set xlabel "size"
set ylabel "instructions for a pair, pages written" \
    offset (narrow ? 1.4 : 0.8),0
set xrange [6:2.2e7]
set yrange [100:6e7]
set xtics ("8 B" 8, "256 B" 256, "4 KiB" 4096, "64 KiB" 65536, \
    "1 MiB" 1048576, "16 MiB" 16777216)
eval name_at("kernel_kvmalloc", 1)
eval name_at("kernel_vmalloc", 2)
eval name_at("glibc", 4)
if (has("first_glibc")) set label 91 "glibc, first" at \
    first x_first_glibc, first y_first_glibc*1.25 offset 0.9,0 tc lt 6
if (has("kernel_kmalloc")) set label 92 "kmalloc, pages" at \
    first x_kernel_kmalloc*1.35, first y_kernel_kmalloc*0.9 tc lt 3
# On a phone there is no room to the right: the names end at the points.
if (narrow && has("first_glibc")) set label 91 right offset -0.9,0.9
if (narrow && has("kernel_kmalloc")) set label 92 right offset -0.5,-0.9
if (has("kernel_slab")) set label "object cache" at \
    first x_kernel_slab*1.3, first y_kernel_slab*0.62 tc lt 6
eval "plot ".line("kernel_vmalloc", 2).line("kernel_kvmalloc", 1) \
    .line("kernel_pages", 5).line("kernel_kmalloc", 3) \
    .line("kernel_slab", 6).line("glibc", 4).line("first_glibc", 6).end
