/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What the files of this folder tell each other. Not installed.
 */
#ifndef PW_SLAB_CORE_H
#define PW_SLAB_CORE_H

#include "../page/page_core.h"
#include "../port/list.h"
#include "slab.h"
//< theory

//> slab
/*
 * A slab's bookkeeping, at the start of its pages or in a cache of its
 * own. Each frame of a slab says in its descriptor whose it is:
 *   owner   this struct
 *   tag     the cache's number, or 0: no slab
 *   mark    where the first object lies, the lower half of its address
 */
struct pw_slab {
    struct pw_link link; /* on one of the cache's three lists */
    char *first;         /* the first object */
    uint32_t inuse;      /* objects that are not free */
    uint64_t free[];     /* bit n is set: object n is free */
};
//< slab

//> magazines
/*
 * A magazine is an array of pointers. Word 0 links it into the depot, and
 * is NULL while a CPU has it; words 1 to cache->magazine are objects. So
 * what top points at is the object freed last, or NULL if there is none.
 *
 * Only its CPU changes this, pinned. Others may read top, and may set
 * limit to NULL: "give your objects back when you next free one".
 */
struct pw_slab_cpu {
    void **top;               /* the last object of the loaded magazine */
    void **limit;             /* top, if the loaded magazine is full */
    void **previous;          /* the one loaded before: full or empty */
    uint32_t previous_rounds; /* objects in it */
    void *none;               /* NULL: where top points without one */
} __attribute__((aligned(PORT_CACHE_LINE)));

enum pw_magazine { PW_EMPTY, PW_FULL };

struct pw_depot {
    port_lock_t lock;
    void **stack[2]; /* by kind, linked by word 0 */
    uint32_t n[2];   /* magazines on each */
    uint32_t unused; /* empty ones that were never on a stack */
    uint32_t size;   /* all three together */
};
//< magazines

//> cache
enum {
    PW_CACHE_NAME = 28, /* bytes, with the NUL */
    PW_CACHE_DEBUG = PW_CACHE_POISON | PW_CACHE_RED_ZONE
};

struct pw_cache {
    /* What every call reads and, once it is created, nobody writes. */
    struct pw_zone *zone;
    uint16_t tag; /* its number, on all frames of its slabs */
    uint16_t flags;
    uint32_t span;     /* bytes of objects in a slab */
    uint32_t inverse;  /* 2^32 / stride, rounded up */
    uint32_t stride;   /* bytes from one object to the next */
    uint32_t magazine; /* objects in a full one, 2^n - 1; 0: none */
    void **magazines;  /* where they all lie */

    struct pw_cache *heads; /* of struct pw_slab, if off the slab */
    pw_ctor_t ctor;
    uint32_t size, align;
    uint32_t order, per_slab, words; /* a slab: pages, objects, bitmap */
    uint32_t lead;                   /* red zone before an object */
    uint32_t colours;                /* offsets that slabs may start at */
    char name[PW_CACHE_NAME];

    port_lock_t lock __attribute__((aligned(PORT_CACHE_LINE)));
    struct pw_link list[PW_SLAB_LISTS];
    size_t nslabs[PW_SLAB_LISTS]; /* slabs on each list */
    size_t inuse;                 /* objects that are not free */
    uint32_t next_colour;

    struct pw_depot depot __attribute__((aligned(PORT_CACHE_LINE)));
    struct pw_slab_cpu cpu[]; /* CPU n's is cpu[n + 1]; 0: no CPU */
};

/* Slabs and lists, slab_core.c. Pinned, and with cache->lock held. */
size_t pw_slabs_take(struct pw_cache *cache, size_t n, void **objects);
int pw_slabs_give(struct pw_cache *cache, size_t n, void **objects);
void pw_slabs_add(struct pw_cache *cache, struct pw_slab *slab);
size_t pw_slabs_detach(struct pw_cache *cache, struct pw_link *head);

/* Making and unmaking slabs, slab_grow.c. No lock held. */
int pw_cache_layout(struct pw_cache *cache);
bool pw_is_off_slab(const struct pw_cache *cache);
size_t pw_head_size(size_t objects);
int pw_cache_grow(struct pw_cache *cache);
void pw_slab_release(struct pw_cache *cache, struct pw_slab *slab);
struct pw_page *pw_slab_page(const struct pw_cache *cache,
                             const struct pw_slab *slab);

/* Magazines, slab_depot.c. Reload and make_room are called pinned. */
int pw_magazines_make(struct pw_cache *cache);
void pw_magazines_unmake(struct pw_cache *cache);
void pw_magazines_drain(struct pw_cache *cache, bool alone);
void pw_cpu_reload(struct pw_cache *cache, struct pw_slab_cpu *cpu);
void pw_cpu_make_room(struct pw_cache *cache, struct pw_slab_cpu *cpu);

/* Poison and red zones, slab_debug.c. */
void pw_debug_fresh(const struct pw_cache *cache, char *object);
int pw_debug_take(const struct pw_cache *cache, char *object);
int pw_debug_give(const struct pw_cache *cache, char *object);

/* What is wrong with freeing this? slab_check.c. */
int pw_object_misuse(const struct pw_cache *cache, const void *object);
int pw_double_free(const struct pw_cache *cache, const void *object);

/* The lock of pw_caches[], slab.c; taken before any cache's own. */
extern port_lock_t pw_caches_lock;
bool pw_tag_name(uint16_t tag, char *name);
extern struct pw_owner pw_slab_owner; /* slab_check.c */
//< cache

//> arithmetic
/*
 * Which object of its slab is at this address, which lies in one of the
 * slab's frames? False if none begins there.
 *
 * Without a division: with m = 2^32 / stride rounded up, offset * m has
 * the index in its upper half, and a lower half below m exactly if stride
 * divides offset (Lemire, Kaser and Kurz 2019). That holds as long as
 * offset * stride < 2^32, which PW_OBJECT_MAX sees to. An address before
 * the first object has a very large offset.
 */
static inline bool pw_object_index(const struct pw_cache *cache,
                                   const struct pw_page *page,
                                   const void *address, uint32_t *index)
{
    const uint32_t offset = (uint32_t)(uintptr_t)address - page->mark;
    const uint64_t product = (uint64_t)offset * cache->inverse;

    *index = (uint32_t)(product >> 32);
    return offset < cache->span && (uint32_t)product < cache->inverse;
}

/*
 * Is it the address of an object of this cache? Asked on every free, and
 * answered by the frame's descriptor alone, without a look at the slab.
 */
static inline bool pw_is_object(const struct pw_cache *cache,
                                const void *address)
{
    const struct pw_page *page = pw_virt_to_page(cache->zone, address);
    uint32_t index;

    return port_likely(page && port_read(page->tag) == cache->tag) &&
           pw_object_index(cache, page, address, &index);
}

/* The list that a slab with so many objects in use belongs on. */
static inline enum pw_slab_list pw_list_of(const struct pw_cache *cache,
                                           uint32_t inuse)
{
    if (inuse == 0)
        return PW_SLABS_EMPTY;
    return inuse < cache->per_slab ? PW_SLABS_PARTIAL : PW_SLABS_FULL;
}

/* Objects in a CPU's loaded magazine. Each magazine takes 2^n words. */
static inline uint32_t pw_cpu_rounds(const struct pw_cache *cache,
                                     const struct pw_slab_cpu *cpu)
{
    return (uint32_t)(port_read(cpu->top) - cache->magazines) &
           cache->magazine;
}
//< arithmetic

//> push-pop
static inline struct pw_slab_cpu *cpu_of(struct pw_cache *cache, int me)
{
    return &cache->cpu[1] + me;
}

static inline void *cpu_pop(struct pw_slab_cpu *cpu)
{
    void **top = cpu->top;
    void *object = *top;

    if (port_likely(object != NULL))
        port_write(cpu->top, top - 1);
    return object;
}

static inline void cpu_put(struct pw_slab_cpu *cpu, void **top,
                           void *object)
{
    top[1] = object;
    port_write(cpu->top, top + 1);
}

static inline bool cpu_push(struct pw_slab_cpu *cpu, void *object)
{
    void **top = cpu->top;

    if ((uintptr_t)top >= (uintptr_t)port_read(cpu->limit) ||
        *top == object)
        return false;
    cpu_put(cpu, top, object);
    return true;
}

#endif
//< push-pop
