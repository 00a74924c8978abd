/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Blocks of whole pages, for what no size class serves.
 *
 * The page allocator already has all that is needed: blocks of 2^n pages
 * that are aligned to their size. What it does not know is n when a block
 * is freed; that stands in the descriptor of the first frame, whose tag
 * says that the block is one of ours. No header, nothing in the block.
 *
 * Between calls: the first frame of each block that we gave out, and no
 * other frame, has the tag PW_TAG_LARGE.
 */
#include "kmalloc_core.h"

/* The smallest n for which 2^n pages hold so many bytes. */
static unsigned order_of(size_t size)
{
    const size_t last = (size - 1) >> PORT_PAGE_SHIFT;

    return last ? 64 - (unsigned)__builtin_clzll(last) : 0;
}

/* One block more, or fewer. */
static void count(const struct pw_page *page, size_t one)
{
    const size_t frames = one << page->order;

    __atomic_fetch_add(&pw_km.large, one, __ATOMIC_RELAXED);
    __atomic_fetch_add(&pw_km.frames, frames, __ATOMIC_RELAXED);
}

/*
 * When no block is large enough: empty slabs go back to the page
 * allocator, frames kept for CPUs do, and neighbours merge. That helps
 * a request that may wait; it does not always help enough.
 */
static struct pw_page *take(unsigned order, pw_gfp_t flags)
{
    struct pw_page *page = pw_alloc_pages(order);

    if (page || !(flags & PW_GFP_RECLAIM))
        return page;
    pw_cache_reap(&pw_contig_zone);
    pw_zone_drain(&pw_contig_zone);
    return pw_alloc_pages(order);
}

void *pw_large_alloc(size_t size, pw_gfp_t flags)
{
    struct pw_page *page = take(order_of(size), flags);

    if (!page)
        return NULL;
    port_write(page->tag, PW_TAG_LARGE);
    count(page, 1);
    return pw_page_address(&pw_contig_zone, page);
}

/* For a request that must not fail: a frame of the reserve, whole. */
void *pw_large_last_resort(size_t size)
{
    struct pw_page *page =
        size <= PORT_PAGE_SIZE ? pw_reserve_take() : NULL;

    if (!page)
        return NULL;
    count(page, 1);
    return pw_page_address(&pw_contig_zone, page);
}

int pw_large_free(struct pw_page *page, void *block)
{
    if (pw_page_address(&pw_contig_zone, page) != block)
        return pw_block_misuse("pw_kfree", block);
    count(page, (size_t)-1);
    if (page->order == 0 && pw_reserve_give(page))
        return 0;
    port_write(page->tag, 0);
    return pw_zone_free(&pw_contig_zone, page, page->order);
}
//< theory
