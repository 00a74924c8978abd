/* SPDX-License-Identifier: MIT */
/*
 * The answers to exercises of the chapter on pages that are code. They
 * are printed from here, so they are compiled and run like the rest.
 */
#include "../../code/page/page.h"

#include <stdlib.h>

//> exact
/* n frames in a row, each to be freed by itself; or NULL. */
static struct pw_page *pw_alloc_pages_exact(struct pw_zone *zone, size_t n)
{
    struct pw_page *page;
    unsigned order = 0;
    size_t i;

    while (((size_t)1 << order) < n)
        order++;
    page = pw_zone_alloc(zone, order);
    if (!page)
        return NULL;
    for (i = 0; i < (size_t)1 << order; i++) {
        page[i].order = 0;
        port_write(page[i].state, PW_USED);
    }
    while (i > n)
        pw_zone_free(zone, &page[--i], 0);
    return page;
}
//< exact

int main(void)
{
    struct pw_zone zone;
    size_t n, i;

    if (pw_zone_init(&zone, 1000, 0) != 0)
        return 1;
    for (n = 1; n <= 512; n++) {
        struct pw_page *page = pw_alloc_pages_exact(&zone, n);
        struct pw_zone_stat stat;

        pw_zone_stat(&zone, &stat);
        if (!page || stat.used != n || pw_zone_check(&zone) != 0)
            return 1;
        for (i = 0; i < n; i++)
            if (pw_zone_free(&zone, &page[i], 0) != 0)
                return 1;
        if (pw_zone_check(&zone) != 0)
            return 1;
    }
    pw_zone_exit(&zone);
    return 0;
}
