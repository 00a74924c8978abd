#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Does each kind of test fail when its fault is there? For each kind one
# fault is planted in a copy of the project, and the copy's own test must
# fail. A quarter of an hour; `make test-planted`, after a `make`.
#
#     ONLY='*link*' sh tests/planted.sh     some

unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS
here=$PWD
tree=$here/build/tests/planted
seen=0
missed=0

fresh() {
    rm -rf "$tree"
    mkdir -p "$tree/build/tests"
    tar cf - --exclude=./build --exclude=./.git . | tar xf - -C "$tree"
    for part in build/*; do
        case $part in build/cache | build/tests) ;;
        *) cp -a "$part" "$tree/build/" ;;
        esac
    done
    ln -s "$here/build/cache" "$tree/build/cache"
    [ ! -d build/tests/npm ] || cp -a build/tests/npm "$tree/build/tests/"
}

contents() {
    tar cf - --mtime=@0 -C "$tree" . | cksum
}

# plant WHAT GROUP TESTS COMMAND: run COMMAND (sh) in a copy; then of GROUP
# the tests that fit TESTS must not all pass.
plant() {
    # shellcheck disable=SC2254 # a pattern
    case $1 in ${ONLY:-*}) ;; *) return 0 ;; esac
    fresh
    before=$(contents)
    (cd "$tree" && sh -ec "$4") && [ "$before" != "$(contents)" ] || {
        echo "BROKEN  $1 (cannot be planted)"
        missed=$((missed + 1))
        return 0
    }
    log=build/tests/planted.log
    if ONLY='' make -s -C "$tree" test PACKAGES_DONE=1 T="$2" ONLY="$3" \
        >$log 2>&1 </dev/null; then
        echo "MISSED  $1"
        missed=$((missed + 1))
    elif grep '^FAIL' $log | grep -q .; then
        echo "seen    $1"
        grep -m 1 '^FAIL' $log | sed 's/^/          /'
        seen=$((seen + 1))
    else
        echo "BROKEN  $1 (the tests did not run; see $log)"
        cp $log "$log.$missed"
        missed=$((missed + 1))
    fi
}

cpu=code/page/page_cpu.c
core=code/page/page_buddy.c

plant "a licence line is lost" style '*licence*' "sed -i 1d $core"
plant "a tab in a source" style '*tabs*' "printf '\t\n' >>$core"
plant "the port includes the page" style '*layers*' \
    "sed -i '/#include \"port.h\"/a #include \"../page/page.h\"' \
    code/port/port_user.c"
plant "the page asks whether it is in the kernel" style '*in the kernel*' \
    "printf '#ifdef __KERNEL__\n#endif\n' >>$core"
plant "a file grows too long" style '*short enough*' \
    "yes '/* */' | head -n 300 >>$core"
plant "a function on one line" style '*laid out*' \
    "echo 'int f(void) {return 1;}' >>code/page/page.c"
plant "a misspelling" style '*misspell*' \
    "echo 'Teh allocater.' >>chapters/preface.md"
plant "merging stops one order early" page 'unit*' \
    "sed -i 's/while (order < PW_MAX/while (order + 1 < PW_MAX/' $core"
plant "a double free is not refused" page 'unit*' \
    "sed -i 's/port_read(page->state) == PW_USED/1/' $cpu"
plant "a message changes" page 'unit*' \
    "sed -i 's/it is free already/already free/' code/page/page_check.c"
plant "the buddy of odd blocks is not looked for (model)" page '*model*' \
    "sed -i 's/if (buddy >= zone->nframes/if ((pfn \& 1) || buddy >= \
    zone->nframes/' $core"
plant "an address sanitizer fault (model)" page '*model*' \
    "sed -i 's/cpu->stack\[n\] = page;/cpu->stack[n + 64] = page;/' $cpu"
plant "a lock is forgotten (threads)" page '*threads*' \
    "sed -i '/take_locked/,/^}/{/port_lock/d;/port_unlock/d}' $cpu"
plant "bulk loses a frame (fuzzing)" page '*fuzz*' \
    "sed -i 's/return got;\$/return got ? got - 1 : 0;/' $cpu"
areas=code/vmalloc/vmalloc.c
ranges=code/vmalloc/vmalloc_range.c
frames=code/vmalloc/vmalloc_frames.c
map=code/port/map_user.c

plant "an area has no guard page" vmalloc 'unit*' \
    "sed -i '/area_take(struct/,/^}/s/n + 1/n/; \
    s/page->size - 1/page->size/' $areas"
plant "the guard page has a frame" vmalloc 'unit*' \
    "sed -i 's/got = pw_vframes_take(space, at, n)/got = -1 + \
    pw_vframes_take(space, at, n + 1)/; s/\(got == n .*\), n)/\1, n + 1)/' \
    $areas"
plant "a use after vfree does not fault" vmalloc 'unit*' \
    "sed -i '/port_unmap/d' $areas"
plant "freed addresses are given out at once" vmalloc 'unit*' \
    "sed -i 's/enough = .*/enough = true;/' $areas"
plant "the purge never comes by itself" vmalloc 'unit*' \
    "sed -i 's/enough = .*/enough = false;/' $areas"
plant "the purge loses a range" vmalloc 'unit*' \
    "sed -i 's/for (; at; at = next)/for (; space->pages[at].next; \
    at = next)/' $areas"
plant "vunmap gives the caller's frames away" vmalloc 'unit*' \
    "sed -i 's/if (kind == PW_V_VMALLOC)/if (kind)/' $areas"
plant "blocks go back as single frames" vmalloc 'unit*' \
    "sed -i 's/_free(zone, page, order)/_free(zone, page, 0)/' $frames"
plant "frames are not given back after a failure" vmalloc 'bad input*' \
    "sed -i '/pw_vframes_give(space, at, got);/d' $areas"
plant "addresses are not given back after a failure" vmalloc \
    'bad input*' \
    "sed -i '/pw_vframes_give(space, at, got);/{n;d}' $areas"
plant "half a mapping stays after a failure" vmalloc 'bad input*' \
    "sed -i 's/^ *port_unmap(&space->range, at, done);/(void)at;/' $frames"
plant "no mapping is kept for the way out" vmalloc 'bad input*' \
    "sed -i '/^ *drop_spare(r);/d; s/^static void drop/__attribute__((\
    unused)) &/' $map"
plant "an area is freed by the wrong call" vmalloc 'bad input*' \
    "sed -i 's/port_read(page->state) == kind/port_read(page->state) >= \
    PW_V_VMALLOC/' $areas"
plant "an area is freed twice" vmalloc 'bad input*' \
    "sed -i 's/port_read(page->state) == kind/(port_read(page->state) == \
    kind || port_read(page->state) == PW_V_LAZY)/' $areas"
plant "a free range overlaps an area" vmalloc '*models*' \
    "sed -i 's/mark_free(space, end, /mark_free(space, end - 1, /' $ranges"
plant "the lowest fit is not the lowest" vmalloc '*models*' \
    "sed -i 's/if (pages\[left\].node.max/if (pages[at].size < size \&\& \
    pages[left].node.max/' $ranges"
plant "the alignment is ignored" vmalloc '*models*' \
    "sed -i 's/(align - 1));/(align - align));/' $ranges"
plant "luck is not tried" vmalloc '*models*' \
    "sed -i 's/last == 0 \&\& align > 1/last == 0 \&\& align > 64/' $ranges"
plant "a maximum is stale after a merge" vmalloc '*models*' \
    "sed -i '/^void pw_vrange_give/,/^}/s/update_max(space, last)/\
    (void)0/' $ranges"
plant "a maximum forgets what is below after a rotation" vmalloc \
    '*models*' \
    "sed -i 's/node.max = max_of(space, up);/node.max = pages[up].size;/' \
    $ranges"
plant "nothing rotates" vmalloc '*models*' \
    "sed -i 's/while (new->node.up \&\&/while (0 \&\&/' $ranges"
plant "neighbours are not merged" vmalloc '*models*' \
    "sed -i 's/\(join_below = .*\) == PW_V_FREE;/\1 > PW_V_VMAP;/' $ranges"
plant "frames that lie apart are mapped as neighbours" vmalloc '*models*' \
    "sed -i 's/frame != page\[done\].frame + run/frame < \
    page[done].frame + run/' $frames"
plant "the space's lock is forgotten (threads)" vmalloc '*threads*' \
    "sed -i '/^static void area_give/,/^}/s/\(un\)*lock(space, &pin);/\
    (void)\&pin;/' $areas"
plant "a free of any address (fuzzing)" vmalloc '*fuzz*' \
    "sed -i 's/right = .* address \&\&/right =/' $areas"

slab=code/slab/slab
plant "slab: the object freed last is freed again" slab 'refusals*' \
    "sed -i 's/^ *\*top == object)/false)/' ${slab}_cpu.c"
plant "slab: a double free that comes home is believed" slab 'refusals*' \
    "sed -i 's/if (port_unlikely(w->bits \& bit))/if (0)/' ${slab}_core.c"
plant "slab: another cache's object is taken" slab 'refusals*' \
    "sed -i 's/port_read(page->tag) == cache->tag) \&\&/1) \&\&/' \
    ${slab}_core.h"
plant "slab: the middle of an object is one" slab 'refusals*' \
    "sed -i 's/ \&\& (uint32_t)product < cache->inverse//' ${slab}_core.h"
plant "slab: a cache in use is destroyed" slab 'refusals*' \
    "sed -i 's/busy = cache->inuse > 0/busy = false/' $slab.c"
plant "slab: a red zone is not looked at" slab 'refusals*' \
    "sed -i 's/!red_intact(cache, object, PW_RED_USED)/0/' ${slab}_debug.c"
plant "slab: bulk loses an object when pages run out" slab 'unit*' \
    "sed -i 's/^            return got;/            return got - !!got;/' \
    ${slab}_cpu.c"
plant "slab: a constructor's failure leaks the slab" slab 'unit*' \
    "sed -i '/^    if (err) {/,/^    }/{/pw_slab_release/d}' ${slab}_grow.c"
plant "slab: an empty slab stays on its list" slab 'unit*' \
    "sed -i 's/if (to == from)/if (to == from || !slab->inuse)/' \
    ${slab}_core.c"
plant "slab: one that was full goes to the wrong end" slab 'unit*' \
    "sed -i 's/at = at->prev;/;/' ${slab}_core.c"
plant "slab: a magazine takes one object too many" slab 'unit*' \
    "sed -i 's/limit, magazine + cache->magazine/& + 1/' ${slab}_depot.c"
plant "slab: a colour too many" slab 'shape*' \
    "sed -i 's/colour + 1 < cache->colours/colour < cache->colours/' \
    ${slab}_grow.c"
plant "slab: the inverse is rounded down" slab 'shape*' \
    "sed -i 's,UINT32_MAX / cache->stride + 1,UINT32_MAX / cache->stride,' \
    ${slab}_grow.c"
plant "slab: a magazine's last object is forgotten (model)" slab '*model*' \
    "sed -i 's/flush(cache, magazine, rounds);/flush(cache, magazine, \
rounds - !!rounds);/' ${slab}_depot.c"
plant "slab: the depot's lock is forgotten (threads)" slab '*threads*' \
    "sed -i '/^static bool trade/,/^}/{/port_lock/d;/port_unlock/d}' \
    ${slab}_depot.c"
plant "slab: a given object is not counted (fuzzing)" slab '*fuzz*' \
    "sed -i '/^    w->given++;/d' ${slab}_core.c"
plant "a results reader that takes half a file" results '*' \
    "sed -i 's/^# end/# eof/' bench/results.lua; \
    find bench -name '*.lua' -exec sed -i 's/# end/# eof/g' {} +"
plant "a region that no chapter shows" book '*coverage*' \
    "printf '//> spare\nint spare;\n//< spare\n' >>$core"
plant "code outside every region" book '*coverage*' \
    "printf '\nint spare;\n' >>$core"
plant "a typed-in measurement" book '*lint*' \
    "printf '\nIt takes 17 ns.\n' >>chapters/page.md"
plant "a reference to nothing" book '*printed*' \
    "printf '\nSee [](#lst-nothing).\n' >>chapters/page.md"
plant "a link to nowhere" book '*link*' \
    "f=build/html/index.html; sed -i 's,<main,<a href=\"no.html\">x</a>&,' \
    \$f"
plant "an anchor to nowhere" book '*link*' \
    "f=build/html/index.html; sed -i 's,<main,<a href=\"#zz9\">x</a>&,' \$f"
plant "HTML that is not valid" book '*HTML*' \
    "f=build/html/index.html; sed -i 's,</main>,</div></main>,' \$f"
plant "a picture without text, grey on grey" book 'browser*' \
    "f=build/html/index.html; sed -i 's|</main>|<img src=\"data:,\"><p \
    style=\"color:#777;background:#888\">x</p>&|' \$f"
plant "a page wider than a telephone" book 'browser*' \
    "f=build/html/index.html; sed -i 's,</main>,<p \
    style=\"width:2000px\">x</p>&,' \$f"
plant "a font from elsewhere" book 'browser*' \
    "echo '@import url(https://example.org/x.css);' | cat - \
    build/html/book.css >x; mv x build/html/book.css"
plant "a search index that is broken" book 'browser*' \
    "echo 'window.PAGEWISE_INDEX = [' >build/html/search-index.js"
plant "a PDF cut short" book '*PDF is sound*' \
    "truncate -s -20000 build/pagewise.pdf"
plant "an EPUB with a page missing" book '*EPUB*' \
    "zip -qd build/pagewise.epub '*ch002*' || zip -qd build/pagewise.epub \
    '*page*xhtml'"
plant "a lab whose clock runs with ours" lab 'two runs*' \
    "sed -i 's/,rdrand=off,rdseed=off//; s/base=2026-01-01T00:00:00,//; \
    s/,clock=vm/,clock=host/' bench/lab/boot.sh"
plant "a module that leaves a warning" lab 'two runs*' \
    "sed -i 's/LAB_PLANT:-none/LAB_PLANT:-warn/' bench/lab/boot.sh"

kmalloc=code/kmalloc/kmalloc
plant "arithmetic loses 96 and 192" kmalloc 'unit*' \
    "sed -i 's/(n >> (top - 1)) - 7/3 - 7/' ${kmalloc}_core.h"
plant "a size of its own class goes to the next" kmalloc 'unit*' \
    "sed -i 's/if (size > pw_class/if (size >= pw_class/' \
    ${kmalloc}_class.c"
plant "the reserve serves everybody" kmalloc 'flags*' \
    "sed -i 's/if (!block && flags & PW_GFP_HIGH)/if (!block)/' $kmalloc.c"
plant "who may wait is not helped" kmalloc 'flags*' \
    "sed -i 's/pw_cache_reap(&pw_contig_zone);//' ${kmalloc}_large.c"
plant "zeroing stops at the size asked for (model)" kmalloc '*model*' \
    "sed -i 's/memset(block, 0, pw_ksize(block))/memset(block, 0, size)/' \
    $kmalloc.c"
plant "an overflow is not seen" kmalloc 'refusals*' \
    "sed -i 's/if (!__builtin_mul_overflow(n, size, &bytes))/bytes = n * \
    size; if (bytes)/' ${kmalloc}_realloc.c"
plant "a large block's tag stays" kmalloc 'refusals*' \
    "sed -i '/pw_large_free/,\$s/port_write(page->tag, 0);//' \
    ${kmalloc}_large.c"
plant "the reserve's lock is forgotten (threads)" kmalloc '*threads*' \
    "sed -i '/port_lock(/d; /port_unlock(/d' ${kmalloc}_reserve.c"
plant "krealloc forgets the old block (fuzzing)" kmalloc '*fuzz*' \
    "sed -i 's/^    pw_kfree(block);\$//' ${kmalloc}_realloc.c"

rm -rf "$tree"
echo "$seen passed, $missed failed"
[ $missed = 0 ]
