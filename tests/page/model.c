/* SPDX-License-Identifier: MIT */
/*
 * Property test: random operations on a zone and on the simplest model
 * that can be right, an array with the owner of each frame. After every
 * operation: the block is within the zone, aligned, of nobody else; its
 * contents are as its owner left them; every wrong free is refused and
 * changes nothing. Now and then: counts and all invariants. At the end
 * everything is freed and the zone must look as it did when new.
 *
 *     page_model OPERATIONS [SEED]
 */
#include "../../code/page/page.h"
#include "../common/model.h"

#define MAX_FRAMES 5000
#define MAX_BLOCKS MAX_FRAMES

struct block {
    struct pw_page *page;
    size_t pfn;
    unsigned order;
    uint64_t stamp; /* written into the block's first and last word */
};

static struct pw_zone zone;
static struct pw_zone_stat fresh;
static struct block blocks[MAX_BLOCKS];
static size_t nblocks, frames_used;
static uint8_t owned[MAX_FRAMES];

static uint64_t *last_word(const struct block *b)
{
    char *at = pw_page_address(&zone, b->page);

    return (uint64_t *)(at + (PORT_PAGE_SIZE << b->order)) - 1;
}

static void take_block(struct pw_page *page, unsigned order)
{
    const size_t size = (size_t)1 << order;
    struct block *b = &blocks[nblocks++];

    b->page = page;
    b->order = order;
    b->pfn = pw_page_to_pfn(&zone, page);
    b->stamp = rnd(UINT32_MAX);
    REQUIRE(b->pfn % size == 0);
    REQUIRE(b->pfn + size <= zone.nframes);
    for (size_t i = 0; i < size; i++) {
        REQUIRE(!owned[b->pfn + i]);
        owned[b->pfn + i] = 1;
    }
    frames_used += size;
    *(uint64_t *)pw_page_address(&zone, page) = b->stamp;
    *last_word(b) = b->stamp;
}

/* Forget block i, after looking whether its contents are untouched. */
static struct block drop_block(size_t i)
{
    const struct block b = blocks[i];

    REQUIRE(*(uint64_t *)pw_page_address(&zone, b.page) == b.stamp);
    REQUIRE(*last_word(&b) == b.stamp);
    memset(owned + b.pfn, 0, (size_t)1 << b.order);
    frames_used -= (size_t)1 << b.order;
    blocks[i] = blocks[--nblocks];
    return b;
}

/* Is there an aligned run of frames that nobody owns? */
static bool could_fit(unsigned order)
{
    const size_t size = (size_t)1 << order;

    for (size_t pfn = 0; pfn + size <= zone.nframes; pfn += size) {
        size_t i = 0;

        while (i < size && !owned[pfn + i])
            i++;
        if (i == size)
            return true;
    }
    return false;
}

static void do_alloc(unsigned order)
{
    struct pw_page *page = pw_zone_alloc(&zone, order);

    if (page) {
        take_block(page, order);
    } else {
        failed++;
        REQUIRE(!could_fit(order));
    }
}

static void do_free(size_t i)
{
    const struct block b = drop_block(i);

    REQUIRE(pw_zone_free(&zone, b.page, b.order) == 0);
}

static void do_bulk(void)
{
    struct pw_page *pages[100];
    const size_t n = rnd(100), before = frames_used;
    const size_t got = pw_zone_alloc_bulk(&zone, n, pages);

    REQUIRE(got <= n);
    for (size_t i = 0; i < got; i++)
        take_block(pages[i], 0);
    REQUIRE(got == n || before + got == zone.nframes);
    if (rnd(2) == 0)
        return;
    for (size_t i = 0; i < got; i++)
        drop_block(nblocks - 1);
    REQUIRE(pw_zone_free_bulk(&zone, got, pages) == 0);
}

/* A free that must be refused: nothing fits (frame, order) but a block. */
static void do_wrong_free(void)
{
    const size_t pfn = rnd(zone.nframes + 2);
    const unsigned order = (unsigned)rnd(PW_ORDERS + 2);

    for (size_t i = 0; i < nblocks; i++)
        if (blocks[i].pfn == pfn && blocks[i].order == order)
            return;
    refused++;
    REQUIRE(pw_zone_free(&zone, zone.pages + pfn, order) < 0);
}

static void check_counts(void)
{
    struct pw_zone_stat stat;
    size_t free = 0;

    pw_zone_stat(&zone, &stat);
    for (unsigned i = 0; i < PW_ORDERS; i++)
        free += (size_t)stat.nr_free[i] << i;
    REQUIRE(free == stat.free);
    REQUIRE(stat.used == frames_used);
    REQUIRE(stat.free + stat.cached + stat.used == zone.nframes);
    REQUIRE(pw_zone_check(&zone) == 0);
}

static void one_step(unsigned wish)
{
    const uint64_t dice = rnd(100);
    const bool grow = nblocks == 0 || rnd(100) < wish;

    if (dice < 2)
        do_bulk();
    else if (dice < 3)
        pw_zone_drain(&zone);
    else if (dice < 6)
        do_wrong_free();
    else if (!grow)
        do_free(rnd(nblocks));
    else if (rnd(4) != 0)
        do_alloc(0);
    else
        do_alloc((unsigned)rnd(PW_ORDERS));
    if (step % 512 == 0)
        check_counts();
}

/* One zone: fill, thin out, fill again; then free all. */
static void one_zone(uint64_t steps)
{
    const size_t nframes = 1 + rnd(rnd(2) ? MAX_FRAMES : 70);
    const unsigned batch = (unsigned)rnd(3) * PW_BATCH / 2;
    struct pw_zone_stat end;

    REQUIRE(pw_zone_init(&zone, nframes, batch) == 0);
    pw_zone_stat(&zone, &fresh);
    for (uint64_t i = 0; i < steps; i++, step++)
        one_step(i / 2000 % 2 ? 35 : 60);
    while (nblocks)
        do_free(nblocks - 1);
    pw_zone_drain(&zone);
    pw_zone_stat(&zone, &end);
    REQUIRE(memcmp(&fresh, &end, sizeof(end)) == 0);
    REQUIRE(pw_zone_check(&zone) == 0);
    pw_zone_exit(&zone);
}

int main(int argc, char **argv)
{
    const uint64_t most = number(argc, argv, 1, 1000000);

    plant_seed(number(argc, argv, 2, 1));
    while (step < most)
        one_zone(20000);
    say_what_was_done();
    return 0;
}
