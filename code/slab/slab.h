/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Slabs: caches of objects of one size, on top of the page allocator.
 *
 * A cache takes blocks of pages from a zone, cuts each into objects of
 * one size, and calls such a block a slab. Its slabs stand on three
 * circular doubly linked lists: full, partial, empty. In front of them
 * every CPU holds two magazines, stacks of objects that it may push and
 * pop without a lock. A constructor runs once for each object of a new
 * slab, not once for each allocation: what is freed stays constructed.
 *
 * Source: Bonwick, The Slab Allocator (1994); Bonwick and Adams,
 * Magazines and Vmem (2001); the calls mirror Linux, <linux/slab.h>.
 *
 * Units: sizes and alignments are in bytes. An alignment is a power of
 * two up to a page, 0 means 8; an object's address is a multiple of it.
 *
 * Threads: every function may be called by any number of threads at
 * once, except create, destroy and check, which want the cache to
 * themselves. In the kernel the others may also be called from
 * interrupts, but not from an NMI; in a process not from a signal
 * handler. Nothing sleeps, unless a constructor does.
 *
 * Errors: what allocates returns NULL when there is no memory or the
 * constructor refuses. What frees returns 0, or a negative errno after
 * reporting one line, and then has changed nothing:
 *   -EFAULT    the address lies in no slab
 *   -EINVAL    it is another cache's, or not the start of an object
 *   -EALREADY  free already: see PW_CACHE_NO_MAGAZINES
 *   -ERANGE    somebody wrote beyond the object: see PW_CACHE_RED_ZONE
 *
 * fork(): a child must not use its parent's; see port_types.h.
 */
#ifndef PW_SLAB_H
#define PW_SLAB_H

#include "../page/page.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Build with -DPW_SLAB_...=0 to learn what each of these is worth. */
#ifndef PW_SLAB_MAGAZINES
#define PW_SLAB_MAGAZINES 1
#endif
#ifndef PW_SLAB_COLOUR
#define PW_SLAB_COLOUR 1
#endif

enum {
    /* Align to cache lines: small objects to the part they fit in. */
    PW_CACHE_HWALIGN = 1,
    /*
     * Every call goes to the slabs, under the lock. Slower; but a slab
     * knows which of its objects are free, so that every double free is
     * found when it happens. With magazines it is found at once only if
     * nothing else was freed in between, else when the object gets back
     * to its slab.
     */
    PW_CACHE_NO_MAGAZINES = 2,
    /* The two below imply the one above, as in the kernel's slub_debug. */
    PW_CACHE_POISON = 4,   /* a free object that is written to is found */
    PW_CACHE_RED_ZONE = 8, /* a write just beyond an object is found */
    PW_CACHE_NO_COLOUR = 16,
    PW_CACHE_ON_SLAB = 32,  /* bookkeeping on the slab, or off it, */
    PW_CACHE_OFF_SLAB = 64, /* whatever the size */
    PW_CACHE_FLAGS = 127,   /* all of them */
};

enum { PW_OBJECT_MAX = 16384 }; /* bytes, red zones and all */
//< theory

//> calls
struct pw_cache;

/* Prepares a new object. 0, or a negative errno: no memory then. */
typedef int (*pw_ctor_t)(void *object);

/*
 * A cache in pw_contig_zone, or in a zone of one's choice. NULL after
 * reporting one line if the arguments make no sense; NULL if there is no
 * memory for the cache itself, or PW_CACHES - 1 exist. The name is copied.
 */
struct pw_cache *pw_cache_create(const char *name, size_t size,
                                 size_t align, unsigned flags,
                                 pw_ctor_t ctor);
struct pw_cache *pw_cache_create_in(struct pw_zone *zone, const char *name,
                                    size_t size, size_t align,
                                    unsigned flags, pw_ctor_t ctor);

/* 0; or -EBUSY after naming the objects still in use in one line. */
int pw_cache_destroy(struct pw_cache *cache);

void *pw_cache_alloc(struct pw_cache *cache);
/* The same, but no other cache is asked for what it can spare. */
void *pw_cache_alloc_noreap(struct pw_cache *cache);
int pw_cache_free(struct pw_cache *cache, void *object); /* NULL: no-op */

/* Fill objects[] with up to n objects; returns how many it got. */
size_t pw_cache_alloc_bulk(struct pw_cache *cache, size_t n,
                           void **objects);
/* Free n objects. The first error, after freeing all the others. */
int pw_cache_free_bulk(struct pw_cache *cache, size_t n, void **objects);

/*
 * Give all empty slabs back to the page allocator, with this CPU's
 * magazines and the depot emptied first; the other CPUs are asked to
 * empty theirs when they next free. Returns the pages given back.
 */
size_t pw_cache_shrink(struct pw_cache *cache);
/* The same for every cache in a zone, or for NULL in any. */
size_t pw_cache_reap(const struct pw_zone *zone);
//< calls

//> inside
enum pw_slab_list {
    PW_SLABS_FULL,    /* no object is free */
    PW_SLABS_PARTIAL, /* some are */
    PW_SLABS_EMPTY,   /* all are */
    PW_SLAB_LISTS
};

struct pw_cache_stat {
    size_t slabs[PW_SLAB_LISTS]; /* on each list */
    size_t objects;              /* in all slabs */
    size_t cached;               /* of these in magazines */
    size_t active;               /* of these in use */
    uint32_t size;               /* of an object, as asked for */
    uint32_t stride;             /* from one object to the next */
    uint32_t per_slab;           /* objects in a slab */
    uint32_t order;              /* a slab has 2^order pages */
    uint32_t colours;            /* offsets that slabs start at */
    uint32_t magazine;           /* objects in a full magazine */
    bool off_slab;               /* bookkeeping elsewhere */
};

void pw_cache_stat(struct pw_cache *cache, struct pw_cache_stat *stat);

/*
 * The cache as a line of /proc/slabinfo, without the newline. Returns
 * its length, which is at least size if it did not fit.
 */
int pw_slabinfo(struct pw_cache *cache, char *line, size_t size);

/* Does every invariant hold? 0, or -EINVAL after reporting the first. */
int pw_cache_check(struct pw_cache *cache);

/*
 * All caches by the tag that their frames bear. Other allocators have the
 * tags from PW_CACHES on.
 */
enum { PW_CACHES = 1024 };
extern struct pw_cache *pw_caches[PW_CACHES];

/* The cache in one of whose slabs an address lies, or NULL. */
static inline struct pw_cache *pw_cache_of(const struct pw_zone *zone,
                                           const void *address)
{
    const struct pw_page *page = pw_virt_to_page(zone, address);
    const uint16_t tag = page ? port_read(page->tag) : 0;

    return tag < PW_CACHES ? port_read(pw_caches[tag]) : NULL;
}

/* A slab as it stands on its list; valid during the visit only. */
struct pw_slab_view {
    enum pw_slab_list list;
    size_t pfn;           /* its first frame */
    uint32_t inuse;       /* objects that are not free */
    uint32_t offset;      /* bytes before the first object */
    const uint64_t *free; /* bit n is set: object n is free */
};

/*
 * Go round the three lists, in their order. The cache is locked: visit
 * must not call it, and stops the walk by returning other than 0, which
 * is what the walk then returns.
 */
int pw_cache_walk(struct pw_cache *cache,
                  int (*visit)(const struct pw_slab_view *view, void *arg),
                  void *arg);

#ifdef __cplusplus
}
#endif

#endif
//< inside
