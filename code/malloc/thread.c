/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Threads and heaps. A thread gets a heap at its first allocation and
 * parks it when it ends; the next thread that needs one takes it over
 * with all its pages. A heap is never destroyed, so a pointer to one
 * stays good. Which thread runs with it, the heap does not know.
 *
 * Frees of a parked heap's blocks come in through its pending list, as
 * for any other heap.
 */
#include "heap.h"
//< theory

//> mine
/* Nothing is ready here, and nobody owns pages of it: the first malloc
 * of a thread fails on the quick path as any other that finds no block,
 * and asks no further question. */
struct heap heap_none;

__thread struct heap *heap_mine = &heap_none;

static struct heap *parked; /* under the region lock */
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
//< mine

//> park
/*
 * The thread ends. Should a destructor that runs later allocate, the
 * thread adopts a heap again and this is called again.
 */
static void park(void *value)
{
    struct heap *heap = value;

    heap_mine = &heap_none;
    pthread_mutex_lock(&region_mutex);
    heap->parked = parked;
    parked = heap;
    pthread_mutex_unlock(&region_mutex);
}

static void before_fork(void)
{
    pthread_mutex_lock(&region_mutex);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&region_mutex);
}

static void setup(void)
{
    if (pthread_key_create(&key, park) != 0)
        malloc_die("no thread-specific key is left", NULL, "use fewer");
    pthread_atfork(before_fork, after_fork, after_fork);
}
//< park

//> adopt
static struct heap *heap_new(void)
{
    struct heap *heap = port_meta_alloc(sizeof(*heap));

    if (!heap)
        return NULL;
    for (unsigned i = 0; i <= QUICK / 16; i++)
        heap->quick[i] = (uint8_t)class_of(i * 16);
    for (unsigned i = 0; i <= CLASSES; i++)
        heap->queue[i].next = heap->queue[i].prev = &heap->queue[i];
    heap->segments.next = heap->segments.prev = &heap->segments;
    return heap;
}

/* A heap for this thread: a parked one, or a new one; or NULL. */
struct heap *heap_adopt(void)
{
    struct heap *heap;

    pthread_mutex_lock(&region_mutex);
    heap = parked;
    parked = heap ? heap->parked : NULL;
    pthread_mutex_unlock(&region_mutex);
    if (!heap)
        heap = heap_new();
    if (heap) {
        for (unsigned i = 1; i <= CLASSES; i++)
            heap->room[i] = -TRADER;
        heap_mine = heap; /* the next two may allocate */
        pthread_once(&once, setup);
        pthread_setspecific(key, heap);
    }
    return heap;
}
//< adopt
