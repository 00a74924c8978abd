/* SPDX-License-Identifier: MIT */
//> word
/*
 * Blocks that another thread frees.
 *
 * One goes onto its span's remote list by compare-and-swap. Whoever finds
 * that list empty puts the span onto the heap's list of pending ones. The
 * heap takes the whole of it when it next needs blocks. But a thread that
 * does this often keeps some of the blocks on its own ready list: to
 * their spans they stay in use.
 *
 * If all blocks of a full span come back in this way, nobody but the
 * pending list knows of it any more. So whoever frees the last one gives
 * the span's pages back itself, whatever the owner is doing, and leaves
 * the empty descriptor for the owner to find.
 *
 * Between calls, a span with a non-empty remote list is pending, or about
 * to be.
 */
#include "malloc_core.h"

/* The word of a remote list: an address, flags below, a count above. */
static struct pw_block *list_of(uint64_t word)
{
    return (struct pw_block *)(uintptr_t)(word & (PW_REMOTE_ONE - 16));
}

/* The span is full, or is no longer. */
void pw_heap_full(struct pw_span *span, bool full)
{
    if (__libc_single_threaded)
        span->remote ^= PW_REMOTE_FULL; /* half the price */
    else if (full)
        __atomic_fetch_or(&span->remote, PW_REMOTE_FULL, __ATOMIC_RELEASE);
    else
        __atomic_fetch_and(&span->remote, ~(uint64_t)PW_REMOTE_FULL,
                           __ATOMIC_RELAXED);
}
//< word

//> remote
/*
 * Another thread's block. The count makes the list's length known; with
 * the last block of a full span there is no list any more, and its pages
 * go back under another name.
 */
void pw_heap_send(struct pw_span *span, struct pw_block *block)
{
    struct pw_heap *heap = span->owner;
    uint64_t old = port_read(span->remote), new;
    struct pw_span *twin = NULL;

    do {
        block->next = list_of(old);
        if (block->next == block)
            pw_malloc_die("double free", block, "free a block once");
        new = (old / PW_REMOTE_ONE + 1) * PW_REMOTE_ONE + (uintptr_t)block +
              (old & PW_REMOTE_FULL);
        if ((old & PW_REMOTE_FULL) &&
            new / PW_REMOTE_ONE == span->capacity &&
            (twin || (twin = pw_span_twin(span))))
            new = PW_REMOTE_GONE;
    } while (!__atomic_compare_exchange_n(&span->remote, &old, new, true,
                                          __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    if (new == PW_REMOTE_GONE)
        pw_span_give(twin);
    else if (twin)
        pw_span_forget(twin);
    if (list_of(old))
        return;
    span->tail = block;
    span->pending = port_read(heap->pending);
    while (!__atomic_compare_exchange_n(&heap->pending, &span->pending,
                                        span, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
}
//< remote

//> drain
/* Put what others have freed onto the spans' own lists. */
void pw_heap_drain(struct pw_heap *heap)
{
    struct pw_span *span =
        __atomic_exchange_n(&heap->pending, NULL, __ATOMIC_ACQUIRE);

    while (span) {
        struct pw_span *next = span->pending;
        struct pw_block *tail = span->tail;
        const uint64_t word =
            __atomic_exchange_n(&span->remote, 0, __ATOMIC_ACQ_REL);

        if (word & PW_REMOTE_GONE) {
            pw_span_forget(span);
        } else {
            tail->next = span->free;
            pw_heap_accept(span, list_of(word), word / PW_REMOTE_ONE);
        }
        span = next;
    }
}
//< drain

//> free
/*
 * A block of another thread's, a large one, or none at all. Others'
 * blocks go home. Once PW_TRADER of a class have, they may be used here,
 * so many each time that the ready list has run out.
 */
void pw_heap_free(struct pw_block *block, struct pw_span *span)
{
    struct pw_heap *mine = pw_heap_mine;
    unsigned class;

    if (!block)
        return;
    if (!span || port_read(span->owner) == PW_NOBODY) {
        pw_malloc_large_free(span, block);
        return;
    }
    class = span->class;
    if (!mine || mine->room[class] <= 0) {
        if (mine && mine->room[class] < 0)
            mine->room[class]++;
        pw_heap_send(span, block);
    } else {
        mine->room[class]--;
        pw_push(&mine->ready[class], block);
    }
}
//< free
