/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What the files of this folder share.
 *
 *   region   a mapping whose base is a multiple of 2 MiB: a segment, or
 *            one large block
 *   segment  a region of 2 MiB cut into 64 slices of 32 KiB; the first
 *            slice holds the descriptors of all
 *   page     one to four slices of a segment, cut into blocks of one
 *            class; described by its first slice's descriptor
 *   class    a size of blocks; every request is rounded up to one
 *   heap     what a thread allocates from: pages of every class, and for
 *            each class a list of blocks that are ready
 *
 * From the address of a block to its descriptor it takes a mask and a
 * shift, no search and no header in front of the block. Everything in a
 * descriptor belongs to the thread that owns the heap, but for the three
 * words of the remote list.
 */
#ifndef PW_HEAP_H
#define PW_HEAP_H

#define _GNU_SOURCE /* mremap, MADV_DONTNEED */

#include "../port/port.h"
#include "malloc.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Compiled with -fvisibility=hidden: only the calls can be seen. */

#define API __attribute__((visibility("default")))
//< theory

//> geometry
#define SLICE_SHIFT 15
#define SEGMENT_SHIFT 21
#define SLICE ((size_t)1 << SLICE_SHIFT)     /* 32 KiB */
#define SEGMENT ((size_t)1 << SEGMENT_SHIFT) /* 2 MiB */

enum {
    SLICES = 1 << (SEGMENT_SHIFT - SLICE_SHIFT),
    DESCRIPTOR = 128,     /* bytes: two cache lines */
    HEADER = 64 * 128,    /* bytes of descriptors in front of a region */
    TINY = 64,            /* up to here, classes are 16 bytes apart */
    QUICK = 1024,         /* up to here, a table has the class */
    MOST = 128 * 1024,    /* the largest class; above, large blocks */
    CLASSES = 4 + 11 * 4, /* the last class; 0 is not used */
    KEEP = 16 * 1024,     /* classes that keep an empty page */
    CARVE = 4096,         /* bytes of new blocks at a time */
    TRADER = 1024,        /* has sent so many blocks of a class home */
};
//< geometry

//> link
/* A circular list through a head; an empty head is linked to itself. */
struct link {
    struct link *next, *prev;
};

static inline void link_insert(struct link *at, struct link *new)
{
    new->next = at;
    new->prev = at->prev;
    at->prev->next = new;
    at->prev = new;
}

static inline void link_remove(struct link *gone)
{
    gone->prev->next = gone->next;
    gone->next->prev = gone->prev;
}
//< link

//> page
struct block {
    struct block *next;
};

/*
 * Two cache lines: what any thread that frees a block has to read, and
 * what is written all the time.
 */
struct page {
    struct heap *owner; /* NULL: no page */
    uint8_t class;      /* 0: a tail slice, or no page */
    uint8_t back;       /* slices back to the page's first */

    struct block *free __attribute__((aligned(64))); /* by the owner */
    struct link queue; /* of the class's pages that have free blocks */
    uint16_t used;     /* blocks carved and not on `free`, or ALARM */
    uint16_t carved;   /* blocks that have been cut so far */
    uint16_t capacity; /* blocks that can be */
    bool full;         /* every block is used */

    uint64_t remote;      /* freed by others: their number, and the list */
    struct block *tail;   /* the last of that list */
    struct page *pending; /* the next page that has such a list */
};

/* In place of the count where the next free is not to be a quick one. */
enum { ALARM = 1 };
//< page

//> segment
/* Takes the place of slice 0's descriptor; `never` is where the owner
 * of a page stands, so that nobody takes a large block for a page. */
struct segment {
    struct heap *never; /* NULL */
    struct heap *heap;  /* NULL: one large block */
    union {
        uint64_t free;  /* bit n: slice n is free */
        size_t touched; /* of a large block's region: bytes, at most */
    };
    struct link list; /* of the heap's segments with a free slice */
    size_t size;      /* of the region */
    char *large;      /* the large block */
    bool zeroed;      /* by the kernel, but for this header */
};

_Static_assert(sizeof(struct page) == DESCRIPTOR, "two cache lines");
_Static_assert(sizeof(struct segment) <= DESCRIPTOR, "in slice 0's place");

/* A block may begin where a region ends, so the region is found from the
 * byte before it. */
static inline struct segment *segment_of(const void *p)
{
    return (struct segment *)(((uintptr_t)p - 1) & -SEGMENT);
}

static inline struct page *page_of(const void *p)
{
    const uintptr_t slice = (uintptr_t)p >> (SLICE_SHIFT - 7);

    return (struct page *)((char *)segment_of(p) +
                           (slice & (SLICES - 1) * DESCRIPTOR));
}

static inline char *page_start(const struct page *page)
{
    const uintptr_t at = (uintptr_t)page;
    return (char *)((at & -SEGMENT) + at / DESCRIPTOR % SLICES * SLICE);
}
//< segment

//> class
/* Sixteen bytes apart at first; from TINY on, four to a doubling. */
static inline unsigned class_of(size_t size)
{
    unsigned doubling;

    if (size <= TINY)
        return size ? (unsigned)((size + 15) / 16) : 1;
    size--;
    doubling = 57 - (unsigned)__builtin_clzll(size);
    return 1 + doubling * 4 + (unsigned)(size >> (doubling + 4));
}

static inline size_t class_size(unsigned class)
{
    if (class <= TINY / 16)
        return class * (size_t)16;
    return (size_t)((class - 1) % 4 + 5) << ((class - 1) / 4 + 3);
}

/* Slices of a page of this class: for four blocks, and at most four. */
static inline unsigned class_slices(size_t size)
{
    const size_t blocks = size <= SLICE ? 4 : 4 * SLICE / size;

    return (unsigned)((blocks * size + SLICE - 1) >> SLICE_SHIFT);
}
//< class

//> heap
/*
 * `room`, of each class: below zero, so many of others' blocks must be
 * sent home before any is kept; above, so many more may be kept.
 */
struct heap {
    struct block *ready[CLASSES + 1];
    uint8_t quick[QUICK / 16 + 1];     /* the class of n times 16 bytes */
    int16_t room[CLASSES + 1];         /* for others' blocks */
    struct page *current[CLASSES + 1]; /* where blocks are taken next */
    struct link queue[CLASSES + 1];    /* other pages with free blocks */
    struct link segments;              /* that have free slices */
    struct heap *parked;               /* the next one without a thread */
    /* Pages with remote frees: written by other threads. */
    struct page *pending __attribute__((aligned(DESCRIPTOR)));
};

/* This thread's heap; before its first call, one that is empty. */
extern __thread struct heap *heap_mine
    __attribute__((tls_model("initial-exec")));
extern struct heap heap_none;
//< heap

//> known
#define REGIONS ((size_t)1 << (47 - SEGMENT_SHIFT)) /* 47-bit addresses */

/* A bit for each place where a region may begin: does one? 8 MiB, of
 * which little is touched. Written under the lock of region.c. */
extern uint64_t regions[REGIONS / 64];

static inline bool region_known(const void *base)
{
    const uintptr_t n = (uintptr_t)base >> SEGMENT_SHIFT;

    return n < REGIONS && port_read(regions[n / 64]) >> n % 64 & 1;
}
//< known

//> internal
/* heap.c */
void *heap_alloc(unsigned class);
void heap_free(struct block *block, struct page *page);
void heap_alarm(struct page *page);
void heap_drain(struct heap *heap);

/* thread.c */
struct heap *heap_adopt(void);

/* segment.c */
struct page *segment_page(struct heap *heap, unsigned class);
void segment_return(struct heap *heap, struct page *page);
size_t segment_purge(struct heap *heap);

/* large.c */
void *large_alloc(size_t size, size_t align);
void large_free(struct segment *s, void *block);
void *large_resize(struct segment *s, size_t size);

/* region.c */
void *region_take(size_t size, size_t align);
void region_give(struct segment *s, size_t touched);
void *region_resize(struct segment *s, size_t size);
bool region_trim(size_t keep);
extern pthread_mutex_t region_mutex;
extern size_t region_cap, region_mapped, region_idle;
extern size_t page_bytes, large_bytes; /* in use */
//< internal

//> checks
_Noreturn void malloc_die(const char *what, const void *p, const char *fix);
_Noreturn void malloc_stranger(const void *block);
void check_mark(void *block, size_t size);
void check_free(void *block);
void *check_alloc(void *block);

#ifndef PW_MALLOC_CHECKED
#define PW_MALLOC_CHECKED 0
#endif
enum { CHECKED = PW_MALLOC_CHECKED };

/* Put a block onto a list; the plainest mistake is seen here. */
static inline void push(struct block **list, struct block *block)
{
    if (port_unlikely(*list == block))
        malloc_die("double free", block, "free a block once");
    block->next = *list;
    *list = block;
}

#define checked(block) (CHECKED ? check_alloc(block) : (block))

#endif
//< checks
