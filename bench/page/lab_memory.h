/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Memory as the fragmentation lab sees it: frames with numbers, that can be
 * taken and given. The kernel's memory and a zone of ours look alike, so
 * that one experiment serves both. (Nothing here is measured: the calls
 * through pointers cost nobody anything.)
 */
#ifndef PW_PAGE_LAB_MEMORY_H
#define PW_PAGE_LAB_MEMORY_H

#include "lab_parts.h"

struct lab_memory {
    const char *name;
    void *(*take)(unsigned order); /* what is free now, or NULL */
    void (*give)(void *block, unsigned order);
    unsigned long (*number)(const void *block); /* of its first frame */
    void *(*frame)(unsigned long number);
    void (*count)(unsigned long free[NR_PAGE_ORDERS]); /* blocks */

    unsigned long frames; /* numbers run from 0 to here */
    unsigned long *held;  /* bit set: we took the frame */
    unsigned long *back;  /* bit set: and gave it back */
    u32 *got;             /* first frames of blocks taken in a trial */
};

extern struct pw_zone lab_zone; /* what pw_memory takes from */
extern struct lab_memory lab_kernel_memory, lab_pw_memory;

/* Room for that many frame numbers; false when there is none. */
bool lab_memory_open(struct lab_memory *m, unsigned long frames);
void lab_memory_close(struct lab_memory *m);

#endif
