# SPDX-License-Identifier: MIT
#
# The one picture: who stands on whom, from a program's malloc to frames.
# A diagram; nothing in it is measured.
#@ alt: Diagram of layers. In user space a program calls malloc in the C
#@   library, which gets address space from the kernel by brk and mmap. In
#@   the kernel, drivers, file systems and networking call kmalloc, slab
#@   caches, vmalloc and the page allocator. Kmalloc takes small blocks from
#@   the slab and large ones from the page allocator; vmalloc takes
#@   scattered pages and maps them; the slab takes blocks of pages. Page
#@   faults of the process take single pages. All paths end at the page
#@   allocator, which gives out frames of physical memory.
height = 572
load "figures/style.gp"
eval canvas

# The pieces: box X Y W H FILL EDGE, text at X Y, an arrow down at X.
box(x,y,w,h,t,e) = sprintf("set object rect from %g,%g to %g,%g " \
    ."fc rgb '%s' fs solid 1 border lc rgb '%s' lw 1.2 behind;", \
    x, y, x + w, y + h, t, e)
bar(x,y,h,e) = sprintf("set object rect from %g,%g to %g,%g " \
    ."fc rgb '%s' fs solid 1 noborder behind;", x, y, x + 5, y + h, e)
name(x,y,t,e) = sprintf("set label '%s' at %g,%g font '%s' tc rgb '%s' " \
    ."noenhanced front;", t, x, y, code(14), e)
say(x,y,t) = sprintf("set label '%s' at %g,%g font '%s' tc rgb soft " \
    ."noenhanced front;", t, x, y, font(11.5))
down(x,y,z) = sprintf("set arrow from %g,%g to %g,%g lc rgb ink lw 1.2 " \
    ."head size 7,18,60 filled front;", x, y, x, z)
part(x,y,w,h,t,e,who,what) = box(x,y,w,h,t,t).bar(x,y,h,e) \
    .name(x+17,y+h-19,who,e).say(x+17,y+h-40,what)
world(y,z,t) = sprintf("set label '%s' at %g,%g right font '%s' " \
    ."tc rgb soft front;", t, width-10, z, bold(10.5))
border(y) = sprintf("set arrow from 0,%g to %g,%g nohead lc rgb soft " \
    ."lw 1 dt (6,4) back;", y, width, y)

set object rect from 0,426 to width,height fc rgb t5 fs solid 1 \
    noborder behind
set object rect from 0,0 to width,84 fc rgb t5 fs solid 1 noborder behind
eval world(426, 556, "USER SPACE").border(426)
eval world(84, 408, "KERNEL").border(84)
eval world(0, 70, "HARDWARE")

# A process: its program, its C library, its address space
eval box(14,524,176,32, paper,grey).say(31,540,"a program")
eval down(70,524,502)
eval part(14,442,176,58, paper,c1, "malloc", "the C library")
eval down(70,442,352)
eval say(79,397,"brk, mmap")
eval box(14,286,150,66, paper,grey)
eval say(26,335,"address space:").say(26,318,"areas and")
eval say(26,301,"page tables")
eval down(70,286,168)
eval say(79,250,"page fault:").say(79,233,"one frame,")
eval say(79,216,"when touched")

# The kernel's own allocators and their customers
eval box(196,366,402,28, paper,grey)
eval say(208,380,"drivers, file systems, networking")
eval down(240,366,352).down(356,366,260).down(428,366,352).down(560,366,168)
eval part(196,294,128,58, t2,c2, "kmalloc", "any size")
eval part(196,202,186,58, t3,c3, "slab", "objects of one size")
eval part(396,294,128,58, t4,c4, "vmalloc", "large, mapped")
eval down(222,294,260).say(230,278,"small")
eval "set arrow from 308,294 to 308,276 nohead lc rgb ink lw 1.2 front"
eval "set arrow from 308,276 to 390,276 nohead lc rgb ink lw 1.2 front"
eval down(390,276,168).say(316,286,"large")
eval down(240,202,168).say(249,186,"blocks of pages")
eval down(460,294,168).say(469,240,"scattered").say(469,223,"pages")
eval say(569,240,"pages")

# The page allocator and the frames
eval box(14,102,584,66, t1,t1).bar(14,102,66,c1)
eval name(31,147,"__get_free_page, alloc_pages", c1)
eval say(31,123,"the page allocator: blocks of 1, 2, 4, … 1024 frames, " \
    ."split and merged")
eval down(306,102,56)
eval say(14,70,"physical memory: frames of 4 KiB")
do for [i=0:35] {
    used = (i * 7 + i / 5) % 3
    set object rect from 14+i*16.3,20 to 14+i*16.3+12.6,48 \
        fc rgb (used ? c1 : paper) fs solid 1 border lc rgb c1 lw 0.8
}
plot 1/0 notitle
