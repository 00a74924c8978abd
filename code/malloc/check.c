/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What is wrong with a block, in one line, and the checked build.
 *
 * With PW_MALLOC_CHECKED a free block carries a mark in its second word,
 * made from its address, and a pattern in all that follows. A free that
 * finds the mark is a second one. An allocation that does not find it, or
 * the pattern, says that somebody wrote to a block he had freed. It costs
 * what it costs to write every block once more.
 */
#include "heap.h"
//< theory

//> die
_Noreturn void malloc_die(const char *what, const void *p, const char *fix)
{
    port_report("malloc: %s (%p); %s", what, p, fix);
    abort();
}

_Noreturn void malloc_stranger(const void *block)
{
    malloc_die("free of an address never allocated", block,
               "free what malloc returned");
}
//< die

//> checked
#define PATTERN 0xdf

struct marked {
    struct block *next;
    uintptr_t mark;
    unsigned char rest[];
};

static uintptr_t mark_of(const void *block)
{
    return (uintptr_t)block ^ (uintptr_t)0x5bd1e995a7c3f00d;
}

/* The block becomes a free one. */
void check_mark(void *block, size_t size)
{
    struct marked *b = block;

    b->mark = mark_of(b);
    memset(b->rest, PATTERN, size - sizeof(*b));
}

/* May this be freed? Then mark it. */
void check_free(void *block)
{
    struct page *page = page_of(block);
    size_t size, offset;

    if (!region_known(segment_of(block)))
        malloc_stranger(block);
    if (!segment_of(block)->heap)
        return;
    if (!port_read(page->owner))
        malloc_stranger(block);
    page -= page->back;
    size = class_size(page->class);
    offset = (size_t)((char *)block - page_start(page));
    if (offset % size || offset / size >= page->carved)
        malloc_die("free inside a block", block, "free its start");
    if (((struct marked *)block)->mark == mark_of(block))
        malloc_die("double free", block, "free a block once");
    check_mark(block, size);
}

/* A free block that is about to be handed out: is it as it was left? */
void *check_alloc(void *block)
{
    struct marked *b = block;
    const struct page *page = page_of(block);
    const size_t size = class_size((page - page->back)->class);
    bool intact = b->mark == mark_of(b);

    for (size_t i = 0; i < size - sizeof(*b); i++)
        intact &= b->rest[i] == PATTERN;
    if (!intact)
        malloc_die("a write after free", block, "look for who freed it");
    b->mark = 0;
    return block;
}
//< checked
