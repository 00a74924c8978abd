/* SPDX-License-Identifier: MIT */
/*
 * Threads on one space. Each signs every page of all the areas that it
 * holds. A frame or an address with two owners would show in the
 * signatures, and a missing lock to TSan.
 */
#include "../../code/vmalloc/vmalloc.h"
#include "../common/crew.h"

#define FRAMES 3000
#define PAGES 6000

static size_t *page(const struct thing *area, size_t i)
{
    return (size_t *)area->at + i * PORT_PAGE_SIZE / sizeof(size_t);
}

static void take(struct thing *area, size_t n)
{
    area->at = pw_vmalloc(n * PORT_PAGE_SIZE);
    area->n = n;
    for (size_t i = 0; area->at && i < n; i++)
        *page(area, i) = (size_t)area->at + i;
}

static void give_back(struct thing *area)
{
    for (size_t i = 0; i < area->n; i++) {
        if (*page(area, i) != (size_t)area->at + i)
            die("a page has two owners");
        if (!pw_vmalloc_to_page(page(area, i)))
            die("a page has no frame");
    }
    if (pw_vfree(area->at) != 0)
        die("a right free was refused");
    area->at = NULL;
}

static void list_some(size_t at)
{
    struct pw_vspace_stat stat;
    char line[200];

    pw_vmallocinfo(&at, line, sizeof(line));
    pw_vspace_stat(&pw_vmalloc_space, &stat);
    if (stat.used + stat.lazy > PAGES)
        die("more is used than there is");
}

static void one_step(struct thing *area, unsigned *dice)
{
    const unsigned what = rnd(dice, 100), n = rnd(dice, 16);

    if (area->at && what < 55)
        give_back(area);
    else if (!area->at && what < 90)
        take(area, 1 + n % 9);
    else if (what < 97)
        swap_by_post(area, n);
    else if (what < 98)
        pw_vspace_purge(&pw_vmalloc_space);
    else
        list_some(n * 100);
}

/* One range again, and all frames with the zone. */
static void settle(void)
{
    struct pw_vspace_stat stat;
    struct pw_zone_stat frames;

    pw_vspace_purge(&pw_vmalloc_space);
    pw_vspace_stat(&pw_vmalloc_space, &stat);
    pw_zone_stat(&pw_contig_zone, &frames);
    if (stat.largest != PAGES - 1 || frames.used != 0)
        die("pages or frames were lost");
    if (pw_vspace_check(&pw_vmalloc_space) != 0)
        die("the space is corrupt");
}

int main(int argc, char **argv)
{
    struct crew areas = {.held = 12,
                         .steps = 5000,
                         .step = one_step,
                         .give_back = give_back,
                         .settle = settle};

    if (pw_page_init(FRAMES) != 0 || pw_vmalloc_init(PAGES) != 0)
        die("no space");
    rounds_of(&areas, argc, argv);
    pw_vmalloc_exit();
    pw_page_exit();
    return 0;
}
