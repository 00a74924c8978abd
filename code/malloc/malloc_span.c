/* SPDX-License-Identifier: MIT */
//> grow
/*
 * Spans: runs of pages, from the kernel to whoever needs them and back.
 *
 * Whoever needs pages gets dirty ones first: memory that is there costs
 * no fault. Then clean ones, and only then the kernel is asked. What is
 * too long is cut; what is given back is joined with what it touches.
 *
 * Descriptors are reserved before anything is changed, and each call of
 * the kernel may be refused: then the call here fails and all is as it
 * was.
 */
#include "malloc_core.h"

enum {
    GROW = 1 << 20, /* bytes; to ask the kernel for, at least */
    HUGE = 1 << 25  /* bytes; with less, no huge pages are wanted */
};

size_t pw_span_cap = (size_t)64 << 20; /* bytes that may lie idle, ... */
size_t pw_span_share = 4;      /* ... and this part of all; 0: none */
size_t pw_span_used[PW_KINDS]; /* bytes, by kind */

/*
 * New addresses, in portions that grow with what there is. Few of them
 * are not worth huge pages: each could cost 2 MiB for one byte.
 */
static struct pw_span *grow(size_t need)
{
    size_t size = (pw_span_mapped / 16 & -(size_t)GROW) + GROW;
    char *p;

    size = size > need ? size : need;
    p = port_meta_alloc(size);
    if (!p) {
        size = need;
        p = pw_malloc_map(size);
    }
    if (!p || !pw_map_reserve(3) || !pw_map_cover(p, p + size - 1)) {
        port_meta_free(p, size);
        return NULL;
    }
    if (size < HUGE && pw_span_mapped < HUGE)
        madvise(p, size, MADV_NOHUGEPAGE);
    port_write(pw_span_mapped, pw_span_mapped + size);
    return pw_span_join(pw_span_new(p, size, PW_CLEAN));
}
//< grow

//> take
/* A span is cut in two: the descriptor stays with the first. The rest. */
static struct pw_span *cut(struct pw_span *span, size_t size)
{
    struct pw_span *rest =
        pw_span_new(span->start + size, span->size - size, span->kind);

    rest->since = span->since;
    span->size = size;
    return rest;
}

static void count(const struct pw_span *span, size_t size)
{
    port_write(pw_span_used[span->kind], pw_span_used[span->kind] + size);
}

/* A free span that is large enough, new if need be; or NULL. */
static struct pw_span *find(size_t size, size_t align)
{
    struct pw_span *span = NULL;

    if (pw_map_reserve(3)) {
        span = pw_bin_find(PW_DIRTY, size, align);
        span = span ? span : pw_bin_find(PW_CLEAN, size, align);
        span = span ? span : grow(size + align - PORT_PAGE_SIZE);
    }
    return span;
}

/*
 * A span of so many bytes, aligned to a power of two; or NULL. All pages
 * of one of small blocks lead to it, of a large block only the first.
 */
struct pw_span *pw_span_take(size_t size, size_t align, unsigned kind)
{
    struct pw_span *span, *front;
    char *start;

    if (!pw_malloc_lock())
        return NULL;
    span = find(size, align);
    start =
        span ? span->start + (-(uintptr_t)span->start & (align - 1)) : NULL;
    if (span && pw_map_cover(start - 1, start) &&
        pw_map_cover(start + size - 1, start + size)) {
        pw_bin_remove(span);
        if (start > span->start) {
            front = span;
            span = cut(front, (size_t)(start - front->start));
            pw_bin_put(front);
        }
        if (span->size > size)
            pw_bin_put(cut(span, size));
        span->zero = span->kind == PW_CLEAN;
        span->kind = (uint8_t)kind;
        pw_map_set(start, kind == PW_SMALL ? size : PORT_PAGE_SIZE, span);
        count(span, size);
    } else {
        span = NULL;
    }
    pw_malloc_unlock();
    return span;
}
//< take

//> give
static time_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return t.tv_sec;
}

/* Nobody needs it any more. Under the lock; free() keeps errno. */
static void give(struct pw_span *span)
{
    const size_t part = port_read(pw_span_share);
    const time_t since = now();
    const int saved = errno;

    count(span, -span->size);
    port_write(span->owner, PW_NOBODY);
    span->kind = PW_DIRTY;
    span->since = since;
    pw_span_join(span);
    pw_span_evict(
        port_read(pw_span_cap) + (part ? pw_span_mapped / part : 0), since);
    errno = saved;
}

/* From a signal handler that has interrupted us it is given to nobody. */
void pw_span_give(struct pw_span *span)
{
    if (!pw_malloc_lock())
        return;
    pw_map_set(span->start,
               span->kind == PW_SMALL ? span->size : PORT_PAGE_SIZE, NULL);
    give(span);
    pw_malloc_unlock();
}

/* Give all but `keep` idle bytes back to the kernel; was there more? */
bool pw_span_trim(size_t keep)
{
    bool some;

    if (!pw_malloc_lock())
        return false;
    some = pw_span_evict(keep, now());
    if (keep == 0)
        pw_span_release(32 * PORT_PAGE_SIZE);
    pw_malloc_unlock();
    return some;
}

/* The same pages under a new descriptor; the old one is left behind. */
struct pw_span *pw_span_twin(struct pw_span *span)
{
    struct pw_span *twin = NULL;

    if (!pw_malloc_lock())
        return NULL;
    if (pw_map_reserve(1))
        twin = pw_span_new(span->start, span->size, PW_SMALL);
    pw_malloc_unlock();
    return twin;
}

/* A descriptor without pages. */
void pw_span_forget(struct pw_span *span)
{
    if (!pw_malloc_lock())
        return;
    pw_span_drop(span);
    pw_malloc_unlock();
}
//< give

//> resize
/* Make a large block's span shorter, or longer if there is room. */
bool pw_span_resize(struct pw_span *span, size_t size)
{
    const size_t old = span->size;
    struct pw_span *rest = NULL;
    bool done = false;

    if (!pw_malloc_lock())
        return false;
    if (pw_map_reserve(1)) {
        rest = pw_span_neighbour(pw_span_end(span));
        done = size <= old + (rest ? rest->size : 0) &&
               pw_map_cover(span->start + size - 1, span->start + size);
    }
    if (done && size < old) {
        give(cut(span, size));
    } else if (done) {
        pw_bin_remove(rest);
        if (old + rest->size > size)
            pw_bin_put(cut(rest, size - old));
        pw_span_drop(rest);
        count(span, size - old);
        span->size = size;
    }
    pw_malloc_unlock();
    return done;
}
//< resize

//> move
/*
 * Make it longer where there is room for it. No byte is copied: the
 * kernel moves page table entries, to where it likes. It refuses where a
 * program has advised or locked a part, and changes nothing then; told
 * where to move, it might have unmapped what was there.
 */
bool pw_span_move(struct pw_span *span, size_t size)
{
    void *to = MAP_FAILED;

    if (!pw_malloc_lock())
        return false;
    if (pw_map_reserve_leaves()) {
        pw_map_set(span->start, PORT_PAGE_SIZE, NULL);
        to = mremap(span->start, span->size, size, MREMAP_MAYMOVE);
        if (to != MAP_FAILED) {
            port_write(pw_span_mapped, pw_span_mapped + size - span->size);
            count(span, size - span->size);
            span->start = to;
            span->size = size;
            pw_map_cover(span->start, pw_span_end(span) - 1);
        }
        pw_map_set(span->start, PORT_PAGE_SIZE, span);
    }
    pw_malloc_unlock();
    return to != MAP_FAILED;
}
//< move
