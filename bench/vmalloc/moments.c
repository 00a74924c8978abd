/* SPDX-License-Identifier: MIT */
/*
 * Moments of a range of addresses, for diagrams; nothing is measured.
 *
 *   area     name of the moment, first page, pages, what it is: used,
 *            lazy or free
 *   node     name of the moment, page, size, max, priority, left, right
 *            (0: none): the tree of free ranges
 *   root     name of the moment, page
 *   pages    pages of the range
 *
 * The moments: "tree" is of many areas, some given back; "before", "lazy"
 * and "purged" are of few, before and after frees and after the purge.
 */
#include "../../code/vmalloc/vmalloc_core.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 4096, PAGES = 96, MOST = 32 };

static struct pw_zone zone;
static struct pw_vspace space;

static void *take(size_t pages)
{
    void *address = pw_vspace_alloc(&space, pages * PAGE, NULL);

    if (!address) {
        fprintf(stderr, "pagewise: moments: no area; free memory\n");
        exit(1);
    }
    return address;
}

static void give(void *address)
{
    pw_vspace_free(&space, address, PW_V_VMALLOC);
}

static void areas(const char *moment)
{
    const char *what;
    uint32_t at = 1;

    while (at < space.npages) {
        const struct pw_vpage *page = &space.pages[at];

        what = page->state == PW_V_FREE   ? "free"
               : page->state == PW_V_LAZY ? "lazy"
                                          : "used";
        printf("area\t%s\t%u\t%u\t%s\n", moment, at, page->size, what);
        at += page->size;
    }
}

static void nodes(const char *moment, uint32_t at)
{
    const struct pw_vpage *page = &space.pages[at];

    if (at == 0)
        return;
    nodes(moment, page->node.child[0]);
    printf("node\t%s\t%u\t%u\t%u\t%u\t%u\t%u\n", moment, at, page->size,
           page->node.max, page->prio, page->node.child[0],
           page->node.child[1]);
    nodes(moment, page->node.child[1]);
}

static void moment(const char *name)
{
    areas(name);
    printf("root\t%s\t%u\n", name, space.root);
    nodes(name, space.root);
}

static void begin(uint32_t pages)
{
    if (pw_zone_init(&zone, 1024, 0) != 0 ||
        pw_vspace_init(&space, &zone, pages) != 0) {
        fprintf(stderr, "pagewise: moments: no range; free memory\n");
        exit(1);
    }
}

static void end(void)
{
    pw_vspace_exit(&space);
    pw_zone_exit(&zone);
}

int main(void)
{
    static const int sizes[] = {3, 1, 5, 2, 4, 1, 6, 2, 1,
                                3, 7, 2, 1, 4, 2, 1, 3};
    static const int gone[] = {1, 2, 4, 6, 8, 10, 13, 15};
    void *held[MOST];

    printf("pages\t%d\n", PAGES);
    begin(PAGES);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        held[i] = take((size_t)sizes[i]);
    for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
        give(held[gone[i]]);
    pw_vspace_purge(&space);
    moment("tree");
    end();

    begin(48);
    space.lazy_most = 16; /* so that few frees reach it */
    for (size_t i = 0; i < 6; i++)
        held[i] = take(i % 2 ? 3 : 5);
    moment("before");
    give(held[1]);
    give(held[2]);
    give(held[4]);
    moment("lazy");
    give(held[3]);
    moment("purged");
    end();
    return 0;
}
