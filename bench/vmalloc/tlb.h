/* SPDX-License-Identifier: MIT */
/* vmalloc.c's second half: what using scattered frames costs. */
#ifndef PW_VMALLOC_TLB_H
#define PW_VMALLOC_TLB_H

#include "../../code/vmalloc/vmalloc.h"

/* Adds the cases of vmalloc.chase and vmalloc.stride. */
void tlb_add(struct pw_vspace *scattered);
/* Records what the memory was like: vmalloc.memory. */
void tlb_record(void);

#endif
