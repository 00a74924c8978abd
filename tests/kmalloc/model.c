/* SPDX-License-Identifier: MIT */
/*
 * Property test: random operations and the simplest model that can be
 * right, a list of the blocks in use. After every operation: a block is
 * large enough, aligned, overlaps no other one, and its contents are as
 * its owner left them, to its last byte; what was zeroed is 0; resizing
 * keeps what both sizes reach; every wrong free and resize is refused and
 * changes nothing. Memory runs out often, with and without the flags that
 * then help. Now and then: counts and all invariants. At the end all is
 * freed, and the zone must look as it did when it was new.
 *
 *     kmalloc_model OPERATIONS [SEED]
 */
#include "../../code/kmalloc/kmalloc.h"
#include "../common/model.h"

#define FRAMES 2000
#define RESERVE 16
#define MOST 20000 /* blocks in use */
#define WORDS (FRAMES * 4096 / 8)

struct block {
    char *at;
    size_t size, given;
    uint8_t stamp; /* what it is filled with, as far as size */
    bool zeroed;   /* every call for it had PW_GFP_ZERO */
};

static struct block blocks[MOST];
static size_t nblocks;
static uint8_t owned[WORDS]; /* is a word part of a block in use? */
static uint64_t needy;       /* checks that found the reserve in use */

/* Mostly small, as sizes are; some at the edges of classes; few large. */
static size_t some_size(void)
{
    const uint64_t dice = rnd(100);

    if (dice < 60)
        return 1 + rnd(256);
    if (dice < 80)
        return 1 + rnd(8192);
    if (dice < 98)
        return ((size_t)8 << rnd(11)) + rnd(3) - 1;
    return 1 + rnd(200000);
}

static pw_gfp_t some_flags(void)
{
    static const pw_gfp_t kinds[] = {PW_GFP_KERNEL, PW_GFP_KERNEL,
                                     PW_GFP_ATOMIC, PW_GFP_NOWAIT,
                                     PW_GFP_KERNEL | PW_GFP_HIGH};

    return kinds[rnd(5)] | PW_GFP_NOWARN | (rnd(3) ? 0 : PW_GFP_ZERO);
}

static bool holds(const char *at, size_t n, int value)
{
    for (size_t i = 0; i < n; i++)
        if (at[i] != (char)value)
            return false;
    return true;
}

static void set_owned(const struct block *b, uint8_t now)
{
    const size_t first = (size_t)(b->at - pw_contig_zone.base) / 8;

    for (size_t w = first; w < first + b->given / 8; w++) {
        REQUIRE(owned[w] == !now);
        owned[w] = now;
    }
}

static void fill(struct block *b)
{
    b->stamp = (uint8_t)(1 + rnd(255));
    memset(b->at, b->stamp, b->size);
}

static void look(const struct block *b)
{
    REQUIRE(holds(b->at, b->size, b->stamp));
    REQUIRE(!b->zeroed || holds(b->at + b->size, b->given - b->size, 0));
    REQUIRE(pw_ksize(b->at) == b->given);
}

/* A new block, not yet filled. From the reserve it is a whole frame. */
static void enter(struct block *b)
{
    const size_t natural = b->size & -b->size;

    b->given = pw_ksize(b->at);
    REQUIRE(b->given == pw_kmalloc_size_roundup(b->size) ||
            b->given == 4096);
    REQUIRE(b->given >= b->size);
    REQUIRE((uintptr_t)b->at % 8 == 0);
    REQUIRE(natural != b->size || (uintptr_t)b->at % natural == 0);
    set_owned(b, 1);
}

static void do_alloc(void)
{
    const pw_gfp_t flags = some_flags();
    struct block *b = &blocks[nblocks];

    if (nblocks == MOST)
        return;
    b->size = some_size();
    b->at = pw_kmalloc(b->size, flags);
    if (!b->at) {
        failed++;
        return;
    }
    nblocks++;
    enter(b);
    b->zeroed = flags & PW_GFP_ZERO;
    REQUIRE(!b->zeroed || holds(b->at, b->given, 0));
    fill(b);
}

static void do_free(size_t i)
{
    look(&blocks[i]);
    set_owned(&blocks[i], 0);
    REQUIRE(pw_kfree(blocks[i].at) == 0);
    blocks[i] = blocks[--nblocks];
}

static void do_resize(size_t i)
{
    const struct block old = blocks[i];
    const pw_gfp_t flags = some_flags();
    struct block *b = &blocks[i];
    const size_t size = some_size();
    const size_t both = size < old.size ? size : old.size;
    char *at;

    look(b);
    at = pw_krealloc(b->at, size, flags);
    if (!at) {
        failed++;
        look(b);
        return;
    }
    REQUIRE(size > old.given || at == old.at);
    REQUIRE(holds(at, both, old.stamp));
    set_owned(&old, 0);
    *b = (struct block){.at = at, .size = size, .given = old.given};
    b->zeroed = old.zeroed && flags & PW_GFP_ZERO;
    if (at == old.at)
        set_owned(b, 1);
    else
        enter(b);
    REQUIRE(!b->zeroed || holds(at + both, b->given - both, 0));
    fill(b);
}

/* An array: of n elements, or of more than there can be. */
static void do_array(void)
{
    const size_t size = 2 + rnd(100), n = rnd(100);
    const pw_gfp_t flags = some_flags();
    char *at;

    REQUIRE(!pw_kmalloc_array(SIZE_MAX / size + 1, size, flags));
    REQUIRE(!pw_kcalloc(size + 1, SIZE_MAX / size, flags));
    at = pw_kcalloc(n, size, flags);
    REQUIRE(n != 0 || at == PW_ZERO_SIZE_PTR);
    if (!at)
        return;
    REQUIRE(pw_ksize(at) >= n * size);
    REQUIRE(holds(at, n * size, 0));
    REQUIRE(pw_kfree(at) == 0);
}

/*
 * An address that is no block's. Objects that are free but may be in a
 * magazine are left out: that they are free cannot always be seen.
 */
static void do_wrong(void)
{
    char *at = pw_contig_zone.base + rnd((FRAMES + 2) * 4096) - 4096;

    if (nblocks && rnd(2)) {
        const struct block *b = &blocks[rnd(nblocks)];

        at = b->at + 1 + rnd(b->given - 1);
    } else if (at >= pw_contig_zone.base &&
               pw_cache_of(&pw_contig_zone, at) && (uintptr_t)at % 8 == 0) {
        return;
    }
    for (size_t i = 0; i < nblocks; i++)
        if (blocks[i].at == at)
            return;
    refused++;
    REQUIRE(pw_kfree(at) < 0);
    REQUIRE(pw_krealloc(at, 1 + rnd(100), PW_GFP_KERNEL) == NULL);
    REQUIRE(pw_ksize(at) == 0);
}

static void check_counts(void)
{
    struct pw_kmalloc_stat stat;

    pw_kmalloc_stat(&stat);
    REQUIRE(stat.active + stat.large == nblocks);
    REQUIRE(stat.low == RESERVE && stat.reserve <= RESERVE);
    needy += stat.reserve < RESERVE;
    REQUIRE(pw_kmalloc_check() == 0);
    REQUIRE(pw_zone_check(&pw_contig_zone) == 0);
}

static void one_step(unsigned wish)
{
    const uint64_t dice = rnd(1000);

    if (dice < 2)
        pw_cache_reap(NULL);
    else if (dice < 30)
        do_wrong();
    else if (dice < 40)
        do_array();
    else if (nblocks && dice < 150)
        do_resize(rnd(nblocks));
    else if (nblocks && rnd(100) >= wish)
        do_free(rnd(nblocks));
    else
        do_alloc();
    if (step % 2048 == 0)
        check_counts();
}

/* Fill, thin out, fill again; then free all. */
static void one_life(uint64_t steps)
{
    struct pw_zone_stat fresh, after;

    REQUIRE(pw_page_init(FRAMES) == 0);
    pw_zone_stat(&pw_contig_zone, &fresh);
    REQUIRE(pw_kmalloc_init(RESERVE, rnd(3) ? 0 : PW_CACHE_NO_MAGAZINES) ==
            0);
    for (uint64_t i = 0; i < steps; i++, step++)
        one_step(i / 15000 % 2 ? 35 : 68);
    while (nblocks)
        do_free(rnd(nblocks));
    check_counts();
    REQUIRE(pw_kmalloc_exit() == 0);
    pw_zone_drain(&pw_contig_zone);
    pw_zone_stat(&pw_contig_zone, &after);
    REQUIRE(memcmp(&fresh, &after, sizeof(after)) == 0);
    pw_page_exit();
}

int main(int argc, char **argv)
{
    const uint64_t most = number(argc, argv, 1, 500000);

    plant_seed(number(argc, argv, 2, 1));
    while (step < most)
        one_life(50000);
    REQUIRE(failed > 0 && refused > 0 && needy > 0);
    say_what_was_done();
    return 0;
}
