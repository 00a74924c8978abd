# SPDX-License-Identifier: MIT
#
# An area and back, by size, in instructions: vmalloc and what one might
# call instead, and ours, in one boot.
#@ select: vmalloc.pair.kernel.insn vmalloc.pair.pw.insn
#@   vmalloc.pair.kernel-kvmalloc.insn vmalloc.pair.kernel-kmalloc.insn
#@ series: kernel pw kernel-kvmalloc kernel-kmalloc
#@ y: log
#@ alt: Line chart, both axes logarithmic: instructions for one pair of
#@   allocate and free against the size. {series}
load "figures/style.gp"

set rmargin 17
set logscale xy
set lmargin 11
set format y "10^{%T}"
set xlabel "size"
set ylabel "instructions for a pair" offset (narrow ? 1.4 : 0.8),0
set xrange [xmin/1.3:xmax*1.1]
set yrange [ymin:ymax]
set xtics ("4 KiB" 4, "64 KiB" 64, "1 MiB" 1024, "16 MiB" 16384)
eval name_at("kernel", 2)
eval name_at("pw", 1)
eval name_at("kernel_kvmalloc", 3)
eval name_at("kernel_kmalloc", 4)
eval "plot ".line("kernel", 2).line("kernel_kvmalloc", 3) \
    .line("kernel_kmalloc", 4).line("pw", 1).end
