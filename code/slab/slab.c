/* SPDX-License-Identifier: MIT */
//> create
/*
 * Caches: made, unmade, and asked for what they can spare.
 *
 * A cache lies in memory of its own, from the port, not in a slab: it is
 * there before any slab is, and a cache of caches would have to be made
 * by hand. It has a number, its tag, that no other cache has at the same
 * time and that stands on every frame of its slabs.
 *
 * Empty slabs stay with their cache until somebody asks, because a cache
 * that has needed them will need them again, and they are constructed.
 * pw_cache_shrink() asks one cache, pw_cache_reap() all of a zone; a cache
 * that finds no page for a new slab reaps before it gives up. The table
 * of all caches has a lock, which is taken before any cache's own.
 */
#include "slab_core.h"

struct pw_cache *pw_caches[PW_CACHES];
PORT_LOCK(pw_caches_lock);

/* Enter a cache under the first number that is free. */
static int enter(struct pw_cache *cache)
{
    port_pin_t pin;
    uint16_t tag = 1;

    pw_owner_add(&pw_slab_owner);
    port_hold(&pw_caches_lock, &pin);
    while (tag < PW_CACHES && pw_caches[tag])
        tag++;
    if (tag < PW_CACHES) {
        cache->tag = tag;
        port_write(pw_caches[tag], cache);
    }
    port_release(&pw_caches_lock, &pin);
    return tag < PW_CACHES ? 0 : -ENOSPC;
}

/* The name of the cache with this number, or false if there is none. */
bool pw_tag_name(uint16_t tag, char *name)
{
    port_pin_t pin;
    bool found;

    port_hold(&pw_caches_lock, &pin);
    found = tag < PW_CACHES && pw_caches[tag];
    if (found)
        memcpy(name, pw_caches[tag]->name, PW_CACHE_NAME);
    port_release(&pw_caches_lock, &pin);
    return found;
}

static size_t cache_bytes(void)
{
    return sizeof(struct pw_cache) +
           (port_cpus() + (size_t)1) * sizeof(struct pw_slab_cpu);
}

static void unmake(struct pw_cache *cache)
{
    if (cache->heads)
        pw_cache_destroy(cache->heads);
    pw_magazines_unmake(cache);
    port_meta_free(cache, cache_bytes());
}

/* The cache that holds the bookkeeping of another's slabs. */
static int make_heads(struct pw_cache *cache)
{
    char name[PW_CACHE_NAME];

    if (!pw_is_off_slab(cache))
        return 0;
    snprintf(name, sizeof(name), "%.20s-slabs", cache->name);
    cache->heads = pw_cache_create_in(
        cache->zone, name, pw_head_size(cache->per_slab), 0,
        PW_CACHE_NO_MAGAZINES | PW_CACHE_ON_SLAB, NULL);
    return cache->heads ? 0 : -ENOMEM;
}

/* The arguments have been looked at, and the layout is chosen. */
static struct pw_cache *make(const struct pw_cache *wish)
{
    struct pw_cache *cache = port_meta_alloc(cache_bytes());
    unsigned i;

    if (!cache)
        return NULL;
    *cache = *wish;
    port_lock_init(&cache->lock);
    for (i = 0; i < PW_SLAB_LISTS; i++)
        pw_link_init(&cache->list[i]);
    if (pw_magazines_make(cache) != 0 || make_heads(cache) != 0 ||
        enter(cache) != 0) {
        unmake(cache);
        return NULL;
    }
    return cache;
}

static const char *whats_wrong(const struct pw_zone *zone, size_t size,
                               size_t align, unsigned flags)
{
    if (!zone || !zone->pages)
        return "the zone is not initialised; initialise it first";
    if (size == 0)
        return "size 0; ask for at least a byte";
    if (size > PW_OBJECT_MAX)
        return "too large for a slab; allocate pages";
    if (align & (align - 1) || align > PORT_PAGE_SIZE)
        return "the alignment is not a power of two up to a page; use one";
    if (flags & ~(unsigned)PW_CACHE_FLAGS)
        return "a flag that does not exist; use PW_CACHE_...";
    return NULL;
}

struct pw_cache *pw_cache_create_in(struct pw_zone *zone, const char *name,
                                    size_t size, size_t align,
                                    unsigned flags, pw_ctor_t ctor)
{
    const char *wrong = whats_wrong(zone, size, align, flags);
    struct pw_cache wish = {.zone = zone, .ctor = ctor};

    if (flags & PW_CACHE_DEBUG)
        flags |= PW_CACHE_NO_MAGAZINES;
    wish.flags = (uint16_t)flags;
    wish.size = (uint32_t)size;
    wish.align = (uint32_t)align;
    snprintf(wish.name, sizeof(wish.name), "%s", name ? name : "(no name)");
    if (!wrong && pw_cache_layout(&wish) != 0)
        wrong = "too large with its red zones; leave them out";
    if (wrong) {
        port_report("pw_cache_create(%s): %s", wish.name, wrong);
        return NULL;
    }
    return make(&wish);
}

struct pw_cache *pw_cache_create(const char *name, size_t size,
                                 size_t align, unsigned flags,
                                 pw_ctor_t ctor)
{
    return pw_cache_create_in(&pw_contig_zone, name, size, align, flags,
                              ctor);
}
//< create

//> shrink
static size_t release_empty(struct pw_cache *cache)
{
    struct pw_link head, *at, *next;
    port_pin_t pin;
    size_t n;

    port_hold(&cache->lock, &pin);
    n = pw_slabs_detach(cache, &head);
    port_release(&cache->lock, &pin);
    for (at = head.next; at != &head; at = next) {
        next = at->next;
        pw_slab_release(cache, (struct pw_slab *)at);
    }
    return n << cache->order;
}

size_t pw_cache_shrink(struct pw_cache *cache)
{
    size_t pages;

    pw_magazines_drain(cache, false);
    pages = release_empty(cache);
    if (cache->heads)
        pages += pw_cache_shrink(cache->heads);
    return pages;
}

size_t pw_cache_reap(const struct pw_zone *zone)
{
    struct pw_cache *cache;
    size_t pages = 0;
    port_pin_t pin;
    unsigned tag;

    port_hold(&pw_caches_lock, &pin);
    for (tag = 1; tag < PW_CACHES; tag++) {
        cache = pw_caches[tag];
        if (cache && (!zone || cache->zone == zone))
            pages += pw_cache_shrink(cache);
    }
    port_release(&pw_caches_lock, &pin);
    return pages;
}

enum { NAMED = 6 }; /* objects in use that are named, of all */

/* Add the slab's objects in use to a line, as long as there is room. */
static unsigned name_objects(const struct pw_cache *cache,
                             const struct pw_slab *slab, unsigned named,
                             char *line, size_t size)
{
    const char *object = slab->first;
    size_t used = strlen(line);
    uint32_t i;

    for (i = 0; i < cache->per_slab && named < NAMED; i++) {
        if (!(slab->free[i >> 6] >> (i & 63) & 1)) {
            used += (size_t)snprintf(line + used, size - used, " %p",
                                     (const void *)object);
            named++;
        }
        object += cache->stride;
    }
    return named;
}

static int report_busy(struct pw_cache *cache)
{
    char line[NAMED * 20 + 1] = "";
    unsigned named = 0, which;
    const struct pw_link *at;

    for (which = PW_SLABS_FULL; which <= PW_SLABS_PARTIAL; which++)
        for (at = cache->list[which].next; at != &cache->list[which];
             at = at->next)
            named = name_objects(cache, (const struct pw_slab *)at, named,
                                 line, sizeof(line));
    port_report("pw_cache_destroy(%s): %zu objects are in use:%s%s; free "
                "them first",
                cache->name, cache->inuse, line,
                cache->inuse > named ? " ..." : "");
    return -EBUSY;
}

int pw_cache_destroy(struct pw_cache *cache)
{
    port_pin_t pin;
    bool busy;

    if (!cache)
        return 0;
    port_hold(&pw_caches_lock, &pin); /* keep reapers out */
    pw_magazines_drain(cache, true);
    busy = cache->inuse > 0;
    if (!busy)
        port_write(pw_caches[cache->tag], NULL);
    port_release(&pw_caches_lock, &pin);
    if (busy)
        return report_busy(cache);
    release_empty(cache);
    unmake(cache);
    return 0;
}
//< shrink
