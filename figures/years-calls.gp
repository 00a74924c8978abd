# SPDX-License-Identifier: MIT
#
# What a pair costs on four kernels: a small chart for each call.
#@ select page0: years.pair.page0.insn kernel=*
#@ select page3: years.pair.page3.insn kernel=*
#@ select page9: years.pair.page9.insn kernel=*
#@ select slab64: years.pair.slab64.insn kernel=*
#@ select kmalloc64: years.pair.kmalloc64.insn kernel=*
#@ select kmalloc64k: years.pair.kmalloc64k.insn kernel=*
#@ select vmalloc4k: years.pair.vmalloc4k.insn kernel=*
#@ select vmalloc1m: years.pair.vmalloc1m.insn kernel=*
#@ select malloc: which.first.glibc.insn x=1048576 kernel=*
#@ alt: Nine small bar charts, one for each call: instructions for a pair of
#@   allocate and free on kernels 5.10, 6.1, 6.12 and 7.3. {series}
if (!exists("height")) height = 430
load "figures/style.gp"

kernels = "5_10 6_1 6_12 7_3"
shown(v) = v < 10000 ? sprintf("%.0f", v) : sprintf("%.0f k", v/1000.)
key(p,v,i) = "y_".p."_".v."_".word(kernels, i)
of(p,v,i) = exists(key(p,v,i)) ? value(key(p,v,i)) : NaN
set lmargin 2
set rmargin 1.5
set tmargin 2.2
set bmargin 2
unset ytics
unset grid
unset border
set border 1 lc rgb ink
set xrange [0.4:4.6]
small = font(11)
set xtics scale 0 ("5.10" 1, "6.1" 2, "6.12" 3, "7.3" 4)
set xtics font small
set style fill solid 0.85 noborder
set boxwidth 0.62
array panel[9] = ["page0", "page3", "page9", "slab64", "kmalloc64", \
    "kmalloc64k", "vmalloc4k", "vmalloc1m", "malloc"]
array named[9] = ["one page", "eight pages", "512 pages", \
    "object of 64 B", "kmalloc, 64 B", "kmalloc, 64 KiB", \
    "vmalloc, 4 KiB", "vmalloc, 1 MiB", "malloc, 1 MiB, first"]
variant(p) = p eq "malloc" ? "glibc" : p
set multiplot layout 3,3
do for [n=1:9] {
    top = 0
    set print $bars
    do for [i=1:4] {
        v = of(panel[n], variant(panel[n]), i)
        if (v == v) { print i, v; top = v > top ? v : top }
    }
    unset print
    set yrange [0:(top > 0 ? top : 1)*1.18]
    set title named[n] font bold(11.5) textcolor rgb ink offset 0,-0.4
    plot $bars using 1:2 with boxes lc rgb c1 notitle, \
        $bars using 1:2:(shown($2)) with labels offset 0,0.55 font small \
        textcolor rgb ink notitle
}
unset multiplot
