/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Regions: memory from the kernel in units of 2 MiB, aligned to that, and
 * a store of what was given back.
 *
 * What nobody touches costs nothing, so that it does no harm to round
 * sizes up to whole units, and every request of up to a unit can use any
 * other's region.
 *
 * What is given back is kept for a while, since mapping it again would
 * cost a fault for each page. The store has a cap on the bytes that have
 * been touched, and what has lain in it for a second goes back to the
 * kernel at the next occasion.
 *
 * A bitmap says of every unit of the address space whether a region
 * begins there. One lock guards all of it; the bitmap is read without.
 */
#include "heap.h"

#include <time.h>
//< theory

//> state
enum { STORED = 64 };

#define UNITS(bytes) (((bytes) + SEGMENT - 1) & -SEGMENT)

pthread_mutex_t region_mutex = PTHREAD_MUTEX_INITIALIZER;
uint64_t regions[REGIONS / 64];

static struct stored {
    char *base;
    size_t size, touched; /* bytes; touched at most */
    time_t since;         /* s */
} store[STORED];          /* the oldest first */
static unsigned nstored;

size_t region_cap = (size_t)64 << 20; /* bytes that may lie in the store */
size_t region_mapped, region_idle;
//< state

//> mark
/* From now on a region begins here, or no longer does. */
static void mark(const void *base)
{
    const uintptr_t n = (uintptr_t)base >> SEGMENT_SHIFT;

    __atomic_xor_fetch(&regions[n / 64], (uint64_t)1 << n % 64,
                       __ATOMIC_RELAXED);
}
//< mark

//> map
/*
 * A new region. A range that is too long by the alignment contains one;
 * the last that fits is taken, next to the region before, and what is in
 * front of it unmapped. With an alignment over 2 MiB the region begins
 * 2 MiB below a multiple of that, so that its block may be aligned.
 */
static void *map(size_t size, size_t align)
{
    const uintptr_t shift = align > SEGMENT ? SEGMENT : 0;
    uintptr_t range, base;

    align = align > SEGMENT ? align : SEGMENT;
    range =
        (uintptr_t)mmap(NULL, size + align, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == (uintptr_t)MAP_FAILED)
        return NULL;
    base = ((range + align + shift) & -align) - shift;
    munmap((void *)range, base - range);
    if (range + align > base)
        munmap((void *)(base + size), range + align - base);
    return (void *)base;
}
//< map

//> store
static time_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return t.tv_sec;
}

static struct stored unstore(unsigned i)
{
    const struct stored gone = store[i];

    region_idle -= gone.touched;
    nstored--;
    memmove(store + i, store + i + 1, (nstored - i) * sizeof(*store));
    return gone;
}

/* Give back what is too old or too much. */
static bool evict(size_t cap, time_t time)
{
    const size_t mapped = region_mapped;
    const int saved = errno; /* free() keeps it */

    while (nstored > 0 && (region_idle > cap || nstored == STORED ||
                           time > store[0].since + 1)) {
        const struct stored old = unstore(0);

        munmap(old.base, old.size);
        region_mapped -= old.size;
    }
    errno = saved;
    return region_mapped < mapped;
}

/* The smallest in the store that will do, at most twice the size. */
static unsigned best_fit(size_t size)
{
    unsigned best = STORED;

    for (unsigned i = 0; i < nstored; i++)
        if (store[i].size >= size && store[i].size <= 2 * size &&
            (best == STORED || store[i].size <= store[best].size))
            best = i;
    return best;
}
//< store

//> take
/* A region of at least `need` bytes, some of which may have been used. */
void *region_take(size_t need, size_t align)
{
    struct stored got = {NULL, UNITS(need), 0, 0};
    struct segment *s;
    unsigned best;

    pthread_mutex_lock(&region_mutex);
    best = align <= SEGMENT ? best_fit(got.size) : STORED;
    if (best < STORED) {
        got = unstore(best);
    } else if (!(got.base = map(got.size, align)) && nstored) {
        evict(0, 0);
        got.base = map(got.size, align);
    }
    s = (struct segment *)got.base;
    if (s) {
        region_mapped += best < STORED ? 0 : got.size;
        mark(s);
        s->never = NULL;
        s->size = got.size;
        s->touched = got.touched > need ? got.touched : need;
        s->zeroed = best == STORED;
    }
    pthread_mutex_unlock(&region_mutex);
    return s;
}

/* Give a region back, of which the first `touched` bytes were used. */
void region_give(struct segment *s, size_t touched)
{
    const time_t time = now();

    pthread_mutex_lock(&region_mutex);
    mark(s);
    store[nstored++] = (struct stored){(char *)s, s->size, touched, time};
    region_idle += touched;
    evict(region_cap, time);
    pthread_mutex_unlock(&region_mutex);
}

/* Give all but `keep` idle bytes back to the kernel; was there more? */
bool region_trim(size_t keep)
{
    bool gone;

    pthread_mutex_lock(&region_mutex);
    gone = evict(keep, now());
    pthread_mutex_unlock(&region_mutex);
    return gone;
}
//< take

//> resize
/*
 * Make a region larger or smaller, by moving its pages to another place
 * in the address space if there is no room at this one. No byte is
 * copied; the kernel moves page table entries.
 */
void *region_resize(struct segment *s, size_t need)
{
    const size_t old = s->size, size = UNITS(need);
    void *to = s;

    if (size == old)
        return s;
    pthread_mutex_lock(&region_mutex);
    if (mremap(s, old, size, 0) == MAP_FAILED) {
        to = map(size, SEGMENT);
        if (to && mremap(s, old, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
                      MAP_FAILED)
            to = NULL; /* whose addresses may be another's by now */
    }
    if (to) {
        mark(s);
        mark(to);
        ((struct segment *)to)->size = size;
        region_mapped += size - old;
    }
    pthread_mutex_unlock(&region_mutex);
    return to;
}
//< resize
