/* SPDX-License-Identifier: MIT */
//> theory
/*
 * kmalloc: memory of any size, by size classes on slabs, and by whole
 * pages above them.
 *
 * A request of up to PW_KMALLOC_SMALL bytes is rounded up to one of 13
 * sizes, the kernel's: 8 16 32 64 96 128 192 256 512 1k 2k 4k 8k. Each
 * has a cache of code/slab. A larger one gets 2^n pages of code/page, at
 * most PW_KMALLOC_MAX bytes. All of it comes from pw_contig_zone. Whose
 * an address is stands in the descriptor of its frame, so pw_kfree()
 * needs neither the size nor a header in front of the block.
 *
 * Source: the buckets of McKusick and Karels (1988); the classes, names,
 * flags and rules of Linux, <linux/slab.h> and mm/slab_common.c.
 *
 * Units: sizes are in bytes. A block is aligned to 8 bytes at least, and
 * to its size if that, as asked for, is a power of two. (With red zones
 * to a page at most.) Its contents are undefined without PW_GFP_ZERO.
 *
 * Threads: every function may be called by any number of threads at
 * once, except init, exit and check. In the kernel also from interrupts,
 * but not from an NMI; in a process not from a signal handler. Nothing
 * sleeps. A block has one owner at a time: two threads must not free or
 * resize the same one at once.
 *
 * Errors: what allocates returns NULL after reporting one line, unless
 * PW_GFP_NOWARN was given, and has changed nothing. What frees returns 0,
 * or a negative errno after reporting one line, and has then changed
 * nothing:
 *   -EFAULT    the address is of no block of ours
 *   -EINVAL    it is not the start of a block
 *   -EALREADY  free already: see PW_CACHE_NO_MAGAZINES in slab.h
 *   -ERANGE    somebody wrote beyond the block: see PW_CACHE_RED_ZONE
 *
 * fork(): a child must not use its parent's; see port_types.h.
 */
#ifndef PW_KMALLOC_H
#define PW_KMALLOC_H

#include "../slab/slab.h"

#ifdef __cplusplus
extern "C" {
#endif
//< theory

//> flags
/*
 * What the allocator may do for a request. The names are the kernel's,
 * where __GFP_ means get free pages.
 */
typedef unsigned int pw_gfp_t;

#define PW_GFP_RECLAIM ((pw_gfp_t)1) /* take time: reap caches, drain */
#define PW_GFP_HIGH ((pw_gfp_t)2)    /* take from the reserve */
#define PW_GFP_ZERO ((pw_gfp_t)4)    /* all bytes of the block 0 */
#define PW_GFP_NOWARN ((pw_gfp_t)8)  /* keep quiet if it fails */

#define PW_GFP_KERNEL PW_GFP_RECLAIM /* the usual: it may wait */
#define PW_GFP_ATOMIC PW_GFP_HIGH    /* it must not, and must not fail */
#define PW_GFP_NOWAIT ((pw_gfp_t)0)  /* it must not, and may fail */
//< flags

//> kmalloc-calls
enum {
    PW_KMALLOC_SMALL = 8192, /* more: whole pages */
    /* More is refused. */
    PW_KMALLOC_MAX = 1 << (PORT_PAGE_SHIFT + PW_MAX_ORDER),
    PW_KMALLOC_CLASSES = 13,
};

/* What a size of 0 gets: not NULL, but nothing that can be read. */
#define PW_ZERO_SIZE_PTR ((void *)16)

void *pw_kmalloc(size_t size, pw_gfp_t flags);
void *pw_kzalloc(size_t size, pw_gfp_t flags); /* with PW_GFP_ZERO */

/*
 * NULL and PW_ZERO_SIZE_PTR: no-op. Takes any cache's object too, if that
 * cache is in pw_contig_zone.
 */
int pw_kfree(void *block);

/* Of n elements of size bytes; n * size may be too large for a size_t. */
void *pw_kmalloc_array(size_t n, size_t size, pw_gfp_t flags);
void *pw_kcalloc(size_t n, size_t size, pw_gfp_t flags);

/*
 * A block of the new size with the old contents, as far as both reach;
 * the old block, if that is large enough, else another one, and the old
 * one is freed. NULL: the old one is as it was. Of NULL it allocates, to
 * size 0 it frees. With PW_GFP_ZERO all that lies beyond the size asked
 * for is 0: what grows is 0, if every call for the block had that flag.
 */
void *pw_krealloc(void *block, size_t size, pw_gfp_t flags);
void *pw_krealloc_array(void *block, size_t n, size_t size, pw_gfp_t flags);

/* Bytes of a block that may be used, all of them; 0 for no block. */
size_t pw_ksize(const void *block);
/* What pw_ksize() would say of a block of this size; 0: too large. */
size_t pw_kmalloc_size_roundup(size_t size);

/*
 * Call pw_page_init() first. `reserve` frames are set aside: when there
 * is no other memory, they serve requests of up to a page that have
 * PW_GFP_HIGH. cache_flags go to the 13 caches: PW_CACHE_NO_MAGAZINES,
 * _POISON, _RED_ZONE. 0, or -EINVAL, -EBUSY (twice), -ENOMEM.
 */
int pw_kmalloc_init(size_t reserve, unsigned cache_flags);
int pw_kmalloc_exit(void); /* 0; or -EBUSY, naming blocks in use */

struct pw_kmalloc_stat {
    size_t active;  /* blocks in use that are objects of a cache */
    size_t large;   /* blocks in use that are whole pages, */
    size_t frames;  /* and the frames of these */
    size_t reserve; /* frames in the reserve, */
    size_t low;     /* and as many as there should be */
};

void pw_kmalloc_stat(struct pw_kmalloc_stat *stat);

/* The cache that serves a size, or NULL if that is 0 or gets pages. */
struct pw_cache *pw_kmalloc_cache(size_t size);

/* Does every invariant hold? 0, or -EINVAL after reporting the first. */
int pw_kmalloc_check(void);

#ifdef __cplusplus
}
#endif

#endif
//< kmalloc-calls
