# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of malloc must see. See common/planted.sh, which
# reads this file.

calls=code/malloc/malloc.c
heap=code/malloc/heap.c
thread=code/malloc/thread.c
segment=code/malloc/segment.c
large=code/malloc/large.c
region=code/malloc/region.c
marks=code/malloc/check.c

plant "calloc believes a product that wrapped" malloc 'unit*' \
    "sed -i '/pw_calloc/,/^}/s/if (__builtin_mul_over.*/if (bytes = n * \
    size, 0)/' $calls"
plant "so does reallocarray" malloc 'unit*' \
    "sed -i '/pw_reallocarray/,/^}/s/if (__builtin_mul_over.*/if (bytes = \
    n * size, 0)/' $calls"
plant "posix_memalign writes before it refuses" malloc 'unit*' \
    "sed -i '/pw_posix_memalign/,/^}/s/void \*p;/void *p = *to = NULL;/' \
    $calls"
plant "an aligned block's class is only large enough" malloc 'unit*' \
    "sed -i 's/class_size(class) % align/class_size(class) < align/' $calls"
plant "alignments over a slice are taken for small ones" malloc 'unit*' \
    "sed -i 's/size > MOST || align > SLICE/size > MOST/' $calls"
plant "alignments over a region come out beside it" malloc 'unit*' \
    "sed -i 's/align > SEGMENT ? SEGMENT : 0/0/' $region"
plant "an aligned large block says it begins at its header" malloc \
    'unit*' "sed -i 's/return s->size - .*/return s->size - HEADER;/' \
    $calls"
plant "a block made smaller keeps all it has" malloc 'unit*' \
    "sed -i 's/ \&\& size >= have \/ 2//' $calls"
plant "realloc copies more than there is room for" malloc '*random*' \
    "sed -i 's/size < have ? size : have/have/' $calls"
plant "a used region is said to be zeroed" malloc 'unit*' \
    "sed -i 's/zeroed = best == STORED/zeroed = true/' $region"
plant "a region that moved is not marked" malloc 'unit*' \
    "sed -i '/mark(to);/d' $region"
plant "a region given back stays marked" malloc '*freed twice*' \
    "sed -i '/^void region_give/,/^}/{/ mark(s);/d}' $region"
plant "the store has no cap" malloc 'unit*' \
    "sed -i 's/evict(region_cap, time)/evict(SIZE_MAX, time)/' $region"
plant "the store never grows old" malloc 'unit*' \
    "sed -i 's/time > store.0..since + 1/time < 0/' $region"
plant "the store takes any number" malloc 'unit*' \
    "sed -i 's/nstored == STORED ||/nstored > 4095 ||/; \
    s/store.STORED.;/store[4096];/' $region"
plant "trim always found something" malloc 'unit*' \
    "sed -i '/^bool region_trim/,/^}/s/return \(.*\);/return \1 || true;/' \
    $region"
plant "a resized block forgets what it touched" malloc 'unit*' \
    "sed -i '/^void .large_resize/,/^}/{s/touched = offset + size/touched \
    = 0/; s/if (s->touched < offset + size)/if (1)/}' $large"
plant "a page has a block too many" malloc '*random*' \
    "sed -i 's/((n << SLICE_SHIFT) \/ size)/((n << SLICE_SHIFT) \/ size + \
    1)/' $segment"
plant "a page's last slices point to the wrong one" malloc '*random*' \
    "sed -i 's/back = (uint8_t)i/back = (uint8_t)(i > 0)/' $segment"
plant "a long page's last slice is lost as it is returned" malloc 'unit*' \
    "sed -i '/^void segment_return/,/^}/s/, n);/, n - (n > 1));/' $segment"
plant "returned pages are still counted" malloc 'unit*' \
    "sed -i '/__atomic_fetch_sub(.page_bytes/d' $segment"
plant "an ended thread's heap is lost" malloc 'unit*' \
    "sed -i '/^ *parked = heap;/d' $thread"
plant "blocks that others freed are lost" malloc 'unit*' \
    "sed -i 's/block->next = .*(old & (REMOTE_ONE - 1));/block->next = \
    NULL;/' $heap"
plant "only one page's foreign frees come home" malloc 'unit*' \
    "sed -i '/^void heap_drain/,/^}/s/page = next;/page = next, \
    page = NULL;/' $heap"
plant "the lock is forgotten as the process forks" malloc 'world*' \
    "sed -i '/^static void before_fork/,/^}/{/_lock/d}; \
    /^static void after_fork/,/^}/{/_unlock/d}' $thread"
plant "regions are taken without the lock (race)" malloc '*race*' \
    "sed -i '/^void .region_take/,/^}/{/_lock(/d; /_unlock(/d}' $region"
plant "free of a large block loses errno (fuzzing)" malloc '*seeds*' \
    "sed -i '/errno = saved;/d; s/const int saved = errno;.*//' $region"
plant "an address beyond all is looked up (fuzzing)" malloc \
    'and in the checked build' \
    "sed -i 's/return n < REGIONS \&\& /return /' ${heap%.c}.[ch] $region"
plant "a region that cannot move is believed to (fuzzing)" malloc '*fuzz*' \
    "sed -i 's/ to = NULL; .*/;/' $region"
plant "a block sent home twice in a row is taken" malloc \
    'a double free by another*' \
    "sed -i 's/block->next == block)/0)/' $heap"
plant "a trader keeps all that he frees" malloc 'unit*' \
    "sed -i '/mine->room\[class\]--;/d' $heap"
plant "trim does not take home what others freed" malloc 'unit*' \
    "sed -i '/heap_drain(heap_mine);/d' ${heap%heap.c}stats.c"
plant "a block freed twice in a row is taken" malloc 'a double free*' \
    "sed -i 's/\*list == block))/0))/' ${heap%.c}.h"
plant "a page given back takes frees" malloc '*middling*' \
    "sed -i 's/ || port_read(s->heap))/)/' $large"
plant "a free inside a large block is taken" malloc '*inside a large*' \
    "sed -i 's/if (block != s->large)/if (0)/' $large"
plant "the checked build finds no block's middle" malloc 'checked:*' \
    "sed -i 's/offset % size || //' $marks"
plant "the checked build does not look at the pattern" malloc \
    'checked: a write*' "sed -i 's/intact \&= /intact |= /' $marks"
plant "operator new says NULL" malloc 'C++*' \
    "sed -i 's/if (!handler \&\& !may_throw)/if (!handler)/' \
    code/malloc/names.c"
plant "memalign is the C library's" malloc '*intended names*' \
    "sed -i '/__libc_memalign/d' code/malloc/names.c"
