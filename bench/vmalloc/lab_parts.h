/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the vmalloc lab tell each other: lab.c asks
 * about frames and page tables, lab_trace.c listens to one call,
 * lab_sleep.c calls where one must not sleep, lab_cost.c
 * counts instructions and lab_frag.c fragments memory.
 */
#ifndef PW_VMALLOC_LAB_H
#define PW_VMALLOC_LAB_H

#include "../../code/vmalloc/vmalloc.h"
#include "../lab/compat.h"
#include "../lab/lab.h"

/* How often the frames of an area do not follow one another. */
unsigned long lab_breaks(const void *area, size_t pages);

/* Size of what maps this address, in bytes; 0: nothing does. */
unsigned long lab_mapped_by(const void *address);

void vmalloc_lab_trace(void); /* v3, v6, v7 */
void vmalloc_lab_sleep(void); /* v8, v9 */
int vmalloc_lab_cost(void);   /* v5 */
int vmalloc_lab_frag(void);   /* v1, v10 */

#endif
