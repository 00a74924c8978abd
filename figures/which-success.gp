# SPDX-License-Identifier: MIT
#
# What is still given when memory is in pieces: of requests at a time, how
# many got a block, by size and by the share of memory that is free.
#@ select: which.success.kernel-kmalloc-25.success
#@   which.success.kernel-kmalloc-50.success
#@   which.success.kernel-kmalloc-75.success
#@   which.success.kernel-kvmalloc-50.success
#@ gap: 0.07
#@ alt: Line chart: requests that got a block, in percent, against the size
#@   in bytes, with memory free in single pages at random. {series}
load "figures/style.gp"

set rmargin 22
set logscale x
set xlabel "size of the block"
set ylabel "given, %"
set xrange [3500:5.4e6]
set yrange [0:108]
set xtics ("4 KiB" 4096, "16 KiB" 16384, "64 KiB" 65536, \
    "256 KiB" 262144, "1 MiB" 1048576, "4 MiB" 4194304)
eval name_at("kernel_kmalloc_25", 2)
eval name_at("kernel_kmalloc_50", 3)
eval name_at("kernel_kmalloc_75", 4)
eval name_at("kernel_kvmalloc_50", 1)
eval "plot ".line("kernel_kvmalloc_50", 1).line("kernel_kmalloc_75", 4) \
    .line("kernel_kmalloc_50", 3).line("kernel_kmalloc_25", 2).end
