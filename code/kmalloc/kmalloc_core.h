/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What the files of this folder tell each other. Not installed.
 */
#ifndef PW_KMALLOC_CORE_H
#define PW_KMALLOC_CORE_H

#include "kmalloc.h"
#include "../slab/slab_core.h"

/* Build with -DPW_KMALLOC_TABLE=0 to find classes by arithmetic. */
#ifndef PW_KMALLOC_TABLE
#define PW_KMALLOC_TABLE 1
#endif

enum {
    PW_KMALLOC_STEPS = 21, /* half doublings, 8 to 8k */
    PW_KMALLOC_EIGHTS = PW_KMALLOC_SMALL / 8,
};

/* The tags of frames that are ours but not a slab's. */
enum {
    PW_TAG_LARGE = PW_CACHES, /* the first frame of a block of pages */
    PW_TAG_RESERVE,           /* a frame of the reserve */
};

/* Frames set aside. Between calls: n <= low. */
struct pw_reserve {
    port_lock_t lock;
    uint32_t n, low; /* frames there are, and should be */
    struct pw_page **frames;
};

/* There is one: 13 caches, two ways to find the right one, a reserve. */
struct pw_kmalloc {
    size_t small; /* PW_KMALLOC_SMALL; 0 before init: no size has a cache */
    struct pw_cache *by_class[PW_KMALLOC_CLASSES];
    struct pw_cache *by_step[PW_KMALLOC_STEPS];
    uint8_t class_of[PW_KMALLOC_EIGHTS]; /* by (size - 1) / 8 */

    size_t large, frames; /* see struct pw_kmalloc_stat */
    struct pw_reserve reserve __attribute__((aligned(PORT_CACHE_LINE)));
};

extern struct pw_kmalloc pw_km __attribute__((visibility("hidden")));
//< theory

//> classes
extern const uint16_t pw_class_size[PW_KMALLOC_CLASSES];

/* Table: one byte for every eight sizes, all filled in when we start. */
static inline struct pw_cache *pw_cache_by_table(size_t size)
{
    return pw_km.by_class[pw_km.class_of[(size - 1) >> 3]];
}

/*
 * Arithmetic: the number of half doublings from 8 bytes to the size. With
 * n = size - 1 that is twice the place of n's highest bit, plus the bit
 * below it, which tells 65 to 96 from 97 to 128. Where there is no class
 * between two powers of two, both halves lead to the same cache.
 */
static inline unsigned pw_step_of(size_t size)
{
    const size_t n = (size - 1) | 7;
    const unsigned top = 63 - (unsigned)__builtin_clzll(n);

    return 2 * top + (unsigned)(n >> (top - 1)) - 7;
}

static inline struct pw_cache *pw_cache_by_step(size_t size)
{
    return pw_km.by_step[pw_step_of(size)];
}

static inline struct pw_cache *pw_cache_for(size_t size)
{
    return PW_KMALLOC_TABLE ? pw_cache_by_table(size)
                            : pw_cache_by_step(size);
}
//< classes

//> core-calls
/* Caches and tables, kmalloc_class.c. */
int pw_classes_make(unsigned cache_flags);
int pw_classes_unmake(void);

/* Whole pages, kmalloc_large.c. */
void *pw_large_alloc(size_t size, pw_gfp_t flags);
void *pw_large_last_resort(size_t size);
int pw_large_free(struct pw_page *page, void *block);

/* The reserve, kmalloc_reserve.c. */
int pw_reserve_make(size_t frames);
void pw_reserve_unmake(void);
void pw_reserve_fill(void);
struct pw_page *pw_reserve_take(void);
bool pw_reserve_give(struct pw_page *page);

/* What is wrong with this? kmalloc_check.c. */
int pw_block_misuse(const char *call, const void *block);
void *pw_kmalloc_refuse(size_t size, pw_gfp_t flags);
extern struct pw_owner pw_kmalloc_owner;
size_t pw_block_size(const char *call, const void *block);

#endif
//< core-calls
