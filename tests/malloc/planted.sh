# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of malloc must see. See common/planted.sh, which
# reads this file.

calls=code/malloc/malloc.c
heap=code/malloc/malloc_heap.c
remote=code/malloc/malloc_remote.c
thread=code/malloc/malloc_thread.c
span=code/malloc/malloc_span.c
bin=code/malloc/malloc_bin.c
map=code/malloc/malloc_map.c
lock=code/malloc/malloc_lock.c
large=code/malloc/malloc_large.c
stats=code/malloc/malloc_stats.c
marks=code/malloc/malloc_check.c
names=code/malloc/malloc_names.c

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
    "sed -i 's/pw_class_size(class) % align/pw_class_size(class) < align/' \
    $calls"
plant "alignments over a page are taken for small ones" malloc 'unit*' \
    "sed -i 's/size > PW_MOST || align > PORT_PAGE_SIZE/size > PW_MOST/' \
    $calls"
plant "an aligned span begins where it was found" malloc 'unit*' \
    "sed -i 's/(-(uintptr_t)span->start & (align - 1))/0/' $span"
plant "a block made smaller keeps all it has" malloc 'unit*' \
    "sed -i 's/ \&\& size >= have \/ 2//' $calls"
plant "realloc copies more than there is room for" malloc '*random*' \
    "sed -i 's/size < have ? size : have/have/' $calls"
plant "a used span is said to be zeroed" malloc 'unit*' \
    "sed -i 's/zero = span->kind == PW_CLEAN/zero = true/' $span"
plant "a block that moved is not in the map" malloc '*random*' \
    "sed -i '/^bool pw_span_move/,/^}/{/PORT_PAGE_SIZE, span/d}' $span"
plant "a span given back stays in the map" malloc '*freed twice*' \
    "sed -i '/^void pw_span_give/,/^}/s/PORT_PAGE_SIZE, *NULL/0, NULL/; \
    /^void pw_span_give/,/^}/s/PORT_PAGE_SIZE,$/0,/; s/^    mark(span, \
    NULL);$//' $span"
plant "what is idle has no cap" malloc 'unit*' \
    "sed -i 's/pw_span_evict(pw_span_cap + share/pw_span_evict(SIZE_MAX/' \
    $span"
plant "what is idle never grows old" malloc 'unit*' \
    "sed -i 's/ \&\& time <= span->since + 1//' $bin"
plant "trim always found something" malloc 'unit*' \
    "sed -i '/pw_malloc_trim/,/^}/s/return \(.*\);/return \1 || true;/' \
    $stats"
plant "trim does not take home what others freed" malloc 'reported*' \
    "sed -i '/pw_heap_flush_parked();/d' $stats"
plant "a sleeper's memory waits for the sleeper" malloc 'reported*' \
    "sed -i 's/new = PW_REMOTE_GONE;/(void)0;/' $remote"
plant "a span has a block too many" malloc '*random*' \
    "sed -i 's/capacity = (uint16_t)(span->size \/ size)/capacity = \
    (uint16_t)(span->size \/ size + 1)/' $heap"
plant "a cut loses what is behind it" malloc 'reported*' \
    "sed -i '/^static void cut/,/^}/{/pw_bin_put/d}' $span"
plant "neighbours are never joined" malloc 'reported*' \
    "sed -i 's/if (!near.i. ||/if (1 ||/' $bin"
plant "bins are searched one by one, from the first" malloc 'reported*' \
    "sed -i 's/i < TRIES \&\& at != head/at != head/; s/bin_next(kind, \
    bin_of(size)); bin/bin_next(kind, bin_of(PORT_PAGE_SIZE)); bin/' $bin"
plant "returned spans are still counted" malloc 'unit*' \
    "sed -i '/count(span, -span->size);/d' $span"
plant "an ended thread's heap is lost" malloc 'unit*' \
    "sed -i '/^ *parked = heap;/d' $thread"
plant "a destructor after ours loses a heap" malloc 'reported*' \
    "sed -i '/^static void end/,/^}/{/pw_heap_borrowed = true/d}' $thread"
plant "blocks that others freed are lost" malloc 'unit*' \
    "sed -i 's/block->next = list_of(old);/block->next = NULL;/' $remote"
plant "only one span's foreign frees come home" malloc 'unit*' \
    "sed -i '/^void pw_heap_drain/,/^}/s/span = next;/span = NULL;/' \
    $remote"
plant "a child waits for a thread it does not have" malloc 'reported*' \
    "sed -i '/^static PW_COLD void mend/,/^}/s/if (holder)/if (0)/' $lock"
plant "spans are taken without the lock (race)" malloc '*race*' \
    "sed -i '/^struct pw_span .pw_span_take/,/^}/{s/!pw_malloc_lock()/0/; \
    /_unlock(/d}' $span"
plant "free of a large block loses errno" malloc 'unit*' \
    "sed -i 's/errno = saved;/errno = 1;/' $span"
plant "an address beyond all is looked up (fuzzing)" malloc \
    'and in the checked build' \
    "sed -i 's/if (PW_CHECKED \&\& page/if (0 \&\& page/' \
    code/malloc/malloc_core.h"
plant "a move that failed is believed" malloc 'reported*' \
    "sed -i 's/return to != MAP_FAILED;/return true;/' $span"
plant "an unmapping that failed is believed" malloc 'reported*' \
    "sed -i 's/if (munmap(span->start, span->size) != 0)/if (munmap(\
span->start, span->size), 0)/' $bin"
plant "a block sent home twice in a row is taken" malloc \
    'a double free by another*' \
    "sed -i 's/block->next == block)/0)/' $remote"
plant "a trader keeps all that it frees" malloc 'unit*' \
    "sed -i '/mine->room\[class\]--;/d' $remote"
plant "a block freed twice in a row is taken" malloc 'a double free*' \
    "sed -i 's/\*list == block))/0))/' code/malloc/malloc_core.h"
plant "a free span takes frees" malloc '*middling*' \
    "sed -i 's/ || span->kind != PW_LARGE)/)/; s/if (block != \
    span->start)/if (0)/' $large"
plant "a free inside a large block is taken" malloc '*inside a large*' \
    "sed -i 's/if (block != span->start)/if (0)/' $large"
plant "a large block has a page too many" malloc 'reported*' \
    "sed -i 's/pw_span_take(pw_whole(size),/pw_span_take(pw_whole(size + \
    size \/ 4),/' $large"
plant "the checked build finds no block's middle" malloc 'checked:*' \
    "sed -i 's/offset % size || //' $marks"
plant "the checked build does not look at the pattern" malloc \
    'checked: a write*' "sed -i 's/intact \&= /intact |= /' $marks"
plant "operator new that may not throw does" malloc 'C++*' \
    "sed -i 's/return form ? form(size, tag) : NULL;/return new_slow(1, \
    size);/' $names"
plant "a plug-in's C++ library is not found" malloc 'C++*' \
    "sed -i 's/!found \&\& i < 2/!found \&\& i < 0/' $names"
plant "memalign is the C library's" malloc '*intended names*' \
    "sed -i '/__libc_memalign/d' $names"
