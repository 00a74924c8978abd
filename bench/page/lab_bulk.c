// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Many single frames at once: what one of n frames costs when they are
 * asked for by one call, and when one by one.
 *
 *   page.bulkapi   x: n. kernel and pw one by one; kernel-bulk takes them
 *                  by alloc_pages_bulk() and frees them by release_pages();
 *                  kernel-half takes them so and frees them one by one;
 *                  pw-bulk takes and frees them by one call each
 *
 * Each way is repeated until the per-CPU lists are as that way leaves them,
 * then timed. An allocator that does nothing is taken off, as in
 * lab_cost.c.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/pagemap.h>

enum { FRAMES = 1024, MOST = 256, WARM_UP = 2 * PW_BATCH };

static struct pw_zone zone;
static struct page *pages[MOST]; /* NULL between the calls */

/* Take n frames by one expression, give them by another. */
#define ONE_BY_ONE(n, take, give) \
    do { \
        unsigned i; \
\
        for (i = 0; i < n; i++) \
            pages[i] = (void *)take; \
        for (i = 0; i < n; i++) { \
            give; \
            pages[i] = NULL; \
        } \
    } while (0)

static void empty(unsigned n)
{
    ONE_BY_ONE(n, &zone, OPTIMIZER_HIDE_VAR(pages[i]));
}

static void kernel(unsigned n)
{
    ONE_BY_ONE(n, alloc_page(GFP_KERNEL), __free_page(pages[i]));
}

static void pw(unsigned n)
{
    ONE_BY_ONE(n, pw_zone_alloc(&zone, 0),
               pw_zone_free(&zone, (struct pw_page *)pages[i], 0));
}

static void kernel_bulk(unsigned n)
{
    const unsigned long got = alloc_pages_bulk(GFP_KERNEL, n, pages);

    release_pages(pages, got);
    memset(pages, 0, n * sizeof(*pages)); /* it fills what is NULL */
}

static void kernel_half(unsigned n)
{
    unsigned long got = alloc_pages_bulk(GFP_KERNEL, n, pages);

    while (got > 0) {
        __free_page(pages[--got]);
        pages[got] = NULL;
    }
}

static void pw_bulk(unsigned n)
{
    struct pw_page **ours = (struct pw_page **)pages;

    n = pw_zone_alloc_bulk(&zone, n, ours);
    pw_zone_free_bulk(&zone, n, ours);
    memset(pages, 0, n * sizeof(*pages));
}

static const struct way {
    const char *variant;
    void (*run)(unsigned n);
} ways[] = {
    {"empty", empty},
    {"kernel", kernel},
    {"kernel-bulk", LAB_HAS_BULK ? kernel_bulk : NULL},
    {"kernel-half", LAB_HAS_BULK ? kernel_half : NULL},
    {"pw", pw},
    {"pw-bulk", pw_bulk},
};

static void time_way(const struct way *way, unsigned n,
                     struct lab_sample *sample)
{
    int rep;

    for (rep = 0; rep < WARM_UP; rep++)
        way->run(n);
    for (rep = 0; rep < lab_reps; rep++) {
        const u64 start = lab_clock();

        way->run(n);
        sample->ticks[rep] = lab_clock() - start;
    }
}

static void measure(unsigned n)
{
    static struct lab_sample nothing, sample;
    unsigned i;

    time_way(&ways[0], n, &nothing);
    for (i = 1; i < ARRAY_SIZE(ways); i++) {
        if (!ways[i].run)
            continue;
        time_way(&ways[i], n, &sample);
        lab_cost("page.bulkapi", ways[i].variant, n, &sample, &nothing, n);
    }
}

int page_lab_bulk(void)
{
    unsigned n, i;
    int error = pw_zone_init(&zone, FRAMES, PW_BATCH);

    if (error)
        return error;
    for (n = 1; n <= MOST; n *= 4)
        measure(n);
    for (i = 0; i < ARRAY_SIZE(ways); i++)
        if (!ways[i].run)
            lab_missing("page.bulkapi", ways[i].variant,
                        "the kernel has this call since 5.13");
    error = pw_zone_check(&zone);
    pw_zone_exit(&zone);
    return error;
}
