# SPDX-License-Identifier: MIT
#
# A zone of 1024 frames on a logarithmic axis of frame numbers, on which the
# upper half of every block is equally wide: one free block; after one frame
# was taken, a free block of every order; after it was freed, one again. The
# boxes are the free blocks that the allocator counted.
#@ select: page.split.step0.free page.split.step1.free page.split.step2.free
#@ alt: A zone of 1024 frames in three moments. New: one free block of order
#@   10. After one frame was taken: the frame, and one free block of each
#@   order from 0 to 9. After it was freed: one free block of order 10
#@   again.
height = 368
load "figures/style.gp"
eval canvas

left = 4; cell = 53; tall = 40
row0 = 310; row1 = 94; row2 = 4
at(n) = left + cell * (n >= 10 ? 0 : n + 1)
until(n) = left + cell * (n >= 10 ? 11 : n + 2)

set label 1 "A new zone" at left, row0+tall+10 font bold(12) tc rgb ink
set label 2 "One frame taken" at left, row1+tall+10 font bold(12) tc rgb ink
set label 3 "The frame freed" at left, row2+tall+10 font bold(12) tc rgb ink

# The halving: a bracket for each block that was split.
do for [n=1:10] {
    y = row1 + tall + 30 + (n - 1) * 12.6
    set arrow from left,y to left+cell*(n+1),y nohead lc rgb soft lw 1
    set arrow from left,y to left,y-5 nohead lc rgb soft lw 1
    set arrow from left+cell*n,y to left+cell*n,y-5 nohead lc rgb soft lw 1
    set arrow from left+cell*(n+1),y to left+cell*(n+1),y-5 nohead \
        lc rgb soft lw 1
    set label sprintf("%d", n) at left+cell*(n+1)+5,y-1 font font(10) \
        tc rgb soft
}
# The frame that was asked for.
set object 1 rect from left,row1 to left+cell,row1+tall fc rgb c2 \
    fs solid 1 border lc rgb paper lw 1.5
set label 104 "taken" at left+cell/2.0,row1+tall/2.0 center \
    font bold(11.5) tc rgb paper front

what(n) = sprintf("order %d", n)
many(n) = n == 0 ? "1 frame" : sprintf("%d frames", 2 ** n)
row(k,y) = sprintf("data index i_step%d using " \
    ."($2 > 0 ? (at($1)+until($1))/2 : 1/0):(%g):(at($1)):(until($1)):" \
    ."(%g):(%g) with boxxyerror fc rgb t1 fs solid 1 " \
    ."border lc rgb c1 lw 1.2 dt 1 notitle, " \
    ."data index i_step%d using ((at($1)+until($1))/2):" \
    ."($2 > 0 ? %g : 1/0):(what($1)) with labels font '%s' tc rgb c1 " \
    ."notitle, data index i_step%d using ((at($1)+until($1))/2):" \
    ."($2 > 0 ? %g : 1/0):(many($1)) with labels font '%s' tc rgb ink " \
    ."notitle, ", k, y + tall / 2, y, y + tall, k, y + tall * 0.66, \
    bold(11), k, y + tall * 0.3, font(9.5))
eval "plot ".row(0, row0).row(1, row1).row(2, row2).end
