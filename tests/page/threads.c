/* SPDX-License-Identifier: MIT */
/*
 * Threads on one zone. Each writes into all the blocks that it holds: two
 * owners of one frame would be a race that TSan sees even where the
 * signatures do not. Threads that end leave their CPU slots, and what is
 * cached there, to new ones.
 */
#include "../../code/page/page.h"
#include "../common/crew.h"

#define FRAMES 3000

static struct pw_zone zone;

static size_t words(const struct thing *block)
{
    return (PORT_PAGE_SIZE << block->n) / sizeof(size_t);
}

/* Sign every 128th word: enough to meet any other owner's. */
static void sign(const struct thing *block)
{
    size_t *at = pw_page_address(&zone, block->at);

    for (size_t i = 0; i < words(block); i += 128)
        at[i] = (size_t)block->at + i;
}

static void give_back(struct thing *block)
{
    const size_t *at = pw_page_address(&zone, block->at);

    for (size_t i = 0; i < words(block); i += 128)
        if (at[i] != (size_t)block->at + i)
            die("a block has two owners");
    if (pw_zone_free(&zone, block->at, (unsigned)block->n) != 0)
        die("a right free was refused");
    block->at = NULL;
}

static void one_step(struct thing *block, unsigned *dice)
{
    const unsigned order = rnd(dice, 4) ? 0 : rnd(dice, 6);
    const unsigned what = rnd(dice, 100);
    struct pw_zone_stat stat;

    if (block->at && what < 55) {
        give_back(block);
    } else if (!block->at && what < 90) {
        block->n = order;
        block->at = pw_zone_alloc(&zone, order);
        if (block->at)
            sign(block);
    } else if (what < 98) {
        swap_by_post(block, order * 5 + what % 5);
    } else if (what < 99) {
        pw_zone_drain(&zone);
    } else {
        pw_zone_stat(&zone, &stat);
        if (stat.free > FRAMES)
            die("more is free than there is");
    }
}

/* Nothing may be lost, and what is free must have merged. */
static void settle(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&zone, &stat);
    if (stat.used != 0 || stat.free + stat.cached != FRAMES)
        die("frames were lost");
    if (pw_zone_check(&zone) != 0)
        die("the zone is corrupt");
}

int main(int argc, char **argv)
{
    struct crew blocks = {.held = 64,
                          .steps = 20000,
                          .step = one_step,
                          .give_back = give_back,
                          .settle = settle};

    if (pw_zone_init(&zone, FRAMES, PW_BATCH) != 0)
        die("no zone");
    rounds_of(&blocks, argc, argv);
    pw_zone_exit(&zone);
    return 0;
}
