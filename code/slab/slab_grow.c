/* SPDX-License-Identifier: MIT */
//> fit
/*
 * What a slab looks like, and how one is made and unmade.
 *
 *     [ colour | bookkeeping | object | object | ... | rest ]   small
 *     [ colour | object | object | ... | rest ]                 large
 *
 * Small objects leave their slab's bookkeeping on the slab: one block of
 * pages, nothing else to allocate. But it takes the place of an object,
 * 1 in 64 at 64 bytes and 1 in 8 at 512; and it lies at the same offset
 * in each page, so that all of a cache's slabs compete for one set of
 * the processor's cache whenever objects come home. From a 64th of a
 * page up it therefore lies in a cache of its own, packed.
 *
 * The order of the slabs is the smallest with at most a tenth wasted, or
 * else the one that wastes least. What is left over becomes colour: each
 * slab skips a different number of cache lines, so that the first lines
 * of all slabs do not compete for the same sets of the processor's cache.
 */
#include "slab_core.h"

enum { PW_SLAB_ORDER = 5 }; /* the largest: 8 objects of PW_OBJECT_MAX */

static size_t rounded(size_t n, size_t align)
{
    return (n + align - 1) & ~(align - 1);
}

bool pw_is_off_slab(const struct pw_cache *cache)
{
    if (cache->flags & PW_CACHE_ON_SLAB)
        return false;
    return cache->flags & PW_CACHE_OFF_SLAB ||
           cache->stride >= PORT_PAGE_SIZE / 64;
}

size_t pw_head_size(size_t objects)
{
    return sizeof(struct pw_slab) + (objects + 63) / 64 * sizeof(uint64_t);
}

/* Bytes in front of n objects, before any colour. */
static size_t in_front(const struct pw_cache *cache, size_t n)
{
    return pw_is_off_slab(cache) ? 0
                                 : rounded(pw_head_size(n), cache->align);
}

/* How many objects fit into a slab of an order. */
static size_t fit(const struct pw_cache *cache, unsigned order)
{
    const size_t bytes = PORT_PAGE_SIZE << order;
    size_t n = bytes / cache->stride;

    while (in_front(cache, n) + n * cache->stride > bytes)
        n--;
    return n;
}

/* The order and, for its sake, the number of objects in a slab. */
static void choose_order(struct pw_cache *cache)
{
    size_t least = SIZE_MAX; /* waste, in parts of the largest slab */
    unsigned order;

    for (order = 0; order <= PW_SLAB_ORDER; order++) {
        const size_t n = fit(cache, order);
        const size_t bytes = PORT_PAGE_SIZE << order;
        const size_t waste = bytes - n * cache->stride;

        if (n == 0 || waste << (PW_SLAB_ORDER - order) >= least)
            continue;
        least = waste << (PW_SLAB_ORDER - order);
        cache->order = order;
        cache->per_slab = (uint32_t)n;
        if (waste * 10 <= bytes)
            break;
    }
}

/* From size, align and flags all the other numbers. */
int pw_cache_layout(struct pw_cache *cache)
{
    const bool red = cache->flags & PW_CACHE_RED_ZONE;
    size_t line = PORT_CACHE_LINE, rest;

    if (cache->align < sizeof(void *))
        cache->align = sizeof(void *);
    while (cache->flags & PW_CACHE_HWALIGN && cache->size <= line / 2)
        line /= 2;
    if (cache->flags & PW_CACHE_HWALIGN && cache->align < line)
        cache->align = (uint32_t)line;
    cache->lead = red ? cache->align : 0;
    cache->stride = (uint32_t)rounded(
        cache->lead + cache->size + (red ? 8 : 0), cache->align);
    if (cache->stride > PW_OBJECT_MAX)
        return -EINVAL;
    choose_order(cache);
    cache->words = (cache->per_slab + 63) / 64;
    cache->span = cache->per_slab * cache->stride;
    cache->inverse = UINT32_MAX / cache->stride + 1;
    rest = (PORT_PAGE_SIZE << cache->order) - cache->span -
           in_front(cache, cache->per_slab);
    line = cache->align > PORT_CACHE_LINE ? cache->align : PORT_CACHE_LINE;
    cache->colours = 1;
    if (PW_SLAB_COLOUR && !(cache->flags & PW_CACHE_NO_COLOUR))
        cache->colours += (uint32_t)(rest / line);
    return 0;
}
//< fit

//> grow
/* Write on every frame of a slab whose it is, or that it is nobody's. */
static void label(const struct pw_cache *cache, struct pw_page *page,
                  struct pw_slab *slab, uint16_t tag)
{
    size_t i;

    for (i = 0; i < (size_t)1 << cache->order; i++) {
        page[i].owner = tag ? slab : NULL;
        page[i].mark = (uint32_t)(uintptr_t)slab->first;
        port_write(page[i].tag, tag);
    }
}

/* Each slab starts at another colour, as far as there are any. */
static size_t pick_colour(struct pw_cache *cache)
{
    const uint32_t colour = port_read(cache->next_colour);
    const size_t unit =
        cache->align > PORT_CACHE_LINE ? cache->align : PORT_CACHE_LINE;

    port_write(cache->next_colour,
               colour + 1 < cache->colours ? colour + 1 : 0);
    return colour * unit;
}

/* All objects free, none constructed yet. */
static struct pw_slab *slab_make(struct pw_cache *cache,
                                 struct pw_page *page)
{
    char *at = pw_page_address(cache->zone, page);
    struct pw_slab *slab;
    uint32_t left = cache->per_slab, w;

    at += pick_colour(cache);
    slab = cache->heads ? pw_cache_alloc(cache->heads) : (void *)at;
    if (!slab)
        return NULL;
    slab->first = at + in_front(cache, cache->per_slab) + cache->lead;
    slab->inuse = 0;
    for (w = 0; w < cache->words; w++) {
        slab->free[w] =
            left < 64 ? ((uint64_t)1 << left) - 1 : ~(uint64_t)0;
        left -= left < 64 ? left : 64;
    }
    label(cache, page, slab, cache->tag);
    return slab;
}

/* A poisoned object is constructed when it is allocated, not here. */
static int construct(struct pw_cache *cache, struct pw_slab *slab)
{
    char *object = slab->first;
    uint32_t i;
    int err = 0;

    for (i = 0; i < cache->per_slab && err == 0; i++) {
        if (cache->flags & PW_CACHE_DEBUG)
            pw_debug_fresh(cache, object);
        if (cache->ctor && !(cache->flags & PW_CACHE_POISON))
            err = cache->ctor(object);
        object += cache->stride;
    }
    return err;
}

/* The frame that a slab starts with: blocks are aligned to their size. */
struct pw_page *pw_slab_page(const struct pw_cache *cache,
                             const struct pw_slab *slab)
{
    struct pw_zone *zone = cache->zone;
    const size_t pfn =
        pw_page_to_pfn(zone, pw_virt_to_page(zone, slab->first));

    return &zone->pages[pfn & ~(((size_t)1 << cache->order) - 1)];
}

/* The slab is on no list, and none of its objects is in use. */
void pw_slab_release(struct pw_cache *cache, struct pw_slab *slab)
{
    struct pw_page *page = pw_slab_page(cache, slab);

    label(cache, page, slab, 0);
    if (cache->heads)
        pw_cache_free(cache->heads, slab);
    pw_zone_free(cache->zone, page, cache->order);
}

/*
 * Add a slab to the empty list. A constructor that fails takes the whole
 * slab with it: there is no destructor to undo its predecessors, so a
 * constructor must not acquire what would have to be released.
 */
int pw_cache_grow(struct pw_cache *cache)
{
    struct pw_page *page = pw_zone_alloc(cache->zone, cache->order);
    struct pw_slab *slab;
    port_pin_t pin;
    int err;

    if (!page)
        return -ENOMEM;
    slab = slab_make(cache, page);
    if (!slab) {
        pw_zone_free(cache->zone, page, cache->order);
        return -ENOMEM;
    }
    err = construct(cache, slab);
    if (err) {
        pw_slab_release(cache, slab);
        return err;
    }
    port_hold(&cache->lock, &pin);
    pw_slabs_add(cache, slab);
    port_release(&cache->lock, &pin);
    return 0;
}
//< grow
