# SPDX-License-Identifier: MIT
#
# From the address of a block to its span's descriptor. A diagram; nothing
# in it is measured.
#@ alt: Diagram. An address has three parts: 17 upper bits, 18 bits in the
#@   middle, and 12 bits inside the page. The upper bits select a word of
#@   the map, which leads to a leaf; the middle bits select an entry of the
#@   leaf. Eight entries in a row lead to one descriptor, which describes a
#@   span of eight pages, cut into blocks of one size.
height = 330
load "figures/style.gp"
eval canvas

box(x,y,w,h,t,e) = sprintf("set object rect from %g,%g to %g,%g " \
    ."fc rgb '%s' fs solid 1 border lc rgb '%s' lw 1.2 behind;", \
    x, y, x + w, y + h, t, e)
say(x,y,t,c) = sprintf("set label '%s' at %g,%g center font '%s' " \
    ."tc rgb '%s' noenhanced front;", t, x, y, font(11.5), c)
to(x,y,u,v) = sprintf("set arrow from %g,%g to %g,%g lc rgb ink lw 1.2 " \
    ."head size 7,18,60 filled front;", x, y, u, v)

# The address
eval box(40,270,200,34,t1,c1).say(140,287,"17 bits",c1)
eval box(240,270,200,34,t2,c2).say(340,287,"18 bits",c2)
eval box(440,270,130,34,t5,grey).say(505,287,"in the page",soft)

# The map and a leaf
do for [i=0:9] {
    eval box(40+i*14,196,14,26,i==4 ? t1 : paper,c1)
}
eval say(112,158,"the map: a word for each GiB",c1)
do for [i=0:17] {
    eval box(300+i*15,150,15,26,i>=5 && i<13 ? t2 : paper,c2)
}
eval say(480,134,"a leaf: an entry for each page",c2)
eval to(103,270,103,226)
eval to(103,196,296,163)
eval to(340,270,398,180)

# A descriptor and its span
eval box(60,76,120,40,t1,ink).say(120,96,"descriptor",ink)
eval to(398,150,184,100)
do for [k=0:7] {
    eval box(250+k*40,20,40,46,paper,grey)
    do for [i=0:4] {
        eval box(252+k*40+i*7.4,24,5.6,38,k==3 && i==2 ? c2 : t2,c2)
    }
}
eval to(180,80,246,50)
eval say(410,82,"the span: whole pages, blocks of one class",soft)
plot 1/0 notitle
