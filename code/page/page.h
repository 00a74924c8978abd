/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Pages: a binary buddy allocator with per-CPU lists in front.
 *
 * A zone manages a run of frames of PORT_PAGE_SIZE bytes each, any number
 * of them. It hands them out in blocks of 2^order frames, order 0 to
 * PW_MAX_ORDER, each aligned to its own size.
 *
 * Source: Knowlton (1965); Knuth, TAOCP vol. 1, 2.5, algorithms R and S;
 * the per-CPU lists follow Linux, mm/page_alloc.c.
 *
 * Threads: every function may be called by any number of threads at
 * once, except init, exit and check, which want the zone to themselves.
 * In the kernel also from interrupts, but not from an NMI; in a process
 * not from a signal handler.
 *
 * Errors: what allocates returns NULL when no block of the order is
 * free. Frames on the list of another CPU, 2 * batch at most, are asked
 * for then, but come back only when that CPU next frees one. What frees
 * returns 0, or a negative errno after reporting one line, and then has
 * changed nothing:
 *   -EFAULT    the address or frame is not of this zone
 *   -EINVAL    misaligned, not a block's first frame, or wrong order
 *   -EALREADY  free already
 *   -EPERM     another allocator has it, which the line names: a slab,
 *              pw_kmalloc() or pw_vmalloc()
 *
 * fork(): a child must not use its parent's zones; see port_types.h.
 */
#ifndef PW_PAGE_H
#define PW_PAGE_H

#include "../port/port_types.h"

#ifdef __cplusplus
extern "C" {
#endif
//< theory

//> frame
enum { PW_MAX_ORDER = 10, PW_ORDERS = PW_MAX_ORDER + 1 };

enum pw_state {
    PW_TAIL,   /* inside a block, not its first frame */
    PW_FREE,   /* first frame of a free block, on a free list */
    PW_CACHED, /* a single free frame, on a per-CPU list */
    PW_USED,   /* first frame of a block that has an owner */
};

struct pw_neighbours {
    uint32_t next, prev; /* frame numbers */
};

/* The frame descriptor, one a frame: 16 bytes for each 4,096. */
struct pw_page {
    __extension__ union {
        struct pw_neighbours link; /* PW_FREE: on the list */
        void *owner; /* PW_USED: the owner's, never touched by us */
    };
    uint8_t order; /* of the block that this frame is the first of */
    uint8_t state; /* enum pw_state */
    uint16_t tag;  /* an allocator above has it, if not 0 */
    uint32_t mark; /* the owner's as well; both are 0 at first */
};
//< frame

//> zone
struct pw_zone {
    struct pw_page *pages; /* a descriptor a frame, then a head a list */
    char *base;            /* frame 0, aligned to the largest block */
    struct pw_cpu *cpus;   /* one per-CPU list each */
    uint32_t nframes;
    uint32_t batch; /* frames moved at once; 0: no per-CPU lists */

    port_lock_t lock __attribute__((aligned(PORT_CACHE_LINE)));
    uint32_t avail;              /* bit n set: a block of order n is free */
    uint32_t nr_free[PW_ORDERS]; /* blocks on each list */
    struct port_memory memory;
};
//< zone

//> zone-calls
enum { PW_BATCH = 32 }; /* the largest batch, and the usual one */

/*
 * Make a zone of nframes frames. batch is the number of frames that move
 * between a per-CPU list and the free lists at once, at most PW_BATCH;
 * 0 switches the per-CPU lists off. Returns 0, -EINVAL or -ENOMEM.
 */
int pw_zone_init(struct pw_zone *zone, size_t nframes, unsigned batch);
void pw_zone_exit(struct pw_zone *zone);

struct pw_page *pw_zone_alloc(struct pw_zone *zone, unsigned order);
int pw_zone_free(struct pw_zone *zone, struct pw_page *page,
                 unsigned order);

/* Fill pages[] with up to n single frames; returns how many it got. */
size_t pw_zone_alloc_bulk(struct pw_zone *zone, size_t n,
                          struct pw_page **pages);
/* Free n single frames. The first error, after freeing all the others. */
int pw_zone_free_bulk(struct pw_zone *zone, size_t n,
                      struct pw_page **pages);

/* Give this CPU's list back, and ask the other CPUs to do the same. */
void pw_zone_drain(struct pw_zone *zone);
//< zone-calls

//> stat-calls
struct pw_zone_stat {
    uint32_t nr_free[PW_ORDERS]; /* blocks on each free list */
    size_t free;                 /* frames in those blocks */
    size_t cached;               /* frames on per-CPU lists */
    size_t used;                 /* all the others */
};

void pw_zone_stat(struct pw_zone *zone, struct pw_zone_stat *stat);

/*
 * The zone as a line of /proc/buddyinfo, without the newline. Returns
 * its length, which is at least size if it did not fit.
 */
int pw_buddyinfo(struct pw_zone *zone, const char *name, char *line,
                 size_t size);

/* Does every invariant hold? 0, or -EINVAL after reporting the first. */
int pw_zone_check(struct pw_zone *zone);
//< stat-calls

//> convert
static inline size_t pw_page_to_pfn(const struct pw_zone *zone,
                                    const struct pw_page *page)
{
    return (size_t)(page - zone->pages);
}

/* The address of a frame's first byte. */
static inline void *pw_page_address(const struct pw_zone *zone,
                                    const struct pw_page *page)
{
    return zone->base + (pw_page_to_pfn(zone, page) << PORT_PAGE_SHIFT);
}

/* The frame that an address lies in, or NULL if not of this zone. */
static inline struct pw_page *pw_virt_to_page(const struct pw_zone *zone,
                                              const void *address)
{
    const uintptr_t at = (uintptr_t)address - (uintptr_t)zone->base;
    const uintptr_t pfn = at >> PORT_PAGE_SHIFT;

    return pfn < zone->nframes ? &zone->pages[pfn] : NULL;
}

/*
 * The calls that the kernel's programmers know, on one zone for all. The
 * addresses are aligned to the block's size, its contents are whatever
 * they were, except from pw_get_zeroed_page().
 */
extern struct pw_zone pw_contig_zone;

int pw_page_init(size_t nframes); /* as pw_zone_init(); -EBUSY: twice */
void pw_page_exit(void);

struct pw_page *pw_alloc_pages(unsigned order);
void *pw_get_free_pages(unsigned order);
void *pw_get_free_page(void);
void *pw_get_zeroed_page(void);
int pw_free_pages(void *address, unsigned order); /* NULL: no-op */
int pw_free_page(void *address);

#ifdef __cplusplus
}
#endif

#endif
//< convert
