/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the parts of this lab share: see lab.c. */
#ifndef PW_WHICH_LAB_H
#define PW_WHICH_LAB_H

#include "../lab/lab.h"

/* A way to get memory: the call as a caller writes it, its opposite. */
struct which_way {
    const char *variant;
    void *(*take)(size_t size, gfp_t gfp);
    void (*give)(void *block, size_t size);
    size_t least, most; /* bytes; no limit of the lab's where most is 0 */
};

extern const struct which_way which_ways[];
extern const int which_count;

/* The way of that variant's name. */
const struct which_way *which_way(const char *variant);

/* What is still given when memory is in pieces, or gone (lab_scarce.c). */
int which_scarce(void);

#endif
