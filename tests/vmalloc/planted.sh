# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of vmalloc must see. See common/planted.sh,
# which reads this file.

areas=code/vmalloc/vmalloc.c
ranges=code/vmalloc/vmalloc_range.c
frames=code/vmalloc/vmalloc_frames.c
map=code/port/port_map_user.c

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
    "sed -i '/^static void area_give/,/^}/s/port_[a-z]*(&space.*;/\
    (void)\&pin;/' $areas"
plant "a free of any address (fuzzing)" vmalloc '*fuzz*' \
    "sed -i 's/right = .* address \&\&/right =/' $areas"
