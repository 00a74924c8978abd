/* SPDX-License-Identifier: MIT */
/*
 * Moments of the reserve, for diagrams; nothing is measured. A zone is
 * used up a page at a time, then some of it comes back:
 *
 *   reserve  what is asked for (page: a frame of the page allocator,
 *            ordinary: a block, high: a block of the reserve; back: such a
 *            block or a frame is freed), then free frames of the zone,
 *            frames in the reserve, whether it was served
 *   low      frames that the reserve should have
 */
#include "../../code/kmalloc/kmalloc.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 4096, RESERVE = 8, MOST = 4096, LEFT = 5, URGENT = 6 };

static void *held[MOST], *urgent[URGENT];
static size_t nheld;

static void tell(const char *what, bool served)
{
    struct pw_kmalloc_stat stat;
    struct pw_zone_stat zone;

    pw_kmalloc_stat(&stat);
    pw_zone_stat(&pw_contig_zone, &zone);
    printf("reserve\t%s\t%zu\t%zu\t%d\n", what, zone.free + zone.cached,
           stat.reserve, served);
}

static void page(bool say)
{
    held[nheld++] = pw_get_free_page();
    if (say)
        tell("page", held[nheld - 1] != NULL);
}

static void *ask(pw_gfp_t flags)
{
    void *block = pw_kmalloc(PAGE, flags | PW_GFP_NOWARN);

    tell(flags & PW_GFP_HIGH ? "high" : "ordinary", block != NULL);
    return block;
}

static size_t left(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&pw_contig_zone, &stat);
    return stat.free + stat.cached;
}

int main(void)
{
    if (pw_page_init(256) != 0 || pw_kmalloc_init(RESERVE, 0) != 0) {
        fprintf(stderr, "pagewise: moments: no memory; free some\n");
        return 1;
    }
    printf("low\t%d\n", RESERVE);
    while (left() > LEFT && nheld < MOST)
        page(false);
    for (int i = 0; i < LEFT; i++)
        page(true);
    ask(PW_GFP_NOWAIT);
    ask(PW_GFP_NOWAIT);
    for (int i = 0; i < URGENT; i++)
        urgent[i] = ask(PW_GFP_NOWAIT | PW_GFP_HIGH);
    ask(PW_GFP_NOWAIT);
    for (int i = 0; i < URGENT; i++) {
        pw_kfree(urgent[i]);
        tell("back", true);
    }
    for (int i = 0; i < 4; i++) {
        pw_free_page(held[--nheld]);
        tell("back", true);
    }
    ask(PW_GFP_NOWAIT);
    return 0;
}
