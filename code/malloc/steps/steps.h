/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The allocator in steps. Each file is a whole allocator that adds one
 * idea to the one before; all have the same three calls, so that one
 * benchmark and one test can drive them all.
 *
 * They take their memory from one range of addresses that is reserved at
 * the start. Sizes are 1 to STEP_MOST bytes, blocks are aligned to 16.
 * Where there is no memory left they return NULL. For one thread.
 */
#ifndef PW_STEPS_H
#define PW_STEPS_H

#include "../../port/port.h"
//< theory

//> step
enum {
    STEP_MOST = 4096,     /* bytes of the largest block */
    STEP_CLASS = 16,      /* bytes between two classes */
    STEP_PAGE = 64 * 1024 /* bytes of a page of ours, in step 4 */
};

struct step {
    const char *name;
    void *(*alloc)(size_t size);
    void (*free)(void *block);
    void (*reset)(void); /* everything is free again */
};

extern const struct step step_bump, step_list, step_classes, step_pages;

/* The range of addresses that all steps work in. */
#define STEP_RANGE ((size_t)1 << 30)
extern char *step_range;
int step_begin(void);   /* reserves it; 0 or a negative errno */
void step_forget(void); /* its contents, and the memory behind it */
#endif
//< step
