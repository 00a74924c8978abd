/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Large blocks: over 128 KiB, or aligned to more than a slice. Each has a
 * region of its own, with a segment's header that says "no heap". The
 * block begins behind the header, or at the first multiple of its
 * alignment, which is at most 2 MiB away: still in reach of the mask that
 * finds the header. It may grow to the region's end without a call to
 * anybody.
 */
#include "heap.h"
//< theory

//> large
void *large_alloc(size_t size, size_t align)
{
    const size_t most = align < SEGMENT ? align : SEGMENT;
    const size_t offset = most > HEADER ? most : HEADER;
    struct segment *s = region_take(size + offset, align);

    if (!s)
        return NULL;
    s->large = (char *)s + offset;
    port_write(s->heap, NULL);
    __atomic_fetch_add(&large_bytes, s->size, __ATOMIC_RELAXED);
    return s->large;
}

void large_free(struct segment *s, void *block)
{
    if (!region_known(s) || port_read(s->heap))
        malloc_stranger(block);
    if (block != s->large)
        malloc_die("free inside a block", block, "free its start");
    __atomic_fetch_sub(&large_bytes, s->size, __ATOMIC_RELAXED);
    region_give(s, s->touched < s->size ? s->touched : s->size);
}

/* Returns the block, which may have moved, or NULL if it must be copied. */
void *large_resize(struct segment *s, size_t size)
{
    const size_t offset = (size_t)(s->large - (char *)s);
    const size_t old = s->size;

    s = region_resize(s, size + offset);
    if (!s)
        return NULL;
    __atomic_fetch_add(&large_bytes, s->size - old, __ATOMIC_RELAXED);
    s->large = (char *)s + offset;
    if (s->touched < offset + size)
        s->touched = offset + size;
    return s->large;
}
//< large
