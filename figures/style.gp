# SPDX-License-Identifier: MIT
#
# The style of all figures. A script begins with `load "figures/style.gp"`;
# the press gives name, format (svg or pdf), out, and the data's variables.
#
# Colours are those of palette.tsv by light (build/figures/palette.gp); the
# press turns each into a CSS variable where the figure stands in a page.
# Series differ by colour, dash and marker, and are named at the ends of
# their lines.

load build."palette.gp"

data = build.name.".tsv"
load build.name.".vars"

# Sizes are in pixels of the page, 612 wide; print is the same, smaller.
if (!exists("width")) width = 612
if (!exists("height")) height = 330
mm = 128.0 / 612 / 25.4
if (format eq "svg") \
    set terminal svg size width,height font "Sans,13" enhanced rounded; \
else \
    set terminal pdfcairo size width*mm,height*mm font "Inter,7.7" \
        fontscale 0.75 enhanced rounded
set output out
# Fonts of labels, in pixels of the page: font(11), code(11), bold(11)
pt(size) = format eq "svg" ? size : size * 7.7 / 13
face(name,size) = sprintf("%s,%.3g", name, pt(size))
font(size) = face(format eq "svg" ? "Sans" : "Inter", size)
bold(size) = face(format eq "svg" ? "Sans:Bold" : "Inter:Semi Bold", size)
code(size) = face(format eq "svg" ? "Mono" : "JetBrains Mono", size)
set encoding utf8

set border 3 lc rgb ink lw 1
set tics nomirror out scale 0.6 textcolor rgb ink
set grid ytics lc rgb pale lw 1 lt 1 dt 1
set key off
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink offset 0.8,0
set bmargin 3.2
set lmargin 9.5
set tmargin 1
set style fill solid 0.18 noborder

set linetype 1 lc rgb c1 lw 2 dt 1 pt 7 ps 0.5
set linetype 2 lc rgb c2 lw 2 dt (12,5) pt 5 ps 0.5
set linetype 3 lc rgb c3 lw 2 dt (3,4) pt 9 ps 0.6
set linetype 4 lc rgb c4 lw 2 dt (12,4,3,4) pt 13 ps 0.7
set linetype 9 lc rgb grey lw 1.2 dt 1 pt 6 ps 0.35

# Pieces of a plot command for the series KEY, in style s; nothing where it
# was not measured. Draw by eval "plot ".line("pw",1).line("kernel",2).end
has(k) = exists("i_".k) && exists("y_".k)
band(k,s) = !has(k) ? "" : sprintf(\
    "data index %d using 1:3:4 with filledcurves lt %d notitle, ", \
    value("i_".k), s)
ref(k) = !exists("r_".k) ? "" : sprintf(\
    "data index %d using 1:2 with linespoints lt 9 notitle, ", \
    value("r_".k))
curve(k,s) = !has(k) ? "" : sprintf(\
    "data index %d using 1:2 with linespoints lt %d notitle, ", \
    value("i_".k), s)
line(k,s) = ref(k).band(k,s).curve(k,s)
end = "1/0 notitle"

# A canvas of width by height units for a diagram: no axes.
canvas = "unset border; unset tics; unset grid; unset xlabel; " \
    ."unset ylabel; set lmargin 0; set rmargin 0; set tmargin 0; " \
    ."set bmargin 0; set xrange [0:width]; set yrange [0:height]"

# The name of a series at the end of its line: eval name_at("pw", 1)
name_at(k,s) = !has(k) ? "" : sprintf(\
    "set label \"%s\" at first %g, first %g offset 0.9,0 tc lt %d", \
    value("l_".k), value("x_".k), value("ly_".k), s)
