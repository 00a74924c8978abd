/* SPDX-License-Identifier: MIT */
//> map
/*
 * The map from addresses to spans, and memory for what describes them.
 *
 * The map has two levels: a table with a word for each GiB of addresses,
 * and for each GiB in which anything of ours lies a leaf with an entry
 * for each page. Both are mostly untouched, and cost next to nothing.
 *
 * Descriptors and heaps are cut from chunks that are never given back, so
 * a pointer to one stays good for ever, whatever it comes to describe.
 * Free descriptors are on a list. Whoever is going to need some says so
 * before it begins, and so never fails half way.
 */
#include "malloc_core.h"

uintptr_t pw_map[PW_ROOTS];

#define LEAF_BYTES (PW_LEAF_PAGES * sizeof(struct pw_span *))

struct leaf {
    struct leaf *next;
};

static struct leaf *leaves; /* spare ones */

/* Memory from the kernel, if need be that of all free spans. */
void *pw_malloc_map(size_t bytes)
{
    void *p = port_meta_alloc(bytes);

    if (!p && pw_span_release(PORT_PAGE_SIZE))
        p = port_meta_alloc(bytes);
    return p;
}

static struct leaf *leaf_new(void)
{
    struct leaf *leaf = leaves;

    if (leaf) {
        leaves = leaf->next;
        leaf->next = NULL;
    } else if ((leaf = port_meta_alloc(LEAF_BYTES))) {
        madvise(leaf, LEAF_BYTES, MADV_NOHUGEPAGE);
    }
    return leaf;
}

/* See that both ends of any range could be covered. */
bool pw_map_reserve_leaves(void)
{
    struct leaf *a = leaf_new(), *b = leaf_new();

    for (; a; a = b, b = NULL) {
        a->next = leaves;
        leaves = a;
    }
    return leaves && leaves->next;
}

/* See that the pages of two addresses have entries. */
bool pw_map_cover(const char *first, const char *last)
{
    const uintptr_t roots[] = {(uintptr_t)first >> PW_LEAF_SHIFT,
                               (uintptr_t)last >> PW_LEAF_SHIFT};
    struct leaf *leaf;
    int i;

    for (i = 0; i < 2; i++) {
        if (port_likely(pw_map[roots[i]]))
            continue;
        if (!(leaf = leaf_new()))
            return false;
        port_write(pw_map[roots[i]],
                   (uintptr_t)leaf - roots[i] * LEAF_BYTES);
    }
    return true;
}

void pw_map_set(const char *start, size_t size, struct pw_span *span)
{
    uintptr_t i = (uintptr_t)start >> PORT_PAGE_SHIFT;
    const uintptr_t end = i + (size >> PORT_PAGE_SHIFT);

    for (; i < end; i++)
        port_write(((struct pw_span **)pw_map[i / PW_LEAF_PAGES])[i], span);
}

enum { CHUNK = 64 * 1024 };

static struct pw_span *spans; /* free ones, linked by `pending` */
static unsigned nspans;
static char *chunk, *chunk_end;

/* So many bytes, zero, aligned to a descriptor; or NULL. */
static void *chunk_take(size_t bytes)
{
    void *p;

    bytes = (bytes + sizeof(struct pw_span) - 1) & -sizeof(struct pw_span);
    if ((size_t)(chunk_end - chunk) < bytes) {
        if (!(p = pw_malloc_map(CHUNK)))
            return NULL;
        chunk = p;
        chunk_end = chunk + CHUNK;
    }
    p = chunk;
    chunk += bytes;
    return p;
}

/* See that so many can be had without another question. */
bool pw_map_reserve(unsigned n)
{
    void *p;

    while (nspans < n) {
        if (!(p = chunk_take(sizeof(struct pw_span))))
            return false;
        pw_span_drop(p);
    }
    return true;
}

/* One of those that were reserved. */
struct pw_span *pw_span_new(char *start, size_t size, unsigned kind)
{
    struct pw_span *span = spans;

    spans = span->pending;
    nspans--;
    span->start = start;
    span->size = size;
    span->kind = (uint8_t)kind;
    return span;
}

/* The pointers to it that still lie about find neither owner nor kind. */
void pw_span_drop(struct pw_span *span)
{
    port_write(span->owner, PW_NOBODY);
    span->kind = PW_SMALL;
    span->pending = spans;
    spans = span;
    nspans++;
}

struct pw_heap *pw_heap_new(void)
{
    struct pw_heap *heap = chunk_take(sizeof(*heap));
    unsigned i;

    if (!heap)
        return NULL;
    for (i = 0; i <= PW_QUICK; i++)
        heap->quick[i] = (uint8_t)pw_class_of(i);
    for (i = 0; i <= PW_CLASSES; i++)
        pw_link_init(&heap->queue[i]);
    heap->trimmed = port_read(pw_heap_trims);
    return heap;
}

/* In a child that cannot know what state all this is in. */
void pw_map_abandon(void)
{
    spans = NULL;
    leaves = NULL;
    nspans = 0;
    chunk = chunk_end = NULL;
}
//< map
