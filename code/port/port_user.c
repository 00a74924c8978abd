/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The port to a process: slots for threads, and a memory file that plays
 * physical memory. A frame is a page of that file, so that a later
 * chapter can map the same frame a second time, at another address,
 * through the real MMU. Pages of the file that nobody has touched cost
 * nothing. What fork() makes of them stands in port_fork_user.c.
 */
#define _GNU_SOURCE
#include "port_fork_user.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
//< theory

//> slots
__thread int port_slot = -1;

static pthread_mutex_t slot_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static pthread_key_t slot_key;
static uint64_t slots_taken; /* bit n: some live thread is CPU n */

static void slot_release(void *value)
{
    const int slot = (int)(intptr_t)value - 1;

    pthread_mutex_lock(&slot_lock);
    slots_taken &= ~((uint64_t)1 << slot);
    pthread_mutex_unlock(&slot_lock);
    port_slot = -1;
}

static void slot_setup(void)
{
    if (pthread_key_create(&slot_key, slot_release) != 0)
        slots_taken = ~(uint64_t)0; /* no slots: all use the lock */
}

/* Nobody is any CPU. Called by a child of fork(), before all else. */
void port_slots_reset(void)
{
    pthread_mutex_init(&slot_lock, NULL);
    slots_taken = 0;
    port_slot = -1;
}

int port_slot_assign(void)
{
    int slot = -1;

    port_refuse_child();
    pthread_once(&slot_once, slot_setup);
    pthread_mutex_lock(&slot_lock);
    if (~slots_taken != 0) {
        slot = __builtin_ctzll(~slots_taken);
        slots_taken |= (uint64_t)1 << slot;
    }
    pthread_mutex_unlock(&slot_lock);
    if (slot >= 0)
        pthread_setspecific(slot_key, (void *)(intptr_t)(slot + 1));
    port_slot = slot;
    return slot;
}
//< slots

//> memory
int port_memory_map(struct port_memory *m, size_t pages, size_t align)
{
    const size_t size = pages << PORT_PAGE_SHIFT;
    const size_t slack = align << PORT_PAGE_SHIFT;
    char *range, *base;

    if (pages == 0 || pages > (SIZE_MAX >> (PORT_PAGE_SHIFT + 1)))
        return -EINVAL;
    m->backing = memfd_create("pagewise", MFD_CLOEXEC);
    if (m->backing < 0)
        return -errno;
    range = mmap(NULL, size + slack, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED || ftruncate(m->backing, (off_t)size) < 0)
        goto fail;
    base = range + (-(uintptr_t)range & (slack - 1));
    if (mmap(base, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
             m->backing, 0) == MAP_FAILED)
        goto fail;
    if (base > range)
        munmap(range, (size_t)(base - range));
    munmap(base + size, slack - (size_t)(base - range));
    m->base = base;
    m->pages = pages;
    port_share(m);
    return 0;
fail:
    if (range != MAP_FAILED)
        munmap(range, size + slack);
    close(m->backing);
    return -ENOMEM;
}

void port_memory_unmap(struct port_memory *m)
{
    port_unshare(m);
    munmap(m->base, m->pages << PORT_PAGE_SHIFT);
    close(m->backing);
    *m = (struct port_memory){.backing = -1};
}

void *port_meta_alloc(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

void port_meta_free(void *p, size_t bytes)
{
    if (p)
        munmap(p, bytes);
}
//< memory
