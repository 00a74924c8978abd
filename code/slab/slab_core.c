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

//> slab-give
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

/* A word of a slab's bitmap, in hand while objects are given back to it. */
struct word {
    struct pw_page *page; /* the slab's, or one of them; NULL: no word */
    struct pw_slab *slab;
    uint32_t at; /* the word's index */
    uint32_t given;
    uint64_t bits;
};

static inline void put_back(struct pw_cache *cache, const struct word *w)
{
    uint32_t before;

    if (!w->page)
        return;
    before = w->slab->inuse;
    w->slab->free[w->at] = w->bits;
    w->slab->inuse = before - w->given;
    cache->inuse -= w->given;
    if (before == cache->per_slab || before == w->given)
        sort_slab(cache, w->slab, before);
}

static inline void pick_up(struct word *w, struct pw_page *page,
                           uint32_t at)
{
    w->page = page;
    w->slab = page->owner;
    w->at = at;
    w->given = 0;
    w->bits = w->slab->free[at];
}

/*
 * Give one object back. It was one when it was freed; but one that was
 * freed twice may have come back since, and its slab be gone.
 */
static inline int give_one(struct pw_cache *cache, struct word *w,
                           void *object)
{
    struct pw_page *page = pw_virt_to_page(cache->zone, object);
    const bool other = page != w->page;
    uint32_t index;
    uint64_t bit;
    int err;

    if (port_unlikely((other && port_read(page->tag) != cache->tag) ||
                      !pw_object_index(cache, page, object, &index)))
        return pw_double_free(cache, object);
    if (other || index >> 6 != w->at) {
        put_back(cache, w);
        pick_up(w, page, index >> 6);
    }
    bit = (uint64_t)1 << (index & 63);
    if (port_unlikely(w->bits & bit))
        return pw_double_free(cache, object);
    if (port_unlikely(cache->flags & PW_CACHE_DEBUG)) {
        err = pw_debug_give(cache, object);
        if (err)
            return err;
    }
    w->bits |= bit;
    w->given++;
    return 0;
}

/*
 * Give n objects of the cache back. The last error, if there was one.
 * Objects are often freed in the order of their addresses, so the word
 * with the last one's bit stays in hand, which is to say in a register.
 */
int pw_slabs_give(struct pw_cache *cache, size_t n, void **objects)
{
    struct word w = {NULL, NULL, 0, 0, 0};
    int err = 0, e;
    size_t i;

    for (i = 0; i < n; i++) {
        e = give_one(cache, &w, objects[i]);
        if (port_unlikely(e))
            err = e;
    }
    put_back(cache, &w);
    return err;
}

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
//< slab-give
