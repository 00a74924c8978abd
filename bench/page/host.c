/* SPDX-License-Identifier: MIT */
/*
 * The page allocator on the host: what a pair of allocate and free costs,
 * by order, by pattern and by number of threads. (state.c: what is
 * left of high orders when memory is fragmented.)
 *
 * One operation is one pair. Nobody touches the memory, so that the
 * allocators are measured and not page faults:
 *
 *   pw       code/page with its per-CPU lists, which serve order 0
 *   pw-core  the same with the lists off: each pair takes the lock, may
 *            split, may merge
 *   malloc   the C library's posix_memalign() and free(), aligned to a
 *            page; it writes its own header beside each block
 *   mmap     mmap() and munmap(): what going to the kernel costs
 *
 * The last two do more than ours: they find the block a place in the
 * address space. Ours was given all of its memory beforehand.
 *
 *   page.hot      one pair again and again; metric step   x: order
 *                 is its instructions and the loop's,
 *                 counted exactly
 *   page.bulk     N blocks, then all of them back         x: order
 *   page.random   N slots, half of them full; a random    x: order
 *                 one is emptied or filled, N as above
 *   page.threads  hot pairs of order 0 in each thread     x: threads
 *   page.bulkapi  ns a page: bulk calls (pw-bulk) against x: pages
 *                 single calls (pw)
 *
 * N is 1024, less where that would be more than half of all frames.
 */
#define _GNU_SOURCE
#include "parts.h"
#include "../harness/step.h"

#include <stdlib.h>
#include <sys/mman.h>

#define FRAMES 65536u /* of each zone: 256 MiB that nobody touches */
#define BLOCKS 1024u
#define DICE 8192u

struct allocator;

/* What a case works on. */
struct work {
    const struct allocator *allocator;
    struct pw_zone *zone; /* NULL: not ours */
    unsigned order;
    size_t blocks;  /* N */
    void **held;    /* N slots */
    uint16_t *dice; /* DICE numbers of slots, drawn beforehand */
    size_t at;      /* the next of them */
};

/* The experiments, each with a zone for each of our two variants. */
enum { HOT, BULK, RANDOM, THREADS, BULKAPI, EXPERIMENTS };
enum { LISTS, CORE, OURS }; /* the first two of allocators[] */

static struct pw_zone zones[EXPERIMENTS][OURS];

_Noreturn static void refused(void)
{
    bench_die("an allocator had no block", "free some memory");
}

static void *must(void *block)
{
    if (__builtin_expect(!block, 0))
        refused();
    return block;
}

/* ------------------------------------------------------- the allocators */

typedef void *take_fn(struct work *w);
typedef void give_fn(struct work *w, void *block);

static void *take_pw(struct work *w)
{
    return pw_zone_alloc(w->zone, w->order);
}

static void give_pw(struct work *w, void *block)
{
    pw_zone_free(w->zone, block, w->order);
}

static void *take_malloc(struct work *w)
{
    void *block;
    const size_t size = PORT_PAGE_SIZE << w->order;

    return posix_memalign(&block, PORT_PAGE_SIZE, size) ? NULL : block;
}

static void give_malloc(struct work *w, void *block)
{
    (void)w;
    free(block);
}

static void *take_mmap(struct work *w)
{
    void *p = mmap(NULL, PORT_PAGE_SIZE << w->order, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static void give_mmap(struct work *w, void *block)
{
    munmap(block, PORT_PAGE_SIZE << w->order);
}

/* --------------------------------------------------------- the patterns */

/*
 * Each pattern is written once, with the allocator as two parameters, and
 * inlined once for each allocator: the loops call it directly and not
 * through a pointer, which would cost as much as the hot pair itself.
 */
#define PATTERN static inline __attribute__((always_inline)) void

PATTERN hot(struct work *w, size_t ops, take_fn *take, give_fn *give)
{
    for (size_t i = 0; i < ops; i++) {
        void *block = must(take(w));

        bench_keep(block);
        give(w, block);
    }
}

PATTERN bulk(struct work *w, size_t ops, take_fn *take, give_fn *give)
{
    for (size_t done = 0; done < ops; done += w->blocks) {
        for (size_t i = 0; i < w->blocks; i++)
            w->held[i] = must(take(w));
        for (size_t i = 0; i < w->blocks; i++)
            give(w, w->held[i]);
    }
}

/* Two steps make a pair, on average. */
PATTERN lifetimes(struct work *w, size_t ops, take_fn *take, give_fn *give)
{
    for (size_t step = 0; step < 2 * ops; step++) {
        void **slot = &w->held[w->dice[w->at++ % DICE]];

        if (*slot) {
            give(w, *slot);
            *slot = NULL;
        } else {
            *slot = must(take(w));
        }
    }
}

#define WITH(allocator) \
    static uint64_t hot_##allocator(struct bench_case *c, size_t ops) \
    { \
        hot(c->data, ops, take_##allocator, give_##allocator); \
        return 0; \
    } \
    static uint64_t bulk_##allocator(struct bench_case *c, size_t ops) \
    { \
        bulk(c->data, ops, take_##allocator, give_##allocator); \
        return 0; \
    } \
    static uint64_t random_##allocator(struct bench_case *c, size_t ops) \
    { \
        lifetimes(c->data, ops, take_##allocator, give_##allocator); \
        return 0; \
    }

WITH(pw)
WITH(malloc)
WITH(mmap)

/* ------------------------------------------------------------ the cases */

static const struct allocator {
    const char *variant;
    int ours; /* LISTS or CORE, else OURS */
    take_fn *take;
    give_fn *give;
    run_fn *hot, *bulk, *random;
} allocators[] = {
    {"pw", LISTS, take_pw, give_pw, hot_pw, bulk_pw, random_pw},
    {"pw-core", CORE, take_pw, give_pw, hot_pw, bulk_pw, random_pw},
    {"malloc", OURS, take_malloc, give_malloc, hot_malloc, bulk_malloc,
     random_malloc},
    {"mmap", OURS, take_mmap, give_mmap, hot_mmap, bulk_mmap, random_mmap},
};

static struct work *new_work(const struct allocator *a, int experiment,
                             unsigned order)
{
    struct work *w = calloc(1, sizeof(*w));
    const size_t half = FRAMES / 2 >> order;
    uint64_t state = bench_seed();

    if (!w)
        bench_die("out of memory", "free some");
    if (a->ours != OURS)
        w->zone = &zones[experiment][a->ours];
    w->allocator = a;
    w->order = order;
    w->blocks = half < BLOCKS ? half : BLOCKS;
    w->held = calloc(w->blocks, sizeof(*w->held));
    w->dice = calloc(DICE, sizeof(*w->dice));
    if (!w->held || !w->dice)
        bench_die("out of memory", "free some");
    for (size_t i = 0; i < DICE; i++)
        w->dice[i] = (uint16_t)(bench_random(&state) % w->blocks);
    return w;
}

/*
 * Each run begins with a whole zone: what the per-CPU list holds from
 * another case would leave blocks split, and a split block is cheaper to
 * take from than a whole one.
 */
static void begin(struct bench_case *c, size_t ops)
{
    struct work *w = c->data;

    (void)ops;
    if (w->zone)
        pw_zone_drain(w->zone);
}

/* Random lifetimes begin with every second slot full ... */
static void begin_random(struct bench_case *c, size_t ops)
{
    struct work *w = c->data;

    begin(c, ops);
    for (size_t i = 0; i < w->blocks; i += 2)
        w->held[i] = must(w->allocator->take(w));
}

/* ... and leave nothing behind. */
static void end_random(struct bench_case *c, size_t ops)
{
    struct work *w = c->data;

    (void)ops;
    for (size_t i = 0; i < w->blocks; i++) {
        if (w->held[i])
            w->allocator->give(w, w->held[i]);
        w->held[i] = NULL;
    }
}

static void add_order(const struct allocator *a, unsigned order)
{
    struct bench_case c = {.variant = a->variant, .x = order};

    c.experiment = "page.hot";
    c.run = a->hot;
    c.setup = begin;
    c.data = new_work(a, HOT, order);
    c.counters = a->ours != OURS;
    bench_add(&c);

    c.experiment = "page.bulk";
    c.run = a->bulk;
    c.data = new_work(a, BULK, order);
    c.batch = ((struct work *)c.data)->blocks;
    c.counters = false;
    bench_add(&c);

    c.experiment = "page.random";
    c.run = a->random;
    c.setup = begin_random;
    c.cleanup = end_random;
    c.data = new_work(a, RANDOM, order);
    c.batch = 0;
    bench_add(&c);
}

/* One of ours, counted instruction by instruction. */
static void count_hot(const struct allocator *a, unsigned order)
{
    struct bench_case c = {.experiment = "page.hot",
                           .variant = a->variant,
                           .x = order,
                           .run = a->hot,
                           .setup = begin};

    c.data = new_work(a, HOT, order);
    step_record(&c, 2, 4);
}

/* ----------------------------------------------------------------- main */

int main(int argc, char **argv)
{
    const size_t count = sizeof(allocators) / sizeof(*allocators);

    bench_begin(argc, argv, "page");
    for (int i = 0; i < EXPERIMENTS; i++)
        if (pw_zone_init(&zones[i][LISTS], FRAMES, PW_BATCH) != 0 ||
            pw_zone_init(&zones[i][CORE], FRAMES, 0) != 0)
            bench_die("no memory for a zone", "free some");
    for (size_t i = 0; i < count; i++)
        for (unsigned order = 0; order < PW_ORDERS; order++)
            add_order(&allocators[i], order);
    for (size_t i = 0; i < count - 1; i++) /* not mmap */
        page_add_threads(allocators[i].variant, allocators[i].hot,
                         new_work(&allocators[i], THREADS, 0));
    page_add_bulk_calls(&zones[BULKAPI][LISTS]);
    bench_ratio("page.hot", "pw", "pw-core");
    bench_ratio("page.bulk", "pw", "pw-core");
    bench_ratio("page.random", "pw", "pw-core");
    bench_ratio("page.threads", "pw", "pw-core");
    bench_run();
    count_hot(&allocators[LISTS], 0); /* above, the lists do nothing */
    for (unsigned order = 0; order < PW_ORDERS; order++)
        count_hot(&allocators[CORE], order);
    page_state();
    return bench_end();
}
