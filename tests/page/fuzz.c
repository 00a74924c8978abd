/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the input is a program for a zone. Two bytes choose the
 * zone, then each pair of bytes is an operation and its argument. Wrong
 * frees are among them, of any frame and of any address: they must be
 * refused and change nothing. At the end all is freed and must merge.
 *
 *     page_fuzz [libFuzzer's options] tests/corpus/page
 */
#include "../../code/page/page.h"
#include "../common/fuzz.h"

#define MOST 300 /* blocks held */

static struct pw_zone *const zone = &pw_contig_zone;
static struct {
    struct pw_page *page;
    unsigned order;
} held[MOST];
static size_t nheld, frames;

static void alloc(unsigned order)
{
    struct pw_page *page;

    if (nheld == MOST)
        return;
    page = pw_zone_alloc(zone, order);
    REQUIRE(!page || order <= PW_MAX_ORDER);
    if (!page)
        return;
    held[nheld].page = page;
    held[nheld++].order = order;
    frames += (size_t)1 << order;
    *(char *)pw_page_address(zone, page) = 1;
}

static void drop(size_t i)
{
    REQUIRE(pw_zone_free(zone, held[i].page, held[i].order) == 0);
    frames -= (size_t)1 << held[i].order;
    held[i] = held[--nheld];
}

/* Free any (frame, order); right is what exactly one block answers to. */
static void free_any(size_t pfn, unsigned order)
{
    size_t i = 0;

    while (i < nheld && (pw_page_to_pfn(zone, held[i].page) != pfn ||
                         held[i].order != order))
        i++;
    if (i < nheld)
        drop(i);
    else
        REQUIRE(pw_zone_free(zone, zone->pages + pfn, order) < 0);
}

static void free_address(unsigned arg)
{
    char *at = zone->base + (ptrdiff_t)(arg * 512) - 4096;
    struct pw_page *page = pw_virt_to_page(zone, at);

    if (page && pw_page_address(zone, page) == at)
        return; /* free_any() does these */
    REQUIRE(pw_free_pages(at, arg % PW_ORDERS) < 0);
}

static void bulk(unsigned n)
{
    struct pw_page *pages[64];
    const size_t got = pw_zone_alloc_bulk(zone, n % 64, pages);

    REQUIRE(pw_zone_free_bulk(zone, got, pages) == 0);
}

static void operation(uint8_t op, uint8_t arg)
{
    switch (op % 8) {
    case 0:
    case 1: alloc(op % 2 ? arg % 16 : 0); break;
    case 2:
    case 3:
        if (nheld)
            drop(arg % nheld);
        break;
    case 4: free_any(arg, op / 8 % 16); break;
    case 5: free_address(arg); break;
    case 6: bulk(arg); break;
    default: pw_zone_drain(zone); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pw_zone_stat before, after;

    if (size < 2)
        return 0;
    REQUIRE(pw_zone_init(zone, 1 + data[0] + data[1] % 8 * 256u,
                         data[1] / 8 % (PW_BATCH + 1)) == 0);
    pw_zone_stat(zone, &before);
    for (size_t i = 2; i + 1 < size; i += 2)
        operation(data[i], data[i + 1]);
    pw_zone_stat(zone, &after);
    REQUIRE(after.used == frames && pw_zone_check(zone) == 0);
    while (nheld)
        drop(nheld - 1);
    pw_zone_drain(zone);
    pw_zone_stat(zone, &after);
    REQUIRE(memcmp(&before, &after, sizeof(after)) == 0);
    REQUIRE(pw_zone_check(zone) == 0);
    pw_zone_exit(zone);
    return 0;
}
