/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What the files of this folder share. Not installed.
 *
 *   page   4 KiB of addresses, as the kernel deals in them
 *   span   a run of pages: free, or one large block, or cut into blocks
 *          of one class; each has a descriptor
 *   map    the table that leads from an address to its span's descriptor
 *   class  a size of small blocks; a request is rounded up to one
 *   heap   what a thread allocates small blocks from: spans of every
 *          class, and for each class a list of blocks that are ready
 *
 * All memory is in spans, and all free spans are in one place, under one
 * lock, for whoever comes next. A heap's own need no lock: everything in
 * the descriptor of a span in use belongs to the thread that owns the
 * heap, but for the words of the remote list.
 */
#ifndef PW_MALLOC_CORE_H
#define PW_MALLOC_CORE_H

#define _GNU_SOURCE /* mremap, MADV_DONTNEED */

#include "../port/list.h"
#include "../port/port.h"
#include "malloc.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>
#include <time.h>

/* Compiled with -fvisibility=hidden: only the calls can be seen. */
#define PW_API __attribute__((visibility("default")))
#define PW_COLD __attribute__((noinline, cold))

#ifndef PW_MALLOC_CHECKED
#define PW_MALLOC_CHECKED 0
#endif
enum { PW_CHECKED = PW_MALLOC_CHECKED };
//< theory

//> geometry
enum {
    PW_TINY = 64,           /* up to here, classes are 16 bytes apart */
    PW_QUICK = 1024,        /* up to here, a table has the class */
    PW_MOST = 32 * 1024,    /* the largest class; above, large blocks */
    PW_CLASSES = 4 + 9 * 4, /* the last class; 0 is not used */
    PW_KEEP = 16 * 1024,    /* classes that keep an empty span */
    PW_CARVE = 4096,        /* bytes of new blocks at a time */
    PW_TRADER = 1024        /* has sent so many blocks of a class home */
};

/* Sixteen bytes apart at first; from PW_TINY on, four to a doubling. */
static inline unsigned pw_class_of(size_t size)
{
    unsigned doubling;

    if (size <= PW_TINY)
        return size ? (unsigned)((size + 15) / 16) : 1;
    size--;
    doubling = 57 - (unsigned)__builtin_clzll(size);
    return 1 + doubling * 4 + (unsigned)(size >> (doubling + 4));
}

static inline size_t pw_class_size(unsigned class)
{
    if (class <= PW_TINY / 16)
        return class * (size_t)16;
    return (size_t)((class - 1) % 4 + 5) << ((class - 1) / 4 + 3);
}

/* Whole pages, in bytes; one at least. */
static inline size_t pw_whole(size_t bytes)
{
    bytes += !bytes;
    return (bytes + PORT_PAGE_SIZE - 1) & -PORT_PAGE_SIZE;
}
//< geometry

//> span
enum pw_span_kind {
    PW_DIRTY, /* free, and its pages may have been written to */
    PW_CLEAN, /* free, and zero, and costs no memory */
    PW_FREE,  /* so many kinds of free spans */
    PW_SMALL = PW_FREE,
    PW_LARGE,
    PW_KINDS
};

/*
 * Two cache lines: what any thread that frees a block has to read, and
 * what is written all the time.
 */
struct pw_span {
    struct pw_heap *owner; /* PW_NOBODY but of small blocks */
    char *start;
    size_t size;       /* bytes: whole pages */
    uint8_t kind;      /* enum pw_span_kind */
    uint8_t class;     /* of small blocks */
    uint16_t capacity; /* blocks it can be cut into */
    uint32_t epoch;    /* see malloc_lock.c */

    uint64_t remote;         /* freed by others: see malloc_remote.c */
    struct pw_block *tail;   /* the last of that list */
    struct pw_span *pending; /* the next span that has such a list */

    struct pw_block *free __attribute__((aligned(PORT_CACHE_LINE)));
    struct pw_link link; /* in its class's queue, or in a bin */
    union {
        struct {           /* small blocks */
            uint16_t used; /* cut and not on `free`, or PW_ALARM */
            uint16_t cut;  /* blocks that exist so far */
            bool full;     /* every block is used */
        };
        time_t since; /* free: s; when it was given back */
        bool zero;    /* large: fresh from the kernel */
    };
    struct pw_link age; /* free and dirty: in order of time */
};
//< span

//> words
struct pw_block {
    struct pw_block *next;
};

/* No thread's heap, and not what a thread without one has. */
#define PW_NOBODY ((struct pw_heap *)1)

_Static_assert(sizeof(struct pw_span) == 128, "two cache lines");

static inline char *pw_span_end(const struct pw_span *span)
{
    return span->start + span->size;
}

/* In place of the count where the next free is not to be a quick one. */
enum { PW_ALARM = 1 };

/* In the word of a remote list: flags, and what counts one block. */
enum {
    PW_REMOTE_FULL = 1, /* no block is on the free list */
    PW_REMOTE_GONE = 2  /* the pages are another span's by now */
};
#define PW_REMOTE_ONE ((uint64_t)1 << 48)

#define PW_SPAN_IN(field, at) \
    ((struct pw_span *)(((char *)(at)) - offsetof(struct pw_span, field)))
//< words

//> map
#define PW_LEAF_SHIFT 30 /* a leaf of the map: 1 GiB of addresses */
#define PW_LEAF_PAGES ((size_t)1 << (PW_LEAF_SHIFT - PORT_PAGE_SHIFT))
#define PW_ROOTS ((size_t)1 << (47 - PW_LEAF_SHIFT))

/*
 * For each page the descriptor of the span it is in: for all pages of a
 * span of small blocks, the first of a large one, the first and the last
 * of a free one. NULL for all other pages. Written under the lock.
 *
 * The map holds a word for each leaf: where the leaf would begin if it
 * were for all addresses from 0 on, so that a page's number is its index
 * there. 0: no leaf.
 */
extern uintptr_t pw_map[PW_ROOTS];

/* The span that a user's address is in, or NULL. */
static inline struct pw_span *pw_span_of(const void *p)
{
    const uintptr_t page = (uintptr_t)p >> PORT_PAGE_SHIFT;
    uintptr_t leaf;

    if (PW_CHECKED && page / PW_LEAF_PAGES >= PW_ROOTS)
        return NULL;
    leaf = port_read(pw_map[page / PW_LEAF_PAGES]);
    if (port_unlikely(!leaf))
        return NULL;
    return port_read(((struct pw_span **)leaf)[page]);
}
//< map

//> heap
/*
 * `room`, of each class: below zero, so many of others' blocks must be
 * sent home before any is kept; above, so many more may be kept.
 */
struct pw_heap {
    struct pw_block *ready[PW_CLASSES + 1];
    struct pw_span *current[PW_CLASSES + 1]; /* blocks are taken here */
    uint8_t quick[PW_QUICK + 1];             /* the class of each size */
    int16_t room[PW_CLASSES + 1];            /* for others' blocks */
    uint8_t made[PW_CLASSES + 1];            /* spans, up to 3 */
    unsigned trimmed;                        /* the last trim it obeyed */
    struct pw_link queue[PW_CLASSES + 1];    /* spans with free blocks */
    struct pw_heap *parked; /* the next one without a thread */
    /* Spans with remote frees: written by other threads. */
    struct pw_span *pending __attribute__((aligned(128)));
};

/* This thread's heap, or NULL. A resolver may run before the dynamic
 * linker has put anything but zeros here. */
extern __thread struct pw_heap *pw_heap_mine
    __attribute__((tls_model("initial-exec")));
//< heap

//> checks
/* malloc_lock.c */
bool pw_malloc_lock(void);
void pw_malloc_unlock(void);
extern uint32_t pw_malloc_epoch;

/* malloc_map.c: all under the lock */
void *pw_malloc_map(size_t bytes);
bool pw_map_reserve(unsigned spans);
bool pw_map_reserve_leaves(void);
bool pw_map_cover(const char *first, const char *last);
void pw_map_set(const char *start, size_t size, struct pw_span *span);
struct pw_span *pw_span_new(char *start, size_t size, unsigned kind);
void pw_span_drop(struct pw_span *span);
struct pw_heap *pw_heap_new(void);
void pw_map_abandon(void);

/* malloc_bin.c: all under the lock */
void pw_bin_put(struct pw_span *span);
void pw_bin_remove(struct pw_span *span);
struct pw_span *pw_bin_find(unsigned kind, size_t size, size_t align);
struct pw_span *pw_span_neighbour(const char *at);
struct pw_span *pw_span_join(struct pw_span *span);
bool pw_span_release(size_t least);
bool pw_span_evict(size_t cap, time_t time);
void pw_bin_abandon(void);
extern size_t pw_span_idle, pw_span_mapped; /* bytes */

/* malloc_span.c: sizes are whole pages */
struct pw_span *pw_span_take(size_t size, size_t align, unsigned kind);
void pw_span_give(struct pw_span *span);
bool pw_span_resize(struct pw_span *span, size_t size);
bool pw_span_move(struct pw_span *span, size_t size);
struct pw_span *pw_span_twin(struct pw_span *span);
void pw_span_forget(struct pw_span *span);
bool pw_span_trim(size_t keep);
extern size_t pw_span_cap, pw_span_share;
extern size_t pw_span_used[]; /* bytes, by kind */

/* malloc_heap.c */
void *pw_heap_alloc(unsigned class);
void pw_heap_alarm(struct pw_span *span);
void pw_heap_flush(struct pw_heap *heap);
void pw_heap_accept(struct pw_span *span, struct pw_block *list, size_t n);

/* malloc_remote.c */
void pw_heap_free(struct pw_block *block, struct pw_span *span);
void pw_heap_drain(struct pw_heap *heap);
void pw_heap_full(struct pw_span *span, bool full);
void pw_heap_send(struct pw_span *span, struct pw_block *block);
extern unsigned pw_heap_trims;

/* malloc_thread.c */
struct pw_heap *pw_heap_adopt(void);
void pw_heap_park(void *heap);
void pw_heap_flush_parked(void);
extern __thread bool pw_heap_borrowed
    __attribute__((tls_model("initial-exec")));

/* malloc_large.c */
void *pw_malloc_large(size_t size, size_t align);
void pw_malloc_large_free(struct pw_span *span, void *block);
bool pw_malloc_large_resize(struct pw_span *span, size_t size);

_Noreturn void pw_malloc_die(const char *what, const void *p,
                             const char *fix);
_Noreturn void pw_malloc_stranger(const void *block);
void pw_malloc_say(const char *line, ...)
    __attribute__((format(printf, 1, 2)));
void pw_check_mark(void *block, size_t size);
void pw_check_free(void *block);
void *pw_check_alloc(void *block);

/* Put a block onto a list; the plainest mistake is seen here. */
static inline void pw_push(struct pw_block **list, struct pw_block *block)
{
    if (port_unlikely(*list == block))
        pw_malloc_die("double free", block, "free a block once");
    block->next = *list;
    *list = block;
}

#define pw_checked(block) (PW_CHECKED ? pw_check_alloc(block) : (block))

#endif
//< checks
