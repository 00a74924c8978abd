/* SPDX-License-Identifier: MIT */
//> large
/*
 * Large blocks: over 32 KiB, or aligned to more than a page. Each is a
 * span, from its first byte to the last of its last page. It grows into
 * the span behind it if that is free, or else by moving page tables; only
 * where neither is possible are bytes copied. What has had to move once
 * gets an eighth more room than it asked for, so that growing a block
 * step by step moves it a logarithmic number of times.
 */
#include "malloc_core.h"

enum { MOVE = 256 * 1024 }; /* bytes; fewer are copied as quickly */

void *pw_malloc_large(size_t size, size_t align)
{
    struct pw_span *span =
        pw_span_take(pw_whole(size), pw_whole(align), PW_LARGE);

    return span ? span->start : NULL;
}

void pw_malloc_large_free(struct pw_span *span, void *block)
{
    if (!span || span->kind != PW_LARGE)
        pw_malloc_stranger(block);
    if (block != span->start)
        pw_malloc_die("free inside a block", block, "free its start");
    pw_span_give(span);
}

/* Make room for this size, here or elsewhere; or it must be copied. */
bool pw_malloc_large_resize(struct pw_span *span, size_t size)
{
    const size_t old = span->size;

    size = pw_whole(size);
    if (size <= old)
        return size >= old - old / 8 || pw_span_resize(span, size) || true;
    return pw_span_resize(span, size) ||
           (old >= MOVE && (pw_span_move(span, pw_whole(size + size / 8)) ||
                            pw_span_move(span, size)));
}
//< large
