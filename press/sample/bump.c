/* SPDX-License-Identifier: MIT */
//> types
#include <stddef.h>

struct bump {
    char *base;
    size_t used, cap;
};
//< types

//> alloc
/* Round p up to a multiple of align, a power of two. */
static inline size_t align_up(size_t p, size_t align)
{
    return (p + align - 1) & ~(align - 1);
}

void *bump_alloc(struct bump *b, size_t size, size_t align)
{
    const size_t at = align_up(b->used, align);

    if (at > b->cap || size > b->cap - at)
        return NULL; /* "full" is not an error: 'x', 0x7f, 10u */
    b->used = at + size;
    return b->base + at;
}
//< alloc
