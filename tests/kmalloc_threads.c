/* SPDX-License-Identifier: MIT */
/*
 * Threads on one kmalloc, meant to run under TSan. Each holds some
 * blocks, small ones and large ones, hands some over to others, frees and
 * resizes what others allocated, and writes into all that it holds: two
 * owners of one block would be a race that TSan sees even where the
 * stamps do not. Memory is so short that requests fail, that those which
 * may wait reap the caches, and that atomic ones use the reserve up.
 * Threads end and new ones inherit their CPU slots; in one round there
 * are more threads than slots.
 *
 *     kmalloc_threads STEPS
 */
#include "../code/kmalloc/kmalloc.h"
#include "tools.h"

#define FRAMES 700
#define RESERVE 20
#define HELD 100
#define POSTS 64

struct block {
    size_t *at;
    size_t words;
};

static struct block posts[POSTS]; /* blocks on their way to a thread */
static pthread_mutex_t post_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned steps, round_number;
static unsigned failed; /* requests */

/* The first and the last word: enough to meet any other owner's. */
static void sign(struct block *b)
{
    b->words = pw_ksize(b->at) / sizeof(size_t);
    b->at[0] = b->at[b->words - 1] = (size_t)b->at + b->words;
}

static void look(const struct block *b)
{
    REQUIRE(b->at[0] == (size_t)b->at + b->words);
    REQUIRE(b->at[b->words - 1] == b->at[0]);
}

static void give_back(struct block *b)
{
    look(b);
    REQUIRE(pw_kfree(b->at) == 0);
    b->at = NULL;
}

static size_t some_size(uint64_t *state)
{
    return 1 + rnd_of(state, rnd_of(state, 5) ? 300 : 20000);
}

static pw_gfp_t some_flags(uint64_t *state)
{
    static const pw_gfp_t kinds[] = {PW_GFP_KERNEL, PW_GFP_ATOMIC,
                                     PW_GFP_NOWAIT,
                                     PW_GFP_KERNEL | PW_GFP_ZERO};

    return kinds[rnd_of(state, 4)] | PW_GFP_NOWARN;
}

static void get(struct block *b, uint64_t *state)
{
    b->at = pw_kmalloc(some_size(state), some_flags(state));
    if (b->at)
        sign(b);
    else
        __atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
}

static void resize(struct block *b, uint64_t *state)
{
    size_t *at, first;

    look(b);
    first = b->at[0];
    at = pw_krealloc(b->at, some_size(state) + 8,
                     some_flags(state) & ~PW_GFP_ZERO);
    if (!at) {
        look(b);
        return;
    }
    REQUIRE(at[0] == first);
    b->at = at;
    sign(b);
}

static void swap_by_post(struct block *b, size_t slot)
{
    struct block other;

    pthread_mutex_lock(&post_lock);
    other = posts[slot];
    posts[slot] = *b;
    *b = other;
    pthread_mutex_unlock(&post_lock);
}

static void one_step(struct block *b, uint64_t *state)
{
    const uint64_t dice = rnd_of(state, 1000);
    struct pw_kmalloc_stat stat;

    if (b->at && dice < 400)
        give_back(b);
    else if (b->at && dice < 500)
        resize(b, state);
    else if (!b->at && dice < 900)
        get(b, state);
    else if (dice < 995)
        swap_by_post(b, dice % POSTS);
    else if (dice < 997)
        pw_cache_reap(NULL);
    else
        pw_kmalloc_stat(&stat);
}

static void *work(void *arg)
{
    struct block held[HELD] = {{NULL, 0}};
    uint64_t state =
        rnd_start((uintptr_t)arg + 1000 * (uint64_t)round_number);

    for (unsigned i = 0; i < steps; i++)
        one_step(&held[rnd_of(&state, HELD)], &state);
    for (unsigned i = 0; i < HELD; i++)
        if (held[i].at)
            give_back(&held[i]);
    return NULL;
}

/* All blocks are back: nothing may be lost. */
static void settle(void)
{
    struct pw_kmalloc_stat stat;

    for (unsigned i = 0; i < POSTS; i++)
        if (posts[i].at)
            give_back(&posts[i]);
    pw_kmalloc_stat(&stat);
    REQUIRE(stat.active == 0 && stat.large == 0 && stat.frames == 0);
    REQUIRE(pw_kmalloc_check() == 0);
}

int main(int argc, char **argv)
{
    static const unsigned rounds[] = {2, 4, 1, 8, PORT_CPUS + 8, 3};
    struct pw_zone_stat stat;

    steps = argc > 1 ? (unsigned)atoi(argv[1]) : 10000;
    REQUIRE(pw_page_init(FRAMES) == 0);
    REQUIRE(pw_kmalloc_init(RESERVE, 0) == 0);
    for (; round_number < 6; round_number++) {
        crew_run(rounds[round_number], work);
        settle();
    }
    REQUIRE(failed > 0);
    REQUIRE(pw_kmalloc_exit() == 0);
    pw_zone_stat(&pw_contig_zone, &stat);
    REQUIRE(stat.used == 0);
    pw_page_exit();
    printf("6 rounds of up to %d threads, %u requests failed, nothing "
           "lost\n",
           PORT_CPUS + 8, failed);
    return 0;
}
