# SPDX-License-Identifier: MIT
#
# The three lists of a cache as a walk round them found them. A box is a
# slab, in its place on its list, filled as far as its objects are in use;
# the number is how many. The line through the boxes is the circle.
#@ select: slab.lists.full.inuse slab.lists.partial.inuse
#@   slab.lists.empty.inuse
#@ select shape: slab.lists.pw.per-slab
#@ alt: The full, the partial and the empty list of one cache, each a circle
#@   of slabs that starts and ends at its head. Every slab is a box, filled
#@   by the share of its objects that are in use. {series}
height = 300
load "figures/style.gp"
eval canvas

tall = 44; left = 96
row(k) = k == 0 ? 230 : k == 1 ? 134 : 38
name(k) = word("full partial empty", k + 1)
series(k) = k == 0 ? "i_full" : k == 1 ? "i_partial" : "i_empty"
stats data index i_shape_pw using 2 nooutput
objects = STATS_max

most = 1
array last[3] = [-1, -1, -1]
do for [k=0:2] {
    if (exists(series(k))) {
        stats data index value(series(k)) using 1 nooutput
        last[k+1] = STATS_max
        most = STATS_max + 1 > most ? STATS_max + 1 : most
    }
}
pitch = (width - left - 14.0) / most
pitch = pitch > 62 ? 62 : pitch
wide = pitch * 0.72
at(x) = left + x * pitch

do for [k=0:2] {
    y = row(k)
    mid = y + tall / 2.0
    end_x = last[k+1] < 0 ? left - 8 : at(last[k+1]) + wide + 8
    set label name(k) at 4,mid font code(12) tc rgb ink
    set object circle at 76,mid size 5 fc rgb paper fs solid 1 \
        border lc rgb ink lw 1.2 front
    # There through the slabs, and back below them.
    set arrow from 76,mid to end_x,mid nohead lc rgb soft lw 1 back
    set arrow from end_x,mid to end_x,y-11 nohead lc rgb soft lw 1 back
    set arrow from end_x,y-11 to 76,y-11 nohead lc rgb soft lw 1 back
    set arrow from 76,y-11 to 76,mid-5 head filled size 5,20 \
        lc rgb soft lw 1 back
}

whole(k) = sprintf("data index %d using (at($1)+wide/2):(%g):(at($1)):" \
    ."(at($1)+wide):(%g):(%g) with boxxyerror fc rgb paper fs solid 1 " \
    ."border lc rgb c1 lw 1.2 dt 1 notitle, ", value(series(k)), \
    row(k) + tall / 2.0, row(k), row(k) + tall)
used(k) = sprintf("data index %d using ($2 > 0 ? at($1)+wide/2 : 1/0):" \
    ."(%g):(at($1)):(at($1)+wide):(%g):(%g+%g*$2/objects) " \
    ."with boxxyerror fc rgb c1 fs solid 1 noborder notitle, ", \
    value(series(k)), row(k) + tall / 2.0, row(k), row(k), tall)
count(k) = sprintf("data index %d using (at($1)+wide/2):(%g):" \
    ."(sprintf('%%d', $2)) with labels font '%s' tc rgb ink notitle, ", \
    value(series(k)), row(k) + tall + 9, font(10))
draw(k) = exists(series(k)) ? whole(k).used(k).count(k) : ""
set label sprintf("%d objects in a slab", objects) at width-6,288 right \
    font font(11) tc rgb soft
eval "plot ".draw(0).draw(1).draw(2).end
