/* SPDX-License-Identifier: MIT */
//> misuse
/*
 * What exactly is wrong with an object that somebody tries to free, and
 * whether the invariants of a cache hold.
 *
 * Nothing here is on a path that has to be quick, and everything is left
 * as it was.
 */
#include "slab_core.h"

int pw_double_free(const struct pw_cache *cache, const void *object)
{
    port_report("free of %p to cache %s: it is free already; free an "
                "object once",
                object, cache->name);
    return -EALREADY;
}

static int report_place(const struct pw_cache *cache, const void *object,
                        uint32_t offset)
{
    if (offset < cache->span)
        port_report("free of %p to cache %s: it points %u bytes into an "
                    "object; free what the allocation returned",
                    object, cache->name, offset % cache->stride);
    else
        port_report("free of %p to cache %s: it points beside the objects "
                    "of a slab; free what the allocation returned",
                    object, cache->name);
    return -EINVAL;
}

/* Who has a frame of a slab: its cache. */
static bool name_owner(const struct pw_page *page, const void *address,
                       char *name)
{
    char cache[PW_CACHE_NAME];

    (void)address;
    if (!page || !pw_tag_name(port_read(page->tag), cache))
        return false;
    snprintf(name, PW_OWNER_NAME, "cache %s", cache);
    return true;
}

struct pw_owner pw_slab_owner = {.name = name_owner};

int pw_object_misuse(const struct pw_cache *cache, const void *object)
{
    const struct pw_page *page = pw_virt_to_page(cache->zone, object);
    char owner[PW_OWNER_NAME];

    if (!object)
        return 0;
    if (page && port_read(page->tag) == cache->tag)
        return report_place(cache, object,
                            (uint32_t)(uintptr_t)object - page->mark);
    if (page && name_owner(page, object, owner)) {
        port_report("free of %p to cache %s: it is of %s; free it there",
                    object, cache->name, owner);
        return -EINVAL;
    }
    if (pw_owner_of(cache->zone, object, owner))
        port_report("free of %p to cache %s: it belongs to %s; free it "
                    "there",
                    object, cache->name, owner);
    else
        port_report("free of %p to cache %s: it lies in no slab; free it "
                    "where it was allocated",
                    object, cache->name);
    return -EFAULT;
}
//< misuse

//> check
static int broken(const struct pw_cache *cache, const char *invariant,
                  const void *where)
{
    port_report("cache %s is corrupt at %p: %s; a caller wrote where it "
                "should not, or freed twice",
                cache->name, where, invariant);
    return -EINVAL;
}

static size_t count_bits(uint64_t bits)
{
    size_t n = 0;

    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

/* One slab: its frames name it, its count and its bitmap agree. */
static int check_slab(const struct pw_cache *cache,
                      const struct pw_slab *slab)
{
    const struct pw_page *page = pw_slab_page(cache, slab);
    const uint32_t last = cache->per_slab - 64 * (cache->words - 1);
    size_t i, n = 0;

    for (i = 0; i < (size_t)1 << cache->order; i++) {
        if (page[i].owner != slab || page[i].tag != cache->tag ||
            page[i].mark != (uint32_t)(uintptr_t)slab->first)
            return broken(cache, "a frame does not name its slab", slab);
    }
    for (i = 0; i < cache->words; i++)
        n += count_bits(slab->free[i]);
    if (n + slab->inuse != cache->per_slab)
        return broken(cache, "a slab's count and bitmap disagree", slab);
    if (last < 64 && slab->free[cache->words - 1] >> last)
        return broken(cache, "an object that does not exist is free", slab);
    return 0;
}

/* One list: a circle both ways, of slabs that belong on it. */
static int check_list(const struct pw_cache *cache, enum pw_slab_list which,
                      size_t *inuse)
{
    const struct pw_link *head = &cache->list[which], *at;
    size_t n = 0;
    int err;

    for (at = head->next; at != head; at = at->next) {
        const struct pw_slab *slab = (const struct pw_slab *)at;

        if (at->next->prev != at || at->prev->next != at)
            return broken(cache, "a list's links disagree", at);
        err = check_slab(cache, slab);
        if (err)
            return err;
        if (pw_list_of(cache, slab->inuse) != which)
            return broken(cache, "a slab is on the wrong list", slab);
        *inuse += slab->inuse;
        n++;
    }
    if (n != cache->nslabs[which])
        return broken(cache, "a list's count is wrong", head);
    return 0;
}

/*
 * Turn over the bits of a magazine's objects: to free, and they must have
 * been in use, hence no object is here twice; and back, as many as were
 * turned before something was found.
 */
static int turn_over(struct pw_cache *cache, void **magazine, size_t rounds,
                     bool to_free, size_t *turned)
{
    const struct pw_page *page;
    struct pw_slab *slab;
    uint32_t n;
    size_t i;

    for (i = 1; i <= rounds; i++) {
        if (!to_free && (*turned)-- == 0)
            return -EINVAL;
        if (!pw_is_object(cache, magazine[i]))
            return broken(cache, "no object, in a magazine", magazine[i]);
        page = pw_virt_to_page(cache->zone, magazine[i]);
        pw_object_index(cache, page, magazine[i], &n);
        slab = page->owner;
        if (to_free && slab->free[n >> 6] >> (n & 63) & 1)
            return broken(cache, "freed twice, in a magazine", magazine[i]);
        slab->free[n >> 6] ^= (uint64_t)1 << (n & 63);
        *turned += to_free;
    }
    return 0;
}

static int turn_cpu(struct pw_cache *cache, const struct pw_slab_cpu *cpu,
                    bool to_free, size_t *turned)
{
    const uint32_t rounds = pw_cpu_rounds(cache, cpu);
    const uint32_t previous = cpu->previous_rounds;
    int err;

    if (previous != 0 && previous != cache->magazine)
        return broken(cache, "a magazine's count is wrong", cpu);
    err = turn_over(cache, cpu->top - rounds, rounds, to_free, turned);
    if (err)
        return err;
    return turn_over(cache, cpu->previous, previous, to_free, turned);
}

static int turn_all(struct pw_cache *cache, bool to_free, size_t *turned)
{
    void **magazine = cache->depot.stack[PW_FULL];
    unsigned i;
    int err = 0;

    for (i = 1; cache->magazine && i <= port_cpus() && !err; i++)
        err = turn_cpu(cache, &cache->cpu[i], to_free, turned);
    for (; magazine && !err; magazine = magazine[0])
        err = turn_over(cache, magazine, cache->magazine, to_free, turned);
    return err;
}

static int check_locked(struct pw_cache *cache)
{
    const struct pw_depot *depot = &cache->depot;
    enum pw_slab_list which;
    size_t inuse = 0, turned = 0;
    int err;

    for (which = 0; which < PW_SLAB_LISTS; which++) {
        err = check_list(cache, which, &inuse);
        if (err)
            return err;
    }
    if (inuse != cache->inuse)
        return broken(cache, "the slabs' counts do not add up", cache);
    if (depot->n[PW_EMPTY] + depot->n[PW_FULL] + depot->unused !=
        depot->size)
        return broken(cache, "the depot has lost a magazine", depot);
    err = turn_all(cache, true, &turned);
    turn_all(cache, false, &turned);
    return err;
}

int pw_cache_check(struct pw_cache *cache)
{
    port_pin_t pin;
    int err;

    port_hold(&pw_caches_lock, &pin); /* keep reapers out */
    port_lock(&cache->lock);
    err = check_locked(cache);
    port_unlock(&cache->lock);
    port_release(&pw_caches_lock, &pin);
    if (err == 0 && cache->heads)
        err = pw_cache_check(cache->heads);
    return err;
}
//< check
