# SPDX-License-Identifier: MIT
#
# What vmalloc is: a range of addresses above, frames below in any order,
# page-table entries between them, and a guard page behind each area.
#@ alt: Two rows of boxes. Above, virtual pages: an area of four pages and a
#@   guard, an area of two pages and a guard, free pages. Below, frames.
#@   Lines lead from each page of an area to a frame, crossing one another;
#@   no line leads from a guard.
height = 216
load "figures/style.gp"
eval canvas

cell = 42; left = 84; top = 150; low = 20; tall = 34
kind = "a a a a g b b g f f f f"
goal = "7 2 9 4 0 3 11 0 0 0 0 0"
do for [i=1:12] {
    k = word(kind, i)
    x = left + (i - 1) * cell
    fill = k eq "a" ? t1 : k eq "b" ? t3 : k eq "g" ? t2 : paper
    set object 100+i rect from x,top to x+cell,top+tall fc rgb fill \
        fs solid 1 border lc rgb (k eq "f" ? grey : ink) lw 1
    if (k eq "g") {
        set label 100+i "guard" at x+cell/2.0,top+tall/2.0 center \
            font font(10) tc rgb c2 front
    }
    if (k eq "f") {
        set label 100+i "free" at x+cell/2.0,top+tall/2.0 center \
            font font(10) tc rgb soft front
    }
    fk = "f"
    do for [j=1:12] { if (word(goal, j) == i) { fk = word(kind, j) } }
    fill = fk eq "a" ? t1 : fk eq "b" ? t3 : t5
    set object 200+i rect from x,low to x+cell,low+tall fc rgb fill \
        fs solid 1 border lc rgb (fk eq "f" ? grey : ink) lw 1
    if (word(goal, i) > 0) {
        to = left + (word(goal, i) - 0.5) * cell
        set arrow 100+i from x+cell/2.0,top to to,low+tall \
            lc rgb (k eq "a" ? c1 : c3) lw 1.4 size 7,20 filled
    }
}
set label 3 "area of four pages" at left+2*cell,top+tall+16 \
    center font font(11) tc rgb c1
set label 4 "of two" at left+6*cell,top+tall+16 center font font(11) \
    tc rgb c3
set label 1 "addresses" at left-6,top+tall/2.0 right \
    font bold(11) tc rgb ink
set label 2 "frames" at left-6,low+tall/2.0 right \
    font bold(11) tc rgb ink
plot 1/0 notitle
