/* SPDX-License-Identifier: MIT */
//> slow
/*
 * The calls. The quick paths of malloc and free are here in full, and
 * everything they do not do is a function call away.
 */
#include "malloc_core.h"

#define ALIGN 16

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

/* Any size, when the quick path had no block. */
static __attribute__((noinline)) void *malloc_slow(size_t size)
{
    void *block = NULL;

    if (size <= PW_MOST)
        block = pw_heap_alloc(pw_class_of(size));
    else if (size <= PTRDIFF_MAX)
        block = pw_malloc_large(size, ALIGN);
    return block ? block : no_memory();
}
//< slow

//> malloc
/* The first ready block of the class, or NULL. */
static inline struct pw_block *quick(size_t size)
{
    struct pw_heap *heap = pw_heap_mine;
    struct pw_block *block = NULL;
    unsigned class;

    if (port_likely(heap && size <= PW_QUICK)) {
        class = heap->quick[size];
        block = heap->ready[class];
        if (port_likely(block))
            heap->ready[class] = block->next;
    }
    return block;
}

PW_API void *pw_malloc(size_t size)
{
    struct pw_block *block = quick(size);

    return port_likely(block) ? pw_checked(block) : malloc_slow(size);
}
//< malloc

//> free
PW_API void pw_free(void *p)
{
    struct pw_span *span = pw_span_of(p); /* none: NULL, too */

    if (PW_CHECKED)
        pw_check_free(p);
    if (port_unlikely(!span || port_read(span->owner) != pw_heap_mine)) {
        pw_heap_free(p, span);
        return;
    }
    pw_push(&span->free, p);
    if (port_unlikely(--span->used == 0))
        pw_heap_alarm(span);
}
//< free

//> others
PW_API size_t pw_malloc_usable_size(void *p)
{
    const struct pw_span *span = pw_span_of(p);

    if (!p)
        return 0;
    if (span && port_read(span->owner) != PW_NOBODY)
        return pw_class_size(span->class);
    if (!span || span->kind != PW_LARGE)
        pw_malloc_stranger(p);
    return span->size;
}

PW_API void *pw_calloc(size_t n, size_t size)
{
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(n, size, &bytes))
        return no_memory();
    p = pw_malloc(bytes);
    if (p && (bytes <= PW_MOST || !pw_span_of(p)->zero))
        memset(p, 0, bytes);
    return p;
}

/*
 * In place where the block fits and is not less than half used; large
 * blocks by moving page table entries.
 */
PW_API void *pw_realloc(void *p, size_t size)
{
    struct pw_span *span;
    size_t have;
    void *to;

    if (!p)
        return pw_malloc(size);
    if (size == 0) {
        pw_free(p);
        return NULL;
    }
    have = pw_malloc_usable_size(p);
    span = pw_span_of(p);
    if (have > PW_MOST && size > PW_MOST && size <= PTRDIFF_MAX) {
        if (pw_malloc_large_resize(span, size))
            return span->start;
    } else if (size <= have && size >= have / 2) {
        return p;
    }
    to = pw_malloc(size);
    if (!to && size <= have) { /* smaller must do without more */
        if (have > PW_MOST)
            pw_malloc_large_resize(span, size);
        return p;
    }
    if (to) {
        memcpy(to, p, size < have ? size : have);
        pw_free(p);
    }
    return to;
}

PW_API void *pw_reallocarray(void *p, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        return no_memory();
    return pw_realloc(p, bytes);
}

/*
 * A span begins at a page, so a block is aligned to whatever its class's
 * size is a multiple of, up to that: the first such class will do, and
 * the block needs no mark.
 */
static void *aligned(size_t align, size_t size)
{
    unsigned class;
    void *p;

    if (align <= ALIGN)
        return pw_malloc(size);
    if (size > PTRDIFF_MAX / 2 || align > PTRDIFF_MAX / 2)
        return no_memory();
    if (size > PW_MOST || align > PORT_PAGE_SIZE) {
        p = pw_malloc_large(size, align);
    } else {
        for (class = pw_class_of(size); pw_class_size(class) % align;)
            class ++;
        p = pw_heap_alloc(class);
    }
    return p ? p : no_memory();
}

PW_API void *pw_aligned_alloc(size_t align, size_t size)
{
    if (__builtin_popcountll(align) == 1)
        return aligned(align, size);
    errno = EINVAL;
    return NULL;
}

PW_API int pw_posix_memalign(void **to, size_t align, size_t size)
{
    void *p;

    if (__builtin_popcountll(align) != 1 || align < sizeof(void *))
        return EINVAL;
    if (!(p = aligned(align, size)))
        return ENOMEM;
    *to = p;
    return 0;
}

/* Whole pages, whatever the size: classes that pages divide are. */
PW_API void *pw_valloc(size_t size)
{
    return aligned(PORT_PAGE_SIZE, size);
}
//< others
