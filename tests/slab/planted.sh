# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of the slab allocator must see. See
# tests/common/planted.sh, which reads this file.

slab=code/slab/slab

plant "the object freed last is freed again" slab 'refusals*' \
    "sed -i 's/^ *\*top == object)/false)/' ${slab}_cpu.c"
plant "a double free that comes home is believed" slab 'refusals*' \
    "sed -i 's/if (port_unlikely(w->bits \& bit))/if (0)/' ${slab}_core.c"
plant "another cache's object is taken" slab 'refusals*' \
    "sed -i 's/port_read(page->tag) == cache->tag) \&\&/1) \&\&/' \
    ${slab}_core.h"
plant "the middle of an object is one" slab 'refusals*' \
    "sed -i 's/ \&\& (uint32_t)product < cache->inverse//' ${slab}_core.h"
plant "a cache in use is destroyed" slab 'refusals*' \
    "sed -i 's/busy = cache->inuse > 0/busy = false/' $slab.c"
plant "a red zone is not looked at" slab 'refusals*' \
    "sed -i 's/!red_intact(cache, object, PW_RED_USED)/0/' ${slab}_debug.c"
plant "bulk loses an object when pages run out" slab 'unit*' \
    "sed -i 's/^            return got;/            return got - !!got;/' \
    ${slab}_cpu.c"
plant "a constructor's failure leaks the slab" slab 'unit*' \
    "sed -i '/^    if (err) {/,/^    }/{/pw_slab_release/d}' ${slab}_grow.c"
plant "an empty slab stays on its list" slab 'unit*' \
    "sed -i 's/if (to == from)/if (to == from || !slab->inuse)/' \
    ${slab}_core.c"
plant "one that was full goes to the wrong end" slab 'unit*' \
    "sed -i 's/at = at->prev;/;/' ${slab}_core.c"
plant "a magazine takes one object too many" slab 'unit*' \
    "sed -i 's/limit, magazine + cache->magazine/& + 1/' ${slab}_depot.c"
plant "a colour too many" slab 'shape*' \
    "sed -i 's/colour + 1 < cache->colours/colour < cache->colours/' \
    ${slab}_grow.c"
plant "the inverse is rounded down" slab 'shape*' \
    "sed -i 's,UINT32_MAX / cache->stride + 1,UINT32_MAX / cache->stride,' \
    ${slab}_grow.c"
plant "a magazine's last object is forgotten (model)" slab '*model*' \
    "sed -i 's/flush(cache, magazine, rounds);/flush(cache, magazine, \
rounds - !!rounds);/' ${slab}_depot.c"
plant "the depot's lock is forgotten (threads)" slab '*threads*' \
    "sed -i '/^static bool trade/,/^}/{/port_lock/d;/port_unlock/d}' \
    ${slab}_depot.c"
plant "a given object is not counted (fuzzing)" slab '*fuzz*' \
    "sed -i '/^    w->given++;/d' ${slab}_core.c"
