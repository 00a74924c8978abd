/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The calls. The quick paths of malloc and free are here in full, and
 * everything they do not do is a function call away.
 */
#include "heap.h"

#define ALIGN 16
//< theory

//> malloc
static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

/* Any size, when the quick path had no block. */
static __attribute__((noinline)) void *malloc_slow(size_t size)
{
    void *block = NULL;

    if (size <= MOST)
        block = heap_alloc(class_of(size));
    else if (size <= PTRDIFF_MAX)
        block = large_alloc(size, ALIGN);
    return block ? block : no_memory();
}

/* The first ready block of the class, or NULL. */
static inline struct block *quick(size_t size)
{
    struct heap *heap = heap_mine;
    struct block *block = NULL;
    unsigned class;

    if (port_likely(size <= QUICK)) {
        class = heap->quick[(size + 15) / 16];
        block = heap->ready[class];
        if (port_likely(block))
            heap->ready[class] = block->next;
    }
    return block;
}

API void *pw_malloc(size_t size)
{
    struct block *block = quick(size);

    return port_likely(block) ? checked(block) : malloc_slow(size);
}
//< malloc

//> free
API void pw_free(void *p)
{
    struct block *block = p;
    struct page *page;

    if (port_unlikely(!p))
        return;
    if (CHECKED)
        check_free(p);
    page = page_of(p);
    if (port_unlikely(port_read(page->owner) != heap_mine)) {
        heap_free(block, page);
        return;
    }
    push(&page->free, block);
    if (port_unlikely(--page->used == 0))
        heap_alarm(page);
}
//< free

//> size
API size_t pw_malloc_usable_size(void *p)
{
    const struct segment *s = segment_of(p);
    const struct page *page = page_of(p);

    if (!p)
        return 0;
    if (CHECKED || !port_read(page->owner)) { /* not the usual case */
        if (!region_known(s))
            malloc_stranger(p);
        if (!port_read(s->heap))
            return s->size - (size_t)((const char *)p - (const char *)s);
    }
    return class_size(page[-page->back].class);
}
//< size

//> calloc
API void *pw_calloc(size_t n, size_t size)
{
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(n, size, &bytes))
        return no_memory();
    p = pw_malloc(bytes);
    if (p && (bytes <= MOST || !segment_of(p)->zeroed))
        memset(p, 0, bytes);
    return p;
}
//< calloc

//> realloc
/*
 * In place where the block fits and is not less than half used; large
 * blocks by moving page table entries.
 */
API void *pw_realloc(void *p, size_t size)
{
    size_t have;
    void *to;

    if (!p)
        return pw_malloc(size);
    if (size == 0) {
        pw_free(p);
        return NULL;
    }
    have = pw_malloc_usable_size(p);
    if (have > MOST && size > MOST && size <= PTRDIFF_MAX) {
        to = large_resize(segment_of(p), size);
        if (to)
            return to;
    } else if (size <= have && size >= have / 2) {
        return p;
    }
    to = pw_malloc(size);
    if (to) {
        memcpy(to, p, size < have ? size : have);
        pw_free(p);
    }
    return to;
}

API void *pw_reallocarray(void *p, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        return no_memory();
    return pw_realloc(p, bytes);
}
//< realloc

//> aligned
/*
 * A page begins at a multiple of 32 KiB, so a block is aligned to
 * whatever its class's size is a multiple of: the first such class will
 * do, and the block needs no mark.
 */
static void *aligned(size_t align, size_t size)
{
    unsigned class;
    void *p;

    if (align <= ALIGN)
        return pw_malloc(size);
    if (size > PTRDIFF_MAX / 2 || align > PTRDIFF_MAX / 2)
        return no_memory();
    if (size > MOST || align > SLICE) {
        p = large_alloc(size, align);
    } else {
        for (class = class_of(size); class_size(class) % align;)
            class ++;
        p = heap_alloc(class);
    }
    return p ? p : no_memory();
}

API void *pw_aligned_alloc(size_t align, size_t size)
{
    if (__builtin_popcountll(align) == 1)
        return aligned(align, size);
    errno = EINVAL;
    return NULL;
}

API int pw_posix_memalign(void **to, size_t align, size_t size)
{
    void *p;

    if (__builtin_popcountll(align) != 1 || align < sizeof(void *))
        return EINVAL;
    p = aligned(align, size);
    if (!p)
        return ENOMEM;
    *to = p;
    return 0;
}

/* Whole pages, whatever the size: classes that pages divide are. */
API void *pw_valloc(size_t size)
{
    return aligned(PORT_PAGE_SIZE, size);
}
//< aligned
