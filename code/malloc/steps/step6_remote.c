/* SPDX-License-Identifier: MIT */
//> remote
/*
 * Step 6, remote frees: another thread's block is sent home. It is pushed
 * onto a list of its heap's by compare-and-swap; the heap's thread takes
 * that list, the whole of it at once, before it cuts up a new page.
 */
#include "steps.h"

static void send_home(struct step_heap *h, void *block)
{
    void *old = __atomic_load_n(&h->remote, __ATOMIC_RELAXED);

    do
        *(void **)block = old;
    while (!__atomic_compare_exchange_n(
        &h->remote, &old, block, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void collect(struct step_heap *h)
{
    void *block = __atomic_exchange_n(&h->remote, NULL, __ATOMIC_ACQUIRE);

    while (block) {
        void *next = *(void **)block;

        step_put(h, block);
        block = next;
    }
}

static void *alloc(size_t size)
{
    const size_t class = (size + STEP_CLASS - 1) / STEP_CLASS;
    struct step_heap *h = step_mine();

    if (!h)
        return NULL;
    if (!h->list[class] && port_read(h->remote))
        collect(h);
    return step_take(h, size);
}

static void release(void *block)
{
    struct step_heap *h = step_page_of(block)->heap;

    if (h == step_mine())
        step_put(h, block);
    else
        send_home(h, block);
}

const struct step step_remote = {"remote", alloc, release, step_heaps_reset,
                                 true};
//< remote
