# SPDX-License-Identifier: MIT
#
# From the address of a block to its page's descriptor. A diagram; nothing
# in it is measured.
#@ alt: Diagram. An address has three parts: the upper bits, which are the
#@   segment; six bits, which are the number of the slice; and fifteen bits
#@   inside the slice. Below it a segment of two mebibytes: a first slice
#@   that holds 64 descriptors in a row, then 63 slices of 32 KiB, one cut
#@   into blocks of one size. The six bits select a descriptor.
height = 300
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
eval box(40,240,270,34,t1,c1).say(175,257,"segment",c1)
eval box(310,240,110,34,t2,c2).say(365,257,"slice",c2)
eval box(420,240,150,34,t5,grey).say(495,257,"inside the slice",soft)
eval say(365,288,"6 bits",soft)

# The segment
eval box(40,60,530,70,paper,ink)
eval box(40,60,90,70,t1,c1)
do for [i=0:14] {
    eval box(44+i*5.6,96,4.6,28,i==6 ? c2 : paper,c1)
}
eval say(85,78,"descriptors",c1)
do for [k=0:4] {
    eval box(130+k*80,60,80,70,k==3 ? t2 : paper,grey)
}
do for [i=0:7] {
    eval box(374+i*9.4,64,7,62,i==5 ? c2 : paper,c2)
}
eval say(330,40,"64 slices, of which the first holds descriptors",soft)
eval say(410,148,"blocks of one class",c2)
eval to(175,240,60,134)
eval to(355,240,82,128)
eval say(52,196,"mask",c1).say(262,166,"shift, 128 bytes each",c2)
plot 1/0 notitle
