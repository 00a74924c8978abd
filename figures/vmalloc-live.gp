# SPDX-License-Identifier: MIT
#
# Map and unmap a small area among many live ones: the number of areas on a
# logarithmic axis, so that logarithmic growth is a straight line.
#@ select: vmalloc.areas.kernel.insn vmalloc.areas.pw.insn
#@   vmalloc.areas.pw-range.insn instrument=vm-insn
#@ series: kernel pw pw-range
#@ alt: Line chart: instructions to unmap a random area and map another,
#@   against the number of live areas on a logarithmic axis. {series}
load "figures/style.gp"

set rmargin 19
set logscale x
set xlabel "live areas"
set ylabel "instructions for a pair"
set xrange [xmin/1.2:xmax*1.2]
set yrange [0:ymax]
set xtics ("10" 10, "100" 100, "1,000" 1000, "10,000" 1e4, "100,000" 1e5)
eval name_at("kernel", 2)
eval name_at("pw", 1)
eval name_at("pw_range", 3)
eval "plot ".line("kernel", 2).line("pw", 1).line("pw_range", 3).end
