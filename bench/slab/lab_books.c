// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the bookkeeping of a slab lies (claim s7): its descriptor, which
 * counts the objects in use and links it into a list, and the beginning of
 * the list of its free objects. SLAB has three places for the latter and
 * chooses by the object's size and whether it has a constructor, so we
 * look at three sizes, with and without.
 */
#include "lab_parts.h"

#include <linux/mm.h>

//> claim-s7
enum where { IN_OBJECT, ON_SLAB, ELSEWHERE, NOWHERE };

static void construct(void *object)
{
    *(u64 *)object = 7;
}

/* A slab with free objects and others, which is on a list. */
static const void *find_partial(const struct kmem_cache *cache)
{
    unsigned i;

    for (i = 0; i < lab_lists; i++) {
        const struct list_head *head = lab_list_head(cache, i);

        if (head->next != head &&
            lab_state(cache, lab_slab_at(head->next)) == LAB_PARTIAL)
            return lab_slab_at(head->next);
    }
    return NULL;
}

struct books {
    bool on_slab;                 /* its descriptor lies on its pages */
    enum where where;             /* the list of its free objects begins */
    unsigned long bytes, objects; /* of the slab; of them for objects */
};

static struct books look_up(const struct kmem_cache *cache,
                            const void *slab)
{
    const char *base = page_address((const struct page *)slab);
    const char *first =
        lab_has(SLAB_FIRST) ? (void *)lab_read(slab, SLAB_FIRST) : base;
    const char *list = (void *)lab_read(slab, SLAB_FREELIST);
    struct books b = {.where = ELSEWHERE};

    b.bytes = PAGE_SIZE << lab_read(cache, CACHE_ORDER);
    b.objects =
        lab_read(cache, CACHE_OBJECTS) * lab_read(cache, CACHE_SIZE);
    b.on_slab = (char *)slab >= base && (char *)slab < base + b.bytes;
    if (!list)
        b.where = NOWHERE;
    else if (list >= first && list < first + b.objects)
        b.where = IN_OBJECT;
    else if (list >= base && list < base + b.bytes)
        b.where = ON_SLAB;
    return b;
}
//< claim-s7

static struct books books_of(size_t size, void (*ctor)(void *))
{
    struct kmem_cache *cache = lab_make_cache("pw_lab_books", size, ctor);
    struct books b = {.where = NOWHERE};
    static void *object[4096];
    unsigned long i, n = 0, most;
    const void *slab;

    if (!cache)
        return b;
    most = min(64 * lab_read(cache, CACHE_OBJECTS), (u64)4096);
    while (n < most &&
           (object[n] = kmem_cache_alloc(cache, GFP_KERNEL)) != NULL)
        n++;
    for (i = 0; i < n; i += 2)
        kmem_cache_free(cache, object[i]);
    slab = find_partial(cache);
    if (slab)
        b = look_up(cache, slab);
    for (i = 1; i < n; i += 2)
        kmem_cache_free(cache, object[i]);
    kmem_cache_destroy(cache);
    return b;
}

void slab_lab_books(void)
{
    static const char *const name[] = {"in a free object", "on the page",
                                       "elsewhere", "not found"};
    static const unsigned size[] = {64, 64, 256, 256, 2048, 2048};
    enum { CASES = ARRAY_SIZE(size) };
    struct books b[CASES];
    unsigned i, on_slab = 0, array = 0, found = 0;

    for (i = 0; i < CASES; i++) {
        b[i] = books_of(size[i], i % 2 ? construct : NULL);
        found += b[i].where != NOWHERE;
        on_slab += b[i].on_slab;
        array += b[i].where == ON_SLAB;
    }
    lab_claim("s7",
              !found             ? LAB_UNMEASURED
              : on_slab == CASES ? LAB_HOLDS
              : array            ? LAB_LIMIT
                                 : LAB_FAILS,
              "the descriptor lies on the slab's own pages in %u of %u "
              "cases; the list of free objects begins, for 64, 256 and "
              "2048 bytes, %s, %s, %s; and with a constructor %s, %s, %s; "
              "a slab of 64-byte objects has %lu of its %lu bytes for them",
              on_slab, CASES, name[b[0].where], name[b[2].where],
              name[b[4].where], name[b[1].where], name[b[3].where],
              name[b[5].where], b[0].objects, b[0].bytes);
}
