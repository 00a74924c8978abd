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

# Sizes are in pixels of the page, 612 wide; print is the same, smaller. On
# a phone (narrow) a chart is drawn anew, 360 wide and `tall` high: panels
# stand below each other, names above the lines.
if (!exists("narrow")) narrow = 0
if (!exists("width")) width = 612
if (!exists("height")) height = 330
if (narrow) { width = 360; height = tall }
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
if (exists("l_grey")) set tmargin 2.6
if (narrow) { set lmargin 8.4; set ylabel offset 2.4,0 }
set style fill solid 0.18 noborder

set linetype 1 lc rgb c1 lw 2 dt 1 pt 7 ps 0.5
set linetype 2 lc rgb c2 lw 2 dt (12,5) pt 5 ps 0.5
set linetype 3 lc rgb c3 lw 2 dt (3,4) pt 9 ps 0.6
set linetype 4 lc rgb c4 lw 2 dt (12,4,3,4) pt 13 ps 0.7
set linetype 5 lc rgb ink lw 2 dt (2,4) pt 4 ps 0.5
set linetype 9 lc rgb grey lw 1.2 dt 1 pt 6 ps 0.35

# Pieces of a plot command for the series KEY, in style s; nothing where it
# was not measured. No title is printed: it tells the press which series the
# points are (press/svg.lua). Draw by
#     eval "plot ".line("pw",1).line("kernel",2).end
has(k) = exists("i_".k) && exists("y_".k)
band(k,s) = !has(k) ? "" : sprintf(\
    "data index %d using 1:3:4 with filledcurves lt %d notitle, ", \
    value("i_".k), s)
ref(k) = !exists("r_".k) ? "" : sprintf(\
    "data index %d using 1:2 with linespoints lt 9 title 'grey %s', ", \
    value("r_".k), k)
curve(k,s) = !has(k) ? "" : sprintf(\
    "data index %d using 1:2 with linespoints lt %d title '%s', ", \
    value("i_".k), s, k)
line(k,s) = ref(k).band(k,s).curve(k,s)
end = "1/0 notitle"

# A canvas of width by height units for a diagram: no axes.
canvas = "unset border; unset tics; unset grid; unset xlabel; " \
    ."unset ylabel; set lmargin 0; set rmargin 0; set tmargin 0; " \
    ."set bmargin 0; set xrange [0:width]; set yrange [0:height]"

# Panels side by side: eval panel(i, n, left, step, wide), in shares of the
# figure's width; on a phone below each other.
panels = 0
top = 1 - (exists("l_grey") ? 78.0 : 56.0) / height
side(i,left,step,wide) = sprintf("set lmargin at screen %g; " \
    ."set rmargin at screen %g; set tmargin at screen %g", \
    left + i * step, left + i * step + wide, \
    0.9 - (exists("l_grey") ? 20.0 / height : 0))
below(i,n) = sprintf("set lmargin at screen 0.2; set rmargin at screen " \
    ."0.96; set tmargin at screen %g; set bmargin at screen %g; " \
    ."set format y", top * (1 - i * 1.0 / n) - 24.0 / height, \
    top * (1 - (i + 1.0) / n) + 68.0 / height)
panel(i,n,left,step,wide) = (panels = n, \
    narrow ? below(i, n) : side(i, left, step, wide))
# A label of the panels' y axes; "" but on the first, and on a phone.
ylabel_of(i,text) = i == 0 || narrow ? text : ""

# Where both machines are drawn: which line is whose.
tell(n,x,y,text,lt) = sprintf("set arrow %d from screen %g,%g to screen " \
    ."%g,%g nohead lt %d; set label %d '%s' at screen %g,%g font '%s' " \
    ."tc rgb ink; ", \
    n, x, y, x + 26.0 / width, y, lt, n, text, x + 32.0 / width, y, \
    font(12))
whose = !exists("l_grey") ? "" : narrow \
    ? tell(801, 0.03, 1 - 10.0 / height, l_own, 1) \
        .tell(802, 0.53, 1 - 10.0 / height, l_grey, 9) \
    : tell(801, 0.13, 1 - 12.0 / height, l_own, 1) \
        .tell(802, 0.42, 1 - 12.0 / height, l_grey, 9)

# The name of a series at the end of its line: eval name_at("pw", 1)
named = -1
above(k,s) = (named = named + 1, sprintf("%s%s", tell(811 + named, \
    0.03 + 0.5 * (named % 2), 1 - (12.0 + 17 * (named / 2) \
    + (exists("l_grey") ? 20 : 0)) / height, value("l_".k), s), \
    panels ? "" : sprintf("set rmargin 3; set tmargin at screen %g", \
    1 - (24.0 + 17 * (named / 2) + (exists("l_grey") ? 20 : 0)) / height)))
name_at(k,s) = !has(k) ? "" : narrow ? whose.above(k, s) \
    : whose.sprintf("set label \"%s\" at first %g, first %g " \
    ."offset 0.9,0 tc lt %d", value("l_".k), value("x_".k), \
    value("ly_".k), s)
