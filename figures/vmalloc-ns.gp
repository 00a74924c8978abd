# SPDX-License-Identifier: MIT
#
# In a process, where mapping is a system call: frames in one run, frames
# of which no two are neighbours, and mmap for comparison.
#@ select: vmalloc.pair.pw.ns vmalloc.pair.pw-scattered.ns
#@   vmalloc.pair.mmap.ns
#@ series: pw pw-scattered mmap
#@ y: log
#@ alt: Line chart, both axes logarithmic: nanoseconds for an area and back
#@   in a process, against its size. {series}
load "figures/style.gp"

set rmargin 19
set logscale xy
set lmargin 11
set format y "10^{%T}"
set xlabel "size"
set ylabel "ns for a pair" offset (narrow ? 1.4 : 0.8),0
set xrange [xmin/1.3:xmax*1.1]
set yrange [ymin:ymax]
set xtics ("4 KiB" 4, "64 KiB" 64, "1 MiB" 1024, "16 MiB" 16384)
eval name_at("pw", 1)
# This line ends between the others: its name stands before its end.
if (has("pw_scattered")) {
    set label value("l_pw_scattered") at first value("x_pw_scattered"), \
        first value("y_pw_scattered") right offset -1,0.5 tc lt 2
}
eval name_at("mmap", 3)
eval "plot ".line("pw_scattered", 2).line("mmap", 3).line("pw", 1).end
