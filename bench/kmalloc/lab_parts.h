/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the kmalloc lab tell each other: lab.c asks
 * who may call and where a block lies, lab_given.c which cache
 * serves which size, lab_flags.c what flags allow when memory is
 * short, lab_frag.c what is left when it is fragmented,
 * lab_swap.c what can be moved out, lab_bug.c what the
 * kernel says of common bugs, and lab_cost.c counts instructions.
 */
#ifndef PW_KMALLOC_LAB_H
#define PW_KMALLOC_LAB_H

#include "../../code/kmalloc/kmalloc.h"
#include "../lab/compat.h"
#include "../lab/lab.h"

/* The physical address behind a virtual one, by page table; 0: none. */
phys_addr_t lab_physical(const void *address);

/*
 * Read as the process that loads the module would: `size` bytes of a file
 * from `at` on. Returns how many, or a negative errno.
 */
ssize_t lab_read_file(const char *path, loff_t at, void *to, size_t size);

/* All frames that can be had, by their numbers. */
struct lab_frames {
    unsigned long end;   /* numbers are below this */
    unsigned long *held; /* bit set: we took the frame */
};

/* What a set of flags is called, and is. */
struct lab_flags {
    const char *name;    /* of the variant */
    const char *written; /* in C */
    gfp_t gfp;
};

bool lab_frames_open(struct lab_frames *f);
void lab_frames_take(struct lab_frames *f, gfp_t gfp, int order);
void lab_frames_close(struct lab_frames *f); /* gives all back */

/* At most so many blocks, linked by their first words; returns how many. */
unsigned lab_take_blocks(size_t size, gfp_t gfp, unsigned most,
                         void **list);
void lab_free_blocks(void *list);

unsigned long lab_free_mib(void);
void lab_print_buddies(const char *file); /* a line of numbers */

void kmalloc_lab_given(void); /* k7 */
void kmalloc_lab_flags(void); /* k6 */
void kmalloc_lab_frag(void);  /* k9 */
void kmalloc_lab_swap(void);  /* k8 */
void kmalloc_lab_contexts(void);
void kmalloc_lab_bugs(void);
int kmalloc_lab_cost(void);
int kmalloc_lab_zeroed(void); /* in the boot with init_on_alloc=1 */

#endif
