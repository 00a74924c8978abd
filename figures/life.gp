# SPDX-License-Identifier: MIT
#
# The life of an allocation: time runs down, the layers lie across, and
# each box has the instructions that the layer executed in that step.
#@ select again: life.small-again.*.insn
#@ select sm: life.small-malloc.*.insn
#@ select sf: life.small-free.*.insn
#@ select lm: life.large-malloc.*.insn
#@ select ln: life.large-next.*.insn
#@ select lf: life.large-free.*.insn
#@ select ka: life.kmalloc.*.insn
#@ select kf: life.kfree.*.insn
#@ select va: life.vmalloc.*.insn
#@ select vf: life.vfree.*.insn
#@ alt: Diagram. Time runs down; across lie the library, the kernel's door,
#@   its memory management, the slab and the page allocator. Each box is
#@   what one layer did in one step, in instructions. {series}
height = 728
load "figures/style.gp"
eval canvas

gap = 8.0; tall = 27; wide = (width - 4 * gap) / 5
X(i) = i * (wide + gap)
num(v) = v < 1000 ? sprintf("%d", v) \
    : v < 1e6 ? sprintf("%d,%03d", int(v / 1000), int(v) % 1000) \
    : sprintf("%d", v)
got(k) = exists("y_".k) ? value("y_".k) : 0

# box LANE Y KEY NAME COLOUR TINT
box(i,y,k,n,e,t) = sprintf("set object rect from %g,%g to %g,%g fc rgb " \
    ."'%s' fs solid 1 border lc rgb '%s' lw 1 behind;" \
    ."set label '%s' at %g,%g font '%s' tc rgb ink noenhanced front;" \
    ."set label '%s' at %g,%g right font '%s' tc rgb '%s' noenhanced " \
    ."front;", X(i), y, X(i)+wide, y+tall, t, e, n, X(i)+6, y+tall/2.0, \
    font(11), num(got(k)), X(i)+wide-6, y+tall/2.0, bold(11.5), e)
lib(y,k,n) = box(0,y,k,n,c1,t1)
way(y,k,n) = box(1,y,k,n,ink,t5)
mm(y,k,n) = box(2,y,k,n,c4,t4)
slab(y,k,n) = box(3,y,k,n,c3,t3)
page(y,k,n) = box(4,y,k,n,c2,t2)
go(i,j,y) = sprintf("set arrow from %g,%g to %g,%g lc rgb soft lw 1 " \
    ."head size 6,18,60 filled back;", X(i)+wide, y+tall/2.0, X(j), \
    y+tall/2.0)
back(y,z) = sprintf("set arrow from %g,%g to %g,%g nohead lc rgb soft " \
    ."lw 1 dt (3,3) back;", X(0)+wide/2, y, X(0)+wide/2, z)
# step Y CALL NOTE: and what it comes to.
all(k) = got(k."_all") == 0 ? "" : num(got(k."_all"))." in all"
step(y,t,n) = sprintf("set label '%s' at 0,%g font '%s' tc rgb ink " \
    ."noenhanced front; set label '%s' at %g,%g right font '%s' tc rgb " \
    ."soft noenhanced front; set arrow from 0,%g to %g,%g nohead lc rgb " \
    ."pale lw 1 back;", t, y, code(11.5), n, width, y, font(10.5), y+15, \
    width, y+15)
head(i,t) = sprintf("set label '%s' at %g,%g center font '%s' tc rgb " \
    ."soft front;", t, X(i)+wide/2, height-10, bold(10.5))

eval head(0,"LIBRARY").head(1,"DOOR").head(2,"MEMORY MANAGEMENT") \
    .head(3,"SLAB").head(4,"PAGE ALLOCATOR")

y = height - 42
eval step(y, "malloc(100)", "most of the time: ".all("again"))
y = y - 40
eval lib(y, "again_library", "from a list")

y = y - 30
eval step(y, "malloc(100)", "when the heap ends here: ".all("sm"))
y = y - 40
eval lib(y, "sm_library", "all its parts").go(0,1,y)
eval way(y, "sm_door", "call").go(1,2,y).mm(y, "sm_call", "brk") \
    .go(2,3,y).slab(y, "sm_slab", "records")
eval back(y, y-tall/2.0-6)
y = y - 33
eval sprintf("set arrow from %g,%g to %g,%g lc rgb soft lw 1 dt (3,3) " \
    ."head size 6,18,60 filled back", X(0)+wide/2, y+tall/2.0, X(1), \
    y+tall/2.0)
eval way(y, "sm_trap", "fault").go(1,2,y).mm(y, "sm_fault", "the handler")
eval sprintf("set arrow from %g,%g to %g,%g lc rgb soft lw 1 head size " \
    ."6,18,60 filled back", X(2)+wide, y+tall/2.0, X(4), y+tall/2.0)
eval page(y, "sm_page", "frame")

y = y - 30
eval step(y, "free(100)", all("sf"))
y = y - 40
eval lib(y, "sf_library", "onto the list")

y = y - 30
eval step(y, "malloc(1 << 20)", all("lm"))
y = y - 40
eval lib(y, "lm_library", "all its parts").go(0,1,y)
eval way(y, "lm_door", "call").go(1,2,y).mm(y, "lm_call", "mmap") \
    .go(2,3,y).slab(y, "lm_slab", "records")
eval back(y, y-tall/2.0-6)
y = y - 33
eval sprintf("set arrow from %g,%g to %g,%g lc rgb soft lw 1 dt (3,3) " \
    ."head size 6,18,60 filled back", X(0)+wide/2, y+tall/2.0, X(1), \
    y+tall/2.0)
eval way(y, "lm_trap", "fault").go(1,2,y).mm(y, "lm_fault", "the handler")
eval sprintf("set arrow from %g,%g to %g,%g lc rgb soft lw 1 head size " \
    ."6,18,60 filled back", X(2)+wide, y+tall/2.0, X(4), y+tall/2.0)
eval page(y, "lm_page", "+ tables")

y = y - 30
eval step(y, "block[4096] = …", "each of the other 255 pages: ".all("ln"))
y = y - 40
eval way(y, "ln_trap", "fault").go(1,2,y).mm(y, "ln_fault", "the handler")
eval sprintf("set arrow from %g,%g to %g,%g lc rgb soft lw 1 head size " \
    ."6,18,60 filled back", X(2)+wide, y+tall/2.0, X(4), y+tall/2.0)
eval page(y, "ln_page", "frame")

y = y - 30
eval step(y, "free(1 << 20)", "two pages were touched: ".all("lf"))
y = y - 40
eval lib(y, "lf_library", "").go(0,1,y)
eval way(y, "lf_door", "call").go(1,2,y).mm(y, "lf_call", "munmap") \
    .go(2,3,y).slab(y, "lf_slab", "records").go(3,4,y)
eval page(y, "lf_page", "2 + tables")

y = y - 36
eval step(y, "kmalloc(100), kfree", "in the kernel: no door, no fault")
y = y - 40
eval slab(y, "ka_slab", "kmalloc")
y = y - 31
eval slab(y, "kf_slab", "kfree")

y = y - 30
eval step(y, "vmalloc(1 << 20), vfree", all("va")." and ".all("vf"))
y = y - 40
eval mm(y, "va_call", "vmalloc").go(2,3,y).slab(y, "va_slab", "records") \
    .go(3,4,y).page(y, "va_page", "256")
y = y - 31
eval mm(y, "vf_call", "vfree").go(2,3,y).slab(y, "vf_slab", "records") \
    .go(3,4,y).page(y, "vf_page", "256")
plot 1/0 notitle
