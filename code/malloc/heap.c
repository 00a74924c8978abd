/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Heaps: where blocks come from when the ready list is empty, and where
 * they go.
 *
 * Each class of a heap has one current page. The blocks on the class's
 * ready list come from that page, or are others' that were kept; malloc
 * takes from there. A block that is freed goes onto its own page's free
 * list. When the ready list is empty, the current page's free list becomes
 * the ready list as it is, without anybody counting it: a page's count of
 * used blocks counts those on the ready list too, so from then on all are
 * used. If the free list is empty as well, new blocks are cut, and when
 * there are none the page is full and the class goes on with the next page
 * in its queue.
 *
 * A page whose blocks are all in use is full, and its count says ALARM:
 * the next free counts that down to zero, which is where an empty page
 * would be, and so comes to heap_alarm. There the page is put at the end
 * of the queue: first in, first out, so that it has as many free blocks
 * as it can have by the time its turn comes.
 *
 * A block that another thread frees goes onto its page's remote list by
 * compare-and-swap. Whoever finds that list empty puts the page onto the
 * heap's list of pending pages. The heap takes the whole of it when it
 * next needs blocks. But a thread that does this often keeps some of the
 * blocks on its own ready list: to their pages they stay in use.
 *
 * Between calls, the blocks of a page that are carved and not used are
 * those on its free list (but a full page's count is false), and a page
 * with a non-empty remote list is pending, or about to be.
 */
#include "heap.h"
//< theory

//> ready
/* Cut new blocks, in ascending order, as many as fill CARVE bytes. */
static struct block *carve(struct page *page)
{
    const size_t size = class_size(page->class);
    const unsigned room = (unsigned)(page->capacity - page->carved);
    unsigned n = size < CARVE ? (unsigned)(CARVE / size) : 1;
    char *at = page_start(page) + page->carved * size;
    struct block *first = (struct block *)at;

    n = n < room ? n : room;
    for (unsigned i = 0; CHECKED && i < n; i++)
        check_mark(at + i * size, size);
    page->carved = page->used = (uint16_t)(page->carved + n);
    for (; n > 1; n--, at += size)
        ((struct block *)at)->next = (struct block *)(at + size);
    ((struct block *)at)->next = NULL;
    return first;
}

/* All that the page has to offer, to be put on the ready list. */
static struct block *page_take(struct page *page)
{
    struct block *list = page->free;

    if (!list)
        return page->carved < page->capacity ? carve(page) : NULL;
    page->free = NULL;
    page->used = page->carved;
    return list;
}
//< ready

//> empty
/*
 * No block of the page is in use. The current page stays as it is, for
 * whoever allocates and frees in turn; unless its blocks are so large
 * that this is no loss, and a page in reserve for each class is. Other
 * pages go back to their segment.
 */
static void page_empty(struct page *page)
{
    struct heap *heap = segment_of(page)->heap;
    struct page **current = &heap->current[page->class];

    if (page == *current && class_size(page->class) <= KEEP)
        return;
    if (page == *current)
        *current = NULL;
    else
        link_remove(&page->queue);
    segment_return(heap, page);
}

/* n blocks of the page have come back; its free list begins at list. */
static void give(struct heap *heap, struct page *page, struct block *list,
                 unsigned n)
{
    if (page->full) {
        page->full = false;
        page->used = page->capacity;
        link_insert(&heap->queue[page->class], &page->queue);
    }
    page->free = list;
    page->used -= (uint16_t)n;
    if (page->used == 0)
        page_empty(page);
}

/*
 * The quick path of free has counted down to zero: the page is empty, or
 * it was full, or it is a tail slice. In the last two cases the block is
 * put where it belongs.
 */
void heap_alarm(struct page *page)
{
    struct page *first = page - page->back;
    struct block *block = page->free;

    if (page == first && !page->full) {
        page_empty(page);
    } else {
        page->free = block->next;
        page->used = ALARM;
        push(&first->free, block);
        give(first->owner, first, block, 1);
    }
}
//< empty

//> drain
/* The word of a remote list: an address, and above it a count. */
#define REMOTE_ONE ((uint64_t)1 << 48)

/* Put what others have freed onto the pages' own lists. */
void heap_drain(struct heap *heap)
{
    struct page *page =
        __atomic_exchange_n(&heap->pending, NULL, __ATOMIC_ACQUIRE);

    while (page) {
        struct page *next = page->pending;
        struct block *tail = page->tail;
        const uint64_t word =
            __atomic_exchange_n(&page->remote, 0, __ATOMIC_ACQ_REL);

        tail->next = page->free;
        give(heap, page,
             (struct block *)(uintptr_t)(word & (REMOTE_ONE - 1)),
             (unsigned)(word / REMOTE_ONE));
        page = next;
    }
}
//< drain

//> refill
/* A page with something to offer becomes the class's current one. */
static struct block *refill(struct heap *heap, unsigned class)
{
    struct link *queue = &heap->queue[class];
    struct page *page = heap->current[class];
    struct block *list;

    while (!page || !(list = page_take(page))) {
        if (page) {
            page->full = true;
            page->used = ALARM;
        }
        if (queue->next != queue) {
            page = (struct page *)((uintptr_t)queue->next & -DESCRIPTOR);
            link_remove(&page->queue);
        } else {
            page = segment_page(heap, class);
        }
        heap->current[class] = page;
        if (!page)
            return NULL;
    }
    if (heap->room[class] >= 0)
        heap->room[class] = (int16_t)(SLICE / class_size(class));
    return list;
}

/* A block of this class for the calling thread, or NULL. */
void *heap_alloc(unsigned class)
{
    struct heap *heap = heap_mine;
    struct block *block;

    if (heap == &heap_none && !(heap = heap_adopt()))
        return NULL;
    block = heap->ready[class];
    if (!block) {
        if (port_read(heap->pending))
            heap_drain(heap);
        block = refill(heap, class);
        if (!block)
            return NULL;
    }
    heap->ready[class] = block->next;
    return checked(block);
}
//< refill

//> remote
/* Another thread's block. The count makes the list's length known. */
static void free_remote(struct heap *heap, struct page *page,
                        struct block *block)
{
    uint64_t old = __atomic_load_n(&page->remote, __ATOMIC_RELAXED), new;

    do {
        block->next = (struct block *)(uintptr_t)(old & (REMOTE_ONE - 1));
        if (block->next == block)
            malloc_die("double free", block, "free a block once");
        new = (old / REMOTE_ONE + 1) * REMOTE_ONE + (uintptr_t)block;
    } while (!__atomic_compare_exchange_n(&page->remote, &old, new, true,
                                          __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    if (old != 0)
        return;
    page->tail = block;
    page->pending = port_read(heap->pending);
    while (!__atomic_compare_exchange_n(&heap->pending, &page->pending,
                                        page, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
}
//< remote

//> free
/*
 * A block of another thread's, a large one, or none at all. Others'
 * blocks go home. Once TRADER of a class have, they may be used here, as
 * many as fill a slice each time that the ready list has run out.
 */
void heap_free(struct block *block, struct page *page)
{
    struct heap *mine = heap_mine, *owner = port_read(page->owner);
    const unsigned class = page->class; /* 0 in a tail slice */

    if (!owner || !region_known(segment_of(block))) {
        large_free(segment_of(block), block);
    } else if (mine->room[class] <= 0) {
        if (mine->room[class] < 0)
            mine->room[class]++;
        free_remote(owner, page - page->back, block);
    } else {
        mine->room[class]--;
        push(&mine->ready[class], block);
    }
}
//< free
