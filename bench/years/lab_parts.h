/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the parts of this lab share: see lab.c. */
#ifndef PW_YEARS_LAB_H
#define PW_YEARS_LAB_H

#include "../lab/lab.h"

/* One allocation and its free, as a caller writes them. */
struct years_call {
    const char *name;
    void (*pair)(void);
};

extern const struct years_call years_calls[];
extern const int years_count;

/* The size that the next pairs are of, by the call's name. */
void years_choose(const char *name);

/*
 * Walk through one pair of each call, an instruction at a time, and say in
 * which functions of the kernel they were (lab_step.c).
 */
int years_step(void);

#endif
