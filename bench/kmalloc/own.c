/* SPDX-License-Identifier: MIT */
/*
 * What only our allocator can be asked: what its parts are worth.
 *
 *   kmalloc.class   finding the cache of a size, x different     x: sizes
 *                   sizes in turn; ns and instructions a size
 *     table, arith      by a table of 1,024 bytes; by arithmetic
 *   kmalloc.zero    a hot pair                                   x: bytes
 *     pw, pw-zeroed     without and with PW_GFP_ZERO
 *   kmalloc.hot     metric step: the instructions of a pair,     x: bytes
 *                   counted one by one
 */
#include "parts.h"
#include "../harness/step.h"
#include "../../code/kmalloc/kmalloc_core.h"

enum { FRAMES = 131072, SIZES = 4096, MOST_OPS = 1 << 20 };

/* ---- the lookup ---------------------------------------------------- */

static uint16_t sizes[SIZES];

#define LOOKUP(name, find) \
    static uint64_t name(struct bench_case *c, size_t ops) \
    { \
        const size_t mask = (size_t)c->x - 1; \
\
        for (size_t i = 0; i < ops; i++) \
            bench_keep(find(sizes[i & mask])); \
        return 0; \
    }

LOOKUP(by_table, pw_cache_by_table)
LOOKUP(by_step, pw_cache_by_step)

static const struct bench_case lookups[] = {
    {.experiment = "kmalloc.class", .variant = "table", .run = by_table},
    {.experiment = "kmalloc.class", .variant = "arith", .run = by_step},
};

static void add_lookups(void)
{
    uint64_t state = bench_seed();

    for (size_t i = 0; i < SIZES; i++) {
        const uint64_t half = 8u << bench_random(&state) % 10;

        sizes[i] = (uint16_t)(half + 1 + bench_random(&state) % half);
    }
    for (size_t i = 0; i < 2; i++)
        for (long x = 1; x <= SIZES; x *= 16) {
            struct bench_case c = lookups[i];

            c.x = x;
            c.most = 4 * MOST_OPS;
            bench_add(&c);
        }
    bench_ratio("kmalloc.class", "table", "arith");
}

/* ---- pairs --------------------------------------------------------- */

static uint64_t pair(struct bench_case *c, size_t ops)
{
    for (size_t i = 0; i < ops; i++) {
        void *block = pw_kmalloc((size_t)c->x, PW_GFP_KERNEL);

        bench_keep(block);
        pw_kfree(block);
    }
    return 0;
}

static uint64_t zeroed(struct bench_case *c, size_t ops)
{
    for (size_t i = 0; i < ops; i++) {
        void *block = pw_kzalloc((size_t)c->x, PW_GFP_KERNEL);

        bench_keep(block);
        pw_kfree(block);
    }
    return 0;
}

static void add_zero(long x)
{
    bench_add(&(struct bench_case){.experiment = "kmalloc.zero",
                                   .variant = "pw",
                                   .x = x,
                                   .run = pair,
                                   .most = MOST_OPS});
    bench_add(&(struct bench_case){.experiment = "kmalloc.zero",
                                   .variant = "pw-zeroed",
                                   .x = x,
                                   .run = zeroed});
}

void kmalloc_add_own(void)
{
    if (pw_page_init(FRAMES) != 0 || pw_kmalloc_init(64, 0) != 0)
        bench_die("no memory for a zone", "free some");
    add_lookups();
    for (long x = 8; x <= 65536; x *= 2)
        if (x == 8 || x >= 64)
            add_zero(x);
    bench_ratio("kmalloc.zero", "pw-zeroed", "pw");
}

/* ---- instructions -------------------------------------------------- */

void kmalloc_count(void)
{
    for (size_t i = 0; i < 2; i++) {
        struct bench_case c = lookups[i];

        c.x = 1;
        step_record(&c, 10, 20);
    }
    for (size_t i = 0; i < KMALLOC_SIZES; i++) {
        struct bench_case c = {.experiment = "kmalloc.hot",
                               .variant = "pw",
                               .x = kmalloc_grid[i],
                               .run = pair};

        step_record(&c, 10, 20);
    }
}
