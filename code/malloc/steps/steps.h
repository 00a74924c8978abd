/* SPDX-License-Identifier: MIT */
//> step
/*
 * The allocator in steps. Each file is a whole allocator that adds one
 * idea to the one before; all have the same three calls, so that one
 * benchmark and one test can drive them all.
 *
 * They take their memory from one range of addresses that is reserved at
 * the start. Sizes are 1 to STEP_MOST bytes, blocks are aligned to 16.
 * Where there is no memory left they return NULL. Steps 1 to 4 are for
 * one thread; from step 5 on any thread may call, and a block may be
 * freed by another than the one that allocated it.
 */
#ifndef PW_STEPS_H
#define PW_STEPS_H

#include "../../port/port.h"

enum {
    STEP_MOST = 4096,      /* bytes of the largest block */
    STEP_CLASS = 16,       /* bytes between two classes */
    STEP_PAGE = 64 * 1024, /* bytes of a page of ours, from step 4 on */
    STEP_HEAPS = 64        /* threads, from step 5 on */
};

struct step {
    const char *name;
    void *(*alloc)(size_t size);
    void (*free)(void *block);
    void (*reset)(void); /* everything is free again */
    bool threads;        /* may be called by several */
};

extern const struct step step_bump, step_list, step_classes, step_pages,
    step_heaps, step_remote, step_back;

/* The range of addresses that all steps work in. */
#define STEP_RANGE ((size_t)1 << 30)
extern char *step_range;
int step_begin(void);   /* reserves it; 0 or a negative errno */
void step_forget(void); /* its contents, and the memory behind it */

/* What step 4 has one of, and step 5 one for each thread. */
struct step_page {
    struct step_page *next, **prev; /* of a class's pages with room */
    void *free;
    size_t size, used;
    char *fresh; /* from here on, nothing was ever handed out */
    struct step_heap *heap;
    bool cold; /* given back to the kernel, but for the first 4 KiB */
};

struct step_heap {
    struct step_page *list[STEP_MOST / STEP_CLASS + 1];
    struct step_page *idle; /* without a block in use, the latest first */
    size_t hot;             /* of these, with memory behind them */
    /* Step 5: others' blocks, which this thread has freed. */
    void *kept[STEP_MOST / STEP_CLASS + 1];
    /* Step 6: this heap's blocks, which others have freed. */
    void *remote __attribute__((aligned(PORT_CACHE_LINE)));
};

/* Step 4 */
static inline struct step_page *step_page_of(void *block)
{
    return (struct step_page *)((uintptr_t)block & -(uintptr_t)STEP_PAGE);
}
void *step_take(struct step_heap *h, size_t size);
void step_put(struct step_heap *h, void *block);
void step_pages_reset(void);

/* Step 5: the calling thread's heap, or NULL: there are too many. */
struct step_heap *step_mine(void);
void step_heaps_reset(void);

#endif
//< step
