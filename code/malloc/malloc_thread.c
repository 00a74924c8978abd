/* SPDX-License-Identifier: MIT */
//> thread
/*
 * Threads and heaps. A thread gets a heap at its first allocation and
 * parks it when it ends; the next thread that needs one takes it over
 * with all its spans. A heap is never destroyed, so a pointer to one
 * stays good. Which thread runs with it, the heap does not know.
 *
 * Frees of a parked heap's blocks come in through its pending list, as
 * for any other heap.
 *
 * A thread that has parked its heap may go on allocating, in destructors
 * that run after ours. It then borrows a heap for each call that needs
 * one, and parks it again.
 */
#include "malloc_core.h"

__thread struct pw_heap *pw_heap_mine;
__thread bool pw_heap_borrowed; /* parked again at the end of the call */

static struct pw_heap *parked; /* under the lock, as all below */
static pthread_key_t key;
static enum { NO_KEY_YET, KEY, NO_KEY } has_key;

/* To those that no thread has. */
static void put(struct pw_heap *heap)
{
    if (!pw_malloc_lock())
        return;
    heap->parked = parked;
    parked = heap;
    pw_malloc_unlock();
}

/* Leave the heap for others, without what it need not keep. */
void pw_heap_park(void *heap)
{
    pw_heap_flush(heap);
    pw_heap_mine = NULL;
    put(heap);
}

/* The thread ends. */
static void end(void *heap)
{
    pw_heap_borrowed = true;
    pw_heap_park(heap);
}

/* Flush the heaps that no thread has. */
void pw_heap_flush_parked(void)
{
    struct pw_heap *heap, *next;

    if (!pw_malloc_lock())
        return;
    heap = parked;
    parked = NULL;
    pw_malloc_unlock();
    for (; heap; heap = next) {
        next = heap->parked;
        pw_heap_flush(heap);
        put(heap);
    }
}

/* A heap for this thread: a parked one, or a new one; or NULL. */
struct pw_heap *pw_heap_adopt(void)
{
    struct pw_heap *heap;
    unsigned i;

    if (!pw_malloc_lock())
        return NULL;
    if (has_key == NO_KEY_YET)
        has_key = pthread_key_create(&key, end) == 0 ? KEY : NO_KEY;
    if ((heap = parked))
        parked = heap->parked;
    else
        heap = pw_heap_new();
    pw_malloc_unlock();
    if (!heap)
        return NULL;
    for (i = 1; i <= PW_CLASSES; i++)
        heap->room[i] = -PW_TRADER;
    pw_heap_mine = heap; /* what follows may allocate */
    if (!pw_heap_borrowed &&
        (has_key == NO_KEY || pthread_setspecific(key, heap) != 0))
        pw_heap_borrowed = true;
    return heap;
}
//< thread
