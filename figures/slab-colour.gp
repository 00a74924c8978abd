# SPDX-License-Identifier: MIT
#
# The first words of many objects, nine to a slab, touched in turn, with the
# slabs starting at different offsets and with all starting at one.
#@ select: slab.colour.pw.ns slab.colour.pw-nocolour.ns
#@ series: pw pw-nocolour
#@ y: log
#@ alt: Line chart, logarithmic: nanoseconds for touching the first word of
#@   an object, against the number of objects touched in turn, with colours
#@   and without. {series}
load "figures/style.gp"

set rmargin 20
set logscale x 2
set logscale y
set xlabel "objects touched in turn"
set ylabel "ns for a touch"
set xrange [xmin*0.9:xmax]
set yrange [0.2:ymax]
set ytics (0.2, 0.5, 1, 2, 5)
eval name_at("pw", 1)
eval name_at("pw_nocolour", 2)
eval "plot ".line("pw_nocolour", 2).line("pw", 1).end
