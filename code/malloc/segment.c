/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Segments: handing out runs of slices as pages, and taking them back.
 *
 * A segment belongs to one heap, and only that heap's thread is ever
 * here, without a lock. One word says which slices are free. A page of
 * one slice takes the lowest free one; a page of several takes the
 * highest run that is long enough, so that the two kinds grow towards
 * each other and a run stays whole as long as possible.
 *
 * Between calls: a segment with a free slice is on its heap's list, a
 * full one is not. The descriptor of a free slice has no owner, class 0.
 */
#include "heap.h"
//< theory

//> find
#define ALL_FREE (~(uint64_t)1) /* slice 0 holds the descriptors */

/* The first slice of a free run of n, or 0. */
static unsigned find_run(uint64_t free, unsigned n)
{
    uint64_t runs = free;

    for (unsigned i = 1; i < n; i++)
        runs &= free >> i;
    if (runs == 0)
        return 0;
    if (n == 1)
        return (unsigned)__builtin_ctzll(runs);
    return 63 - (unsigned)__builtin_clzll(runs);
}

/* A segment with a free run of n slices; *first is where it begins. */
static struct segment *find(struct heap *heap, unsigned n, unsigned *first)
{
    struct segment *s;

    for (struct link *at = heap->segments.next; at != &heap->segments;
         at = at->next) {
        s = segment_of(at);
        *first = find_run(s->free, n);
        if (*first)
            return s;
    }
    s = region_take(SEGMENT, SEGMENT);
    if (s) {
        if (s->size > SEGMENT)
            region_resize(s, SEGMENT);
        s->free = ALL_FREE;
        port_write(s->heap, heap);
        link_insert(heap->segments.next, &s->list);
        *first = find_run(ALL_FREE, n);
    }
    return s;
}
//< find

//> page
#define RUN(first, n) ((((uint64_t)1 << (n)) - 1) << (first))

/* Make a page of this class, or return NULL. */
struct page *segment_page(struct heap *heap, unsigned class)
{
    const size_t size = class_size(class);
    const unsigned n = class_slices(size);
    unsigned first;
    struct segment *s = find(heap, n, &first);
    struct page *page;

    if (!s)
        return NULL;
    s->free &= ~RUN(first, n);
    if (s->free == 0)
        link_remove(&s->list);
    __atomic_fetch_add(&page_bytes, n * SLICE, __ATOMIC_RELAXED);
    page = (struct page *)s + first;
    for (unsigned i = 0; i < n; i++) {
        port_write(page[i].owner, heap);
        page[i].back = (uint8_t)i;
        page[i].free = NULL;
        page[i].used = ALARM;
    }
    page->class = (uint8_t) class;
    page->carved = 0;
    page->capacity = (uint16_t)((n << SLICE_SHIFT) / size);
    return page;
}
//< page

//> return
/* All of a page's blocks are free, and it is on no list of the heap. */
void segment_return(struct heap *heap, struct page *page)
{
    struct segment *s = segment_of(page);
    const unsigned n = class_slices(class_size(page->class));

    __atomic_fetch_sub(&page_bytes, n * SLICE, __ATOMIC_RELAXED);
    page->class = 0;
    for (unsigned i = 0; i < n; i++)
        port_write(page[i].owner, NULL);
    if (s->free == 0)
        link_insert(heap->segments.next, &s->list);
    s->free |= RUN((unsigned)(page - (struct page *)s), n);
    if (s->free != ALL_FREE || s->list.next == s->list.prev)
        return; /* in use, or the only one that the heap has in hand */
    link_remove(&s->list);
    region_give(s, s->size);
}

/* Give the memory of all free slices back; how many slices that were. */
size_t segment_purge(struct heap *heap)
{
    size_t slices = 0;

    for (struct link *at = heap->segments.next; at && at != &heap->segments;
         at = at->next)
        for (unsigned i = 1; i < SLICES; i++)
            if (segment_of(at)->free >> i & 1)
                slices += madvise((char *)segment_of(at) + i * SLICE, SLICE,
                                  MADV_DONTNEED) == 0;
    return slices;
}
//< return
