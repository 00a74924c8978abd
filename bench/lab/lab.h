/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What every lab module uses to ask the running kernel and to report.
 *
 * A module says LAB_MODULE(chapter, ask): ask() measures while the module
 * is being loaded and leaves its findings in /proc/pagewise/<chapter>, from
 * where init copies them out: records as rows of the results format, claims
 * with their evidence, and any text that a chapter shows. Nothing here may
 * be called by two threads at once: a lab has one CPU and one experiment.
 *
 * The unit of the clock is the instrument's: instructions where QEMU counts
 * them (vm-insn), nanoseconds under KVM (vm-kvm). Numbers that are printed
 * are in thousandths, because a kernel has no floating point.
 */
#ifndef PW_LAB_H
#define PW_LAB_H

#include <linux/module.h>
#include <linux/types.h>

enum lab_verdict { LAB_HOLDS, LAB_LIMIT, LAB_FAILS, LAB_UNMEASURED };

enum {
    LAB_NO_X = -1,     /* the experiment has no independent variable */
    LAB_MOST_REPS = 41 /* room in a sample */
};

/* The same work, timed lab_reps times. */
struct lab_sample {
    u64 ticks[LAB_MOST_REPS];
};

extern int lab_reps;      /* repetitions: few where all are alike */
extern bool lab_selftest; /* second load: check, measure nothing */

/* Is this the boot of that name (bench/<chapter>/boots.tsv)? */
bool lab_boot(const char *name);

int lab_open(const char *chapter); /* 0 or a negative errno */
void lab_close(void);

/* Append to /proc/pagewise/<chapter>/<file>, made at its first line. */
__printf(2, 3) void lab_print(const char *file, const char *format, ...);

/* One row of claims.tsv. The evidence must not contain tabs. */
__printf(3, 4) void lab_claim(const char *claim, enum lab_verdict verdict,
                              const char *evidence, ...);

/*
 * One row of <chapter>.tsv: what one of `ops` operations costs, in the
 * instrument's unit, with the empty loop's median taken off. Median, and
 * the order statistics that enclose it with 95 % confidence.
 */
void lab_cost(const char *experiment, const char *variant, long x,
              const struct lab_sample *sample,
              const struct lab_sample *empty, u64 ops);

/* One row: a value that is counted, not sampled, in thousandths. */
void lab_value(const char *experiment, const char *variant, long x,
               const char *metric, const char *unit, u64 thousandths);

/* One row that says NA, and why. */
void lab_missing(const char *experiment, const char *variant,
                 const char *why);

/* Ticks of the ordered time-stamp counter, and what they are called. */
u64 lab_clock(void);
extern const char *lab_tick;

/* A fixed-seed generator (xorshift64*), the same on every run. */
u32 lab_random(u64 *state);

/*
 * The module of a chapter. `ask` returns 0, or a negative errno and the
 * module is not loaded.
 */
#define LAB_MODULE(chapter, ask) \
    static int __init chapter##_lab_init(void) \
    { \
        int error = lab_open(#chapter); \
\
        if (error) \
            return error; \
        error = ask(); \
        if (error) \
            lab_close(); \
        return error; \
    } \
    static void __exit chapter##_lab_exit(void) \
    { \
        lab_close(); \
    } \
    module_init(chapter##_lab_init); \
    module_exit(chapter##_lab_exit); \
    MODULE_DESCRIPTION("Pagewise: the lab of the chapter " #chapter); \
    MODULE_LICENSE("Dual MIT/GPL")

#endif
