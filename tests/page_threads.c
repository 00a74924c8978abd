/* SPDX-License-Identifier: MIT */
/*
 * Threads on one zone, meant to run under TSan. Each holds some blocks,
 * hands some over to others, frees what others took, and writes into all
 * that it holds: two owners of one frame would be a race that TSan sees
 * even where the stamps do not. Threads end and new ones inherit their
 * CPU slots; in the last round there are more threads than slots.
 *
 *     page_threads STEPS
 */
#include <stdio.h>
#include <stdlib.h>

#include "../code/page/page.h"

#define FRAMES 3000
#define HELD 64
#define POSTS 32
#define MOST_THREADS (PORT_CPUS + 8)

struct block {
    struct pw_page *page;
    unsigned order;
};

static struct pw_zone zone;
static struct block posts[POSTS]; /* blocks on their way to a thread */
static pthread_mutex_t post_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned steps;

static void die(const char *what)
{
    fprintf(stderr, "tests/page_threads.c: %s\n", what);
    exit(1);
}

static unsigned rnd(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static size_t words(const struct block *b)
{
    return (PORT_PAGE_SIZE << b->order) / sizeof(size_t);
}

/* Sign every 128th word: enough to meet any other owner's. */
static void sign(const struct block *b)
{
    size_t *at = pw_page_address(&zone, b->page);

    for (size_t i = 0; i < words(b); i += 128)
        at[i] = (size_t)b->page + i;
}

static void give_back(struct block *b)
{
    const size_t *at = pw_page_address(&zone, b->page);

    for (size_t i = 0; i < words(b); i += 128)
        if (at[i] != (size_t)b->page + i)
            die("a block has two owners");
    if (pw_zone_free(&zone, b->page, b->order) != 0)
        die("a right free was refused");
    b->page = NULL;
}

static void swap_by_post(struct block *b, unsigned slot)
{
    struct block other;

    pthread_mutex_lock(&post_lock);
    other = posts[slot];
    posts[slot] = *b;
    *b = other;
    pthread_mutex_unlock(&post_lock);
}

static void one_step(struct block *b, unsigned dice, unsigned order)
{
    struct pw_zone_stat stat;

    if (b->page && dice < 55) {
        give_back(b);
    } else if (!b->page && dice < 90) {
        b->order = order;
        b->page = pw_zone_alloc(&zone, order);
        if (b->page)
            sign(b);
    } else if (dice < 98) {
        swap_by_post(b, order * 5 + dice % 5);
    } else if (dice < 99) {
        pw_zone_drain(&zone);
    } else {
        pw_zone_stat(&zone, &stat);
        if (stat.free > FRAMES)
            die("more is free than there is");
    }
}

static void *work(void *arg)
{
    struct block held[HELD] = {{NULL, 0}};
    unsigned state = (unsigned)(uintptr_t)arg * 7919u + 1;

    for (unsigned i = 0; i < steps; i++) {
        const unsigned order = rnd(&state, 4) ? 0 : rnd(&state, 6);

        one_step(&held[rnd(&state, HELD)], rnd(&state, 100), order);
    }
    for (unsigned i = 0; i < HELD; i++)
        if (held[i].page)
            give_back(&held[i]);
    return NULL;
}

static void round_of(unsigned threads)
{
    pthread_t ids[MOST_THREADS];

    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work,
                           (void *)(uintptr_t)(threads * 100 + i)) != 0)
            die("no thread");
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

/* All blocks are back: nothing may be lost, everything must merge. */
static void settle(void)
{
    struct pw_zone_stat stat;
    struct pw_page *page;

    for (unsigned i = 0; i < POSTS; i++)
        if (posts[i].page)
            give_back(&posts[i]);
    pw_zone_stat(&zone, &stat);
    if (stat.used != 0 || stat.free + stat.cached != FRAMES)
        die("frames were lost");
    if (pw_zone_check(&zone) != 0)
        die("the zone is corrupt");
    while ((page = pw_zone_alloc(&zone, 0)) != NULL)
        if (pw_zone_free(&zone, page, 0) != 0)
            die("a right free was refused");
        else
            break;
}

int main(int argc, char **argv)
{
    static const unsigned rounds[] = {2, 4, 1, 8, MOST_THREADS, 3};

    steps = argc > 1 ? (unsigned)atoi(argv[1]) : 20000;
    if (pw_zone_init(&zone, FRAMES, PW_BATCH) != 0)
        die("no zone");
    for (unsigned i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
        round_of(rounds[i]);
        settle();
    }
    pw_zone_exit(&zone);
    puts("6 rounds of up to 72 threads, nothing lost");
    return 0;
}
