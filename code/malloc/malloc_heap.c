/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Heaps: where small blocks come from when the ready list is empty, and
 * where they go.
 *
 * Each class of a heap has one current span. The blocks on the class's
 * ready list come from that span, or are others' that were kept; malloc
 * takes from there. A block that is freed goes onto its own span's free
 * list. When the ready list is empty, the current span's free list becomes
 * the ready list as it is, without anybody counting it: a span's count of
 * used blocks counts those on the ready list too, so from then on all are
 * used. If the free list is empty as well, new blocks are cut, and when
 * there are none the span is full and the class goes on with the next one
 * in its queue.
 *
 * A span whose blocks are all in use is full, and its count says PW_ALARM:
 * the next free counts that down to zero, which is where an empty span
 * would be, and so comes to pw_heap_alarm. There the span is put at the
 * end of the queue: first in, first out, so that it has as many free
 * blocks as it can have by the time its turn comes.
 *
 * Between calls, the blocks of a span that are cut and not used are those
 * on its free list (but a full span's count is false).
 */
#include "malloc_core.h"
//< theory

//> ready
/* Cut new blocks, in ascending order, as many as fill PW_CARVE bytes. */
static struct pw_block *carve(struct pw_span *span)
{
    const size_t size = pw_class_size(span->class);
    const unsigned room = (unsigned)(span->capacity - span->cut);
    unsigned i, n = size < PW_CARVE ? (unsigned)(PW_CARVE / size) : 1;
    char *at = span->start + span->cut * size;
    struct pw_block *first = (struct pw_block *)at;

    n = n < room ? n : room;
    for (i = 0; PW_CHECKED && i < n; i++)
        pw_check_mark(at + i * size, size);
    span->cut = span->used = (uint16_t)(span->cut + n);
    for (; n > 1; n--, at += size)
        ((struct pw_block *)at)->next = (struct pw_block *)(at + size);
    ((struct pw_block *)at)->next = NULL;
    return first;
}

/* All that the span has to offer, to be put on the ready list. */
static struct pw_block *take_all(struct pw_span *span)
{
    struct pw_block *list = span->free;

    if (!list)
        return span->cut < span->capacity ? carve(span) : NULL;
    span->free = NULL;
    span->used = span->cut;
    return list;
}
//< ready

//> alarm
/*
 * Bytes of a heap's next span of a class: more if it has made some, and
 * as many as leave little over behind the last block.
 */
static size_t bytes_for(struct pw_heap *heap, unsigned class)
{
    const size_t size = pw_class_size(class);
    const unsigned made = heap->made[class];
    const size_t few = size << (made < 2 ? made : 2);
    size_t bytes = PORT_PAGE_SIZE << made;

    heap->made[class] = (uint8_t)(made + (made < 3));
    bytes = pw_whole(bytes > few ? bytes : few);
    while (bytes % size > bytes / 16)
        bytes += PORT_PAGE_SIZE;
    return bytes;
}

/* Make a span of this class, or return NULL. */
static struct pw_span *make(struct pw_heap *heap, unsigned class)
{
    const size_t size = pw_class_size(class);
    struct pw_span *span =
        pw_span_take(bytes_for(heap, class), PORT_PAGE_SIZE, PW_SMALL);

    if (!span) /* is there less? */
        span = pw_span_take(pw_whole(size), PORT_PAGE_SIZE, PW_SMALL);
    if (!span)
        return NULL;
    port_write(span->owner, heap);
    span->class = (uint8_t)(class);
    span->capacity = (uint16_t)(span->size / size);
    span->remote = 0;
    span->free = NULL;
    span->used = span->cut = 0;
    span->full = false;
    return span;
}

/*
 * No block of the span is in use. The current span stays as it is, for
 * whoever allocates and frees in turn; unless its blocks are so large
 * that this is no loss, and a span in reserve for each class is.
 */
static void span_empty(struct pw_span *span)
{
    struct pw_span **current = &span->owner->current[span->class];

    if (span == *current && pw_class_size(span->class) <= PW_KEEP)
        return;
    if (span == *current)
        *current = NULL;
    else
        pw_link_del(&span->link);
    pw_span_give(span);
}

/* n blocks of the span have come back; its free list begins at list. */
void pw_heap_accept(struct pw_span *span, struct pw_block *list, size_t n)
{
    if (span->full) {
        span->full = false;
        span->used = span->capacity;
        pw_link_add(span->owner->queue[span->class].prev, &span->link);
    }
    span->free = list;
    span->used -= (uint16_t)n;
    if (span->used == 0)
        span_empty(span);
}

/*
 * The quick path of free has counted down to zero: the span is empty, or
 * it was full and now has a free block.
 */
void pw_heap_alarm(struct pw_span *span)
{
    if (span->full) {
        pw_heap_full(span, false);
        pw_heap_accept(span, span->free, 1);
    } else {
        span_empty(span);
    }
}
//< alarm

//> refill
/* A span with something to offer becomes the class's current one. */
static struct pw_block *refill(struct pw_heap *heap, unsigned class)
{
    struct pw_link *queue = &heap->queue[class];
    struct pw_span *span = heap->current[class];
    struct pw_block *list;

    while (!span || !(list = take_all(span))) {
        if (span) {
            span->full = true;
            span->used = PW_ALARM;
            pw_heap_full(span, true);
        }
        if (queue->next != queue) {
            span = PW_SPAN_IN(link, queue->next);
            pw_link_del(&span->link);
        } else {
            span = make(heap, class);
        }
        heap->current[class] = span;
        if (!span)
            return NULL;
    }
    if (heap->room[class] >= 0)
        heap->room[class] = (int16_t)(PW_MOST / pw_class_size(class));
    return list;
}
//< refill

//> flush
/* A block of this class for the calling thread, or NULL. */
void *pw_heap_alloc(unsigned class)
{
    struct pw_heap *heap = pw_heap_mine;
    struct pw_block *block;

    if (!heap && !(heap = pw_heap_adopt()))
        return NULL;
    block = heap->ready[class];
    if (!block) {
        if (port_read(heap->pending))
            pw_heap_drain(heap);
        if (heap->trimmed != port_read(pw_heap_trims))
            pw_heap_flush(heap);
        block = refill(heap, class);
    }
    if (block)
        heap->ready[class] = block->next;
    if (port_unlikely(pw_heap_borrowed))
        pw_heap_park(heap);
    return block ? pw_checked(block) : NULL;
}

unsigned pw_heap_trims; /* trims there have been */

/*
 * Give back all that can be: blocks that are ready to their spans, and
 * spans without a block in use to everybody. For the heap's own thread,
 * or whoever has it while it has none.
 */
void pw_heap_flush(struct pw_heap *heap)
{
    unsigned class;

    heap->trimmed = port_read(pw_heap_trims);
    pw_heap_drain(heap);
    for (class = 1; class <= PW_CLASSES; class ++) {
        struct pw_block *block = heap->ready[class], *next;
        struct pw_span *span;

        heap->ready[class] = NULL;
        heap->made[class] = 0;
        for (; block; block = next) {
            next = block->next;
            span = pw_span_of(block);
            if (span->owner != heap) {
                pw_heap_send(span, block);
                continue;
            }
            pw_push(&span->free, block);
            if (--span->used == 0)
                pw_heap_alarm(span);
        }
        span = heap->current[class];
        if (span && span->used == 0) {
            heap->current[class] = NULL;
            pw_span_give(span);
        }
    }
}
//< flush
