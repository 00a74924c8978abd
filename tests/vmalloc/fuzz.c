/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the input is a program for a space. Three bytes choose
 * zone and space, then each pair of bytes is an operation and its
 * argument. Wrong frees of any address are among them: they must be
 * refused and change nothing. At the end all is freed and must merge.
 *
 *     vmalloc_fuzz [libFuzzer's options] tests/corpus/vmalloc
 */
#include "../../code/vmalloc/vmalloc_core.h"
#include "../common/fuzz.h"

#define MOST 200 /* areas held */

static struct pw_vspace *const space = &pw_vmalloc_space;
static struct {
    char *p;
    struct pw_page *frame; /* mapped by us, or NULL */
    size_t n;
} held[MOST];
static size_t nheld;

static void alloc(size_t size)
{
    char *p;

    if (nheld == MOST)
        return;
    p = pw_vmalloc(size);
    REQUIRE(!p || size > 0);
    if (!p)
        return;
    p[0] = p[size - 1] = 1;
    held[nheld].p = p;
    held[nheld].frame = NULL;
    held[nheld++].n = (size + PORT_PAGE_SIZE - 1) / PORT_PAGE_SIZE;
}

/* One frame under n addresses. */
static void map(size_t n)
{
    struct pw_page *frames[16], *frame;
    char *p;

    if (nheld == MOST || !(frame = pw_alloc_pages(0)))
        return;
    for (size_t i = 0; i < n; i++)
        frames[i] = frame;
    p = pw_vmap(frames, n);
    if (!p) {
        REQUIRE(pw_zone_free(&pw_contig_zone, frame, 0) == 0);
        return;
    }
    p[0] = (char)n;
    REQUIRE(p[(n - 1) * PORT_PAGE_SIZE] == (char)n);
    held[nheld].p = p;
    held[nheld].frame = frame;
    held[nheld++].n = n;
}

static void drop(size_t i)
{
    if (held[i].frame) {
        REQUIRE(pw_vunmap(held[i].p) == 0);
        REQUIRE(pw_zone_free(&pw_contig_zone, held[i].frame, 0) == 0);
    } else {
        REQUIRE(pw_vfree(held[i].p) == 0);
    }
    held[i] = held[--nheld];
}

static void free_any(unsigned arg)
{
    char *p = space->range.base + arg * 2048 - 2048;

    for (size_t i = 0; i < nheld; i++)
        if (held[i].p == p)
            return;
    REQUIRE(pw_vfree(p) < 0);
    REQUIRE(pw_vunmap(p) < 0);
}

/* Take and give a range by itself, with an alignment. */
static void range(unsigned size, unsigned align)
{
    const uint32_t at = pw_vrange_take(space, size, 1u << align);

    if (!at)
        return;
    REQUIRE(((uintptr_t)pw_vpage_address(space, at) >> PORT_PAGE_SHIFT) %
                (1u << align) ==
            0);
    space->pages[at].size = size;
    space->pages[at].state = PW_V_BUSY;
    pw_vrange_give(space, at, size);
}

static void operation(uint8_t op, uint8_t arg)
{
    switch (op % 8) {
    case 0: alloc(arg * 64u); break;
    case 1: alloc(arg * 1024u); break;
    case 2:
    case 3:
        if (nheld)
            drop(arg % nheld);
        break;
    case 4: free_any(arg); break;
    case 5: map(1 + arg % 16); break;
    case 6: range(1 + arg, op / 8 % 8); break;
    default: pw_vspace_purge(space); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pw_vspace_stat stat;
    struct pw_zone_stat frames;

    if (size < 3)
        return 0;
    REQUIRE(pw_page_init(1 + data[0]) == 0);
    REQUIRE(pw_vmalloc_init(3 + data[1] + data[2] % 4 * 256u) == 0);
    for (size_t i = 3; i + 1 < size; i += 2)
        operation(data[i], data[i + 1]);
    REQUIRE(pw_vspace_check(space) == 0);
    while (nheld)
        drop(nheld - 1);
    pw_vspace_purge(space);
    pw_vspace_stat(space, &stat);
    pw_zone_stat(&pw_contig_zone, &frames);
    REQUIRE(stat.largest == space->npages - 1u && stat.areas == 0);
    REQUIRE(frames.used == 0 && pw_vspace_check(space) == 0);
    pw_vmalloc_exit();
    pw_page_exit();
    return 0;
}
