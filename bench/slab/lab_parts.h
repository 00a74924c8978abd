/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the slab lab tell each other: lab.c asks what
 * caches serve, lab_look.c looks into the running kernel's own
 * structures, which lab_find.c finds, lab_walk.c walks its lists
 * of slabs, lab_books.c asks where a slab keeps its books,
 * lab_trace.c listens to the page allocator while a cache grows, and
 * lab_cost.c counts instructions.
 */
#ifndef PW_SLAB_LAB_H
#define PW_SLAB_LAB_H

#include "../../code/slab/slab.h"
#include "../lab/compat.h"
#include "../lab/lab.h"

#include <linux/slab.h>

/* ---- lab_look.c: the kernel's structures ------------------------ */

enum lab_member {
    CACHE_LIST, /* struct kmem_cache: the list of all caches */
    CACHE_NAME,
    CACHE_SIZE,     /* from one object to the next */
    CACHE_REFCOUNT, /* names that share this cache */
    CACHE_OBJECTS,  /* in a slab */
    CACHE_ORDER,    /* a slab has 2^order pages */
    CACHE_NODE,     /* struct kmem_cache_node, of the first node */
    CACHE_CPU,      /* struct kmem_cache_cpu, if there is such a thing */
    NODE_SLABS,     /* slabs in all */
    CPU_PARTIAL,    /* a processor's own partial slabs, if it has any */
    CACHE_ARRAY,    /* SLAB: its objects in an array; here are how many */
    CACHE_SHEAVES,  /* 7.3: a processor's objects in two sheaves */
    SHEAVES_MAIN,
    SHEAVES_SPARE,
    SHEAF_SIZE,     /* objects in one */
    CACHE_CAPACITY, /* of a full one */
    CACHE_BARN,     /* where the node's sheaves are, */
    BARN_FULL,      /* so many full ones */
    SLAB_LIST,      /* struct slab, or until 5.16 struct page */
    SLAB_NEXT,
    SLAB_CACHE,
    SLAB_INUSE,
    SLAB_FREELIST,
    SLAB_FIRST, /* the first object, if the slab knows */
    LAB_MEMBERS
};

enum { LAB_LISTS = 4 };

/* The lists of slabs that a node has, whatever they are called. */
extern const char *lab_list_name[LAB_LISTS];
extern u32 lab_list_offset[LAB_LISTS];
extern unsigned lab_lists;

/* Where a member lies: bits from the start; 0 bits long: nowhere. */
extern struct lab_place {
    u32 bit, bits;
} lab_place[LAB_MEMBERS];

bool lab_find_layouts(void);                /* lab_find.c */
unsigned long lab_lookup(const char *name); /* the address of a symbol */

/* Find them all; false, and why not, if this kernel does not let us. */
bool lab_look_open(const char **why);
bool lab_has(enum lab_member member);
u64 lab_read(const void *structure, enum lab_member member);
void *lab_address(const void *structure, enum lab_member member);
struct list_head *lab_list_head(const struct kmem_cache *cache,
                                unsigned list);

/* The slab whose link on such a list this is. */
const void *lab_slab_at(const struct list_head *link);

/* The cache in one of whose slabs the object lies, or NULL. */
struct kmem_cache *lab_owner(const void *object);

/* Call for each cache of the kernel. */
void lab_each_cache(void (*visit)(struct kmem_cache *cache, void *arg),
                    void *arg);

/* As /proc/slabinfo counts them. */
struct lab_slabinfo {
    unsigned long active, objects, active_slabs, slabs;
    unsigned long others[12]; /* room for what more the kernel says */
};
void lab_slabinfo(struct kmem_cache *cache, struct lab_slabinfo *info);

/* ---- lab.c ------------------------------------------------------ */

/* A cache that no other is merged with. */
struct kmem_cache *lab_make_cache(const char *name, size_t size,
                                  void (*ctor)(void *));

/* ---- lab_walk.c ------------------------------------------------- */

enum lab_state { LAB_FULL, LAB_PARTIAL, LAB_EMPTY, LAB_STATES };

enum lab_state lab_state(const struct kmem_cache *cache, const void *slab);

void slab_lab_walk(void);  /* s2, s3 */
void slab_lab_books(void); /* s7 */
void slab_lab_trace(void); /* s6 */
int slab_lab_cost(void);

#endif
