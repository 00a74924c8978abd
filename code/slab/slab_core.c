/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The core of the slab allocator: three lists and a bitmap.
 *
 * Each slab has a bit for each of its objects, set while the object is
 * free, and counts those that are not. The count says which list it is
 * on. Between calls:
 *   - a slab is on the full list if all its objects are in use, on the
 *     empty list if none is, on the partial list otherwise;
 *   - inuse is the number of bits that are clear.
 *
 * An object in use is one that somebody outside this file has: a caller,
 * or a magazine. The objects themselves are never touched, so that what
 * a constructor put there, or the last owner left, is still there.
 *
 * To take or give an object costs a bit, a count and, for the first and
 * the last of a slab, two list operations. Nothing here searches more
 * than the few words of one bitmap, and nothing divides.
 */
#include "slab_core.h"
//< theory

//> sort
/*
 * So many of a slab's objects were in use: move it, if it now belongs on
 * another list. One that was full goes to the end of the partial list: the
 * longer it is left alone the more of its objects come back, and it may
 * yet become empty. All others go to the front: their lines are warm.
 */
static void sort_slab(struct pw_cache *cache, struct pw_slab *slab,
                      uint32_t before)
{
    const enum pw_slab_list from = pw_list_of(cache, before);
    const enum pw_slab_list to = pw_list_of(cache, slab->inuse);
    struct pw_link *at = &cache->list[to];

    if (to == from)
        return;
    if (from == PW_SLABS_FULL)
        at = at->prev;
    pw_link_del(&slab->link);
    pw_link_add(at, &slab->link);
    cache->nslabs[from]--;
    cache->nslabs[to]++;
}
//< sort

//> slab-take
/* Take up to n objects from one slab. */
static size_t slab_take(struct pw_cache *cache, struct pw_slab *slab,
                        size_t n, void **objects)
{
    const uint32_t before = slab->inuse;
    char *at = slab->first;
    size_t got = 0;
    uint32_t w;

    for (w = 0; w < cache->words && got < n; w++) {
        uint64_t bits = slab->free[w];

        for (; bits && got < n; bits &= bits - 1)
            objects[got++] =
                at + (uint32_t)__builtin_ctzll(bits) * cache->stride;
        slab->free[w] = bits;
        at += 64 * cache->stride;
    }
    slab->inuse += (uint32_t)got;
    cache->inuse += got;
    sort_slab(cache, slab, before);
    return got;
}

/* A slab with a free object: a partial one, else an empty, else NULL. */
static struct pw_slab *slab_with_room(struct pw_cache *cache)
{
    enum pw_slab_list from = PW_SLABS_PARTIAL;

    if (cache->nslabs[from] == 0)
        from = PW_SLABS_EMPTY;
    if (cache->nslabs[from] == 0)
        return NULL;
    return (struct pw_slab *)cache->list[from].next;
}

size_t pw_slabs_take(struct pw_cache *cache, size_t n, void **objects)
{
    struct pw_slab *slab;
    size_t got = 0;

    while (got < n && (slab = slab_with_room(cache)) != NULL)
        got += slab_take(cache, slab, n - got, objects + got);
    return got;
}
//< slab-take

//> slab-give
/* Is there a reason not to take this object back? */
static __attribute__((__noinline__)) int
refuse(const struct pw_cache *cache, bool is_free, void *object)
{
    return is_free ? pw_double_free(cache, object)
                   : pw_debug_give(cache, object);
}

/*
 * Give back the first of n objects, and those behind it whose bits are in
 * the same word: objects are often freed in the order of their addresses,
 * and a word that stays in a register is quicker than one in memory.
 * Returns how many those are.
 */
static size_t give_run(struct pw_cache *cache, struct pw_page *page,
                       uint32_t at, size_t n, void **objects, int *err)
{
    const bool debug = cache->flags & PW_CACHE_DEBUG;
    struct pw_slab *slab = page->owner;
    const uint32_t w = at >> 6, before = slab->inuse;
    uint64_t bits = slab->free[w];
    uint32_t after = before;
    size_t i = 0;

    do {
        const uint64_t bit = (uint64_t)1 << (at & 63);
        int e = 0;

        if (port_unlikely(bits & bit || debug))
            e = refuse(cache, bits & bit, objects[i]);
        if (port_likely(e == 0)) {
            bits |= bit;
            after--;
        } else {
            *err = e;
        }
    } while (++i < n && pw_virt_to_page(cache->zone, objects[i]) == page &&
             pw_object_index(cache, page, objects[i], &at) && at >> 6 == w);
    slab->free[w] = bits;
    slab->inuse = after;
    cache->inuse -= before - after;
    if (before == cache->per_slab || after == 0)
        sort_slab(cache, slab, before);
    return i;
}

/*
 * Give n objects of the cache back. The last error, if there was one. The
 * caller knows that they were objects when they were freed; one that was
 * freed twice may have come back since, and its slab may be gone.
 */
int pw_slabs_give(struct pw_cache *cache, size_t n, void **objects)
{
    size_t i = 0;
    int err = 0;

    while (i < n) {
        struct pw_page *page = pw_virt_to_page(cache->zone, objects[i]);
        uint32_t at;

        if (port_likely(port_read(page->tag) == cache->tag &&
                        pw_object_index(cache, page, objects[i], &at)))
            i += give_run(cache, page, at, n - i, objects + i, &err);
        else
            err = pw_double_free(cache, objects[i++]);
    }
    return err;
}
//< slab-give

//> add-detach
/* A new slab, all of whose objects are free. */
void pw_slabs_add(struct pw_cache *cache, struct pw_slab *slab)
{
    pw_link_add(&cache->list[PW_SLABS_EMPTY], &slab->link);
    cache->nslabs[PW_SLABS_EMPTY]++;
}

/* Hand the whole empty list over to another head. Returns its length. */
size_t pw_slabs_detach(struct pw_cache *cache, struct pw_link *head)
{
    struct pw_link *empty = &cache->list[PW_SLABS_EMPTY];
    const size_t n = cache->nslabs[PW_SLABS_EMPTY];

    pw_link_add(empty, head);
    pw_link_del(empty);
    pw_link_init(empty);
    cache->nslabs[PW_SLABS_EMPTY] = 0;
    return n;
}
//< add-detach
