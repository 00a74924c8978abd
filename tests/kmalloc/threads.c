/* SPDX-License-Identifier: MIT */
/*
 * Threads on one kmalloc. Each signs the first and the last word of all
 * the blocks that it holds, small ones and large ones, and resizes what
 * others allocated: two owners of one block would be a race that TSan
 * sees even where the signatures do not. Memory is so short that requests
 * fail, that those which may wait reap the caches, and that atomic ones
 * use the reserve up.
 */
#include "../../code/kmalloc/kmalloc.h"
#include "../common/crew.h"

#define FRAMES 700
#define RESERVE 20

static unsigned failed; /* requests */

/* Enough to meet any other owner's. */
static void sign(struct thing *block)
{
    size_t *at = block->at;

    block->n = pw_ksize(at) / sizeof(size_t);
    at[0] = at[block->n - 1] = (size_t)at + block->n;
}

static void look(const struct thing *block)
{
    const size_t *at = block->at;

    if (at[0] != (size_t)at + block->n || at[block->n - 1] != at[0])
        die("a block has two owners");
}

static void give_back(struct thing *block)
{
    look(block);
    if (pw_kfree(block->at) != 0)
        die("a right free was refused");
    block->at = NULL;
}

static size_t some_size(unsigned *dice)
{
    return 1 + rnd(dice, rnd(dice, 5) ? 300 : 20000);
}

static pw_gfp_t some_flags(unsigned *dice)
{
    static const pw_gfp_t kinds[] = {PW_GFP_KERNEL, PW_GFP_ATOMIC,
                                     PW_GFP_NOWAIT,
                                     PW_GFP_KERNEL | PW_GFP_ZERO};

    return kinds[rnd(dice, 4)] | PW_GFP_NOWARN;
}

static void take(struct thing *block, unsigned *dice)
{
    const size_t size = some_size(dice);

    block->at = pw_kmalloc(size, some_flags(dice));
    if (block->at)
        sign(block);
    else
        __atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
}

static void resize(struct thing *block, unsigned *dice)
{
    const size_t first = *(size_t *)block->at, size = 8 + some_size(dice);
    size_t *at;

    look(block);
    at = pw_krealloc(block->at, size, some_flags(dice) & ~PW_GFP_ZERO);
    if (!at) {
        look(block);
        return;
    }
    if (at[0] != first)
        die("a resized block lost what it held");
    block->at = at;
    sign(block);
}

static void one_step(struct thing *block, unsigned *dice)
{
    const unsigned what = rnd(dice, 1000);
    struct pw_kmalloc_stat stat;

    if (block->at && what < 400)
        give_back(block);
    else if (block->at && what < 500)
        resize(block, dice);
    else if (!block->at && what < 900)
        take(block, dice);
    else if (what < 995)
        swap_by_post(block, what % POSTS);
    else if (what < 997)
        pw_cache_reap(NULL);
    else
        pw_kmalloc_stat(&stat);
}

/* Nothing may be lost. */
static void settle(void)
{
    struct pw_kmalloc_stat stat;

    pw_kmalloc_stat(&stat);
    if (stat.active != 0 || stat.large != 0 || stat.frames != 0)
        die("blocks were lost");
    if (pw_kmalloc_check() != 0)
        die("kmalloc is corrupt");
}

int main(int argc, char **argv)
{
    struct crew blocks = {.held = 100,
                          .steps = 10000,
                          .step = one_step,
                          .give_back = give_back,
                          .settle = settle};
    struct pw_zone_stat stat;

    if (pw_page_init(FRAMES) != 0 || pw_kmalloc_init(RESERVE, 0) != 0)
        die("no caches");
    rounds_of(&blocks, argc, argv);
    if (failed == 0)
        die("memory was never short");
    if (pw_kmalloc_exit() != 0)
        die("the caches cannot be given back");
    pw_zone_stat(&pw_contig_zone, &stat);
    if (stat.used != 0)
        die("frames were lost");
    pw_page_exit();
    return 0;
}
