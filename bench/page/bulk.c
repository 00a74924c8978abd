/* SPDX-License-Identifier: MIT */
/*
 * page.bulkapi: are the bulk calls worth having? x pages are taken and
 * given back, by x single calls (pw) or by one call each way (pw-bulk).
 * One operation is one page.
 */
#include "parts.h"

static uint64_t bulk_calls(struct bench_case *c, size_t ops)
{
    struct pw_zone *zone = c->data;
    const size_t n = (size_t)c->x;
    struct pw_page *pages[n];

    for (size_t done = 0; done < ops; done += n) {
        bench_keep(pw_zone_alloc_bulk(zone, n, pages));
        pw_zone_free_bulk(zone, n, pages);
    }
    return 0;
}

static uint64_t single_calls(struct bench_case *c, size_t ops)
{
    struct pw_zone *zone = c->data;
    const size_t n = (size_t)c->x;
    struct pw_page *pages[n];

    for (size_t done = 0; done < ops; done += n) {
        for (size_t i = 0; i < n; i++)
            pages[i] = pw_zone_alloc(zone, 0);
        for (size_t i = 0; i < n; i++)
            pw_zone_free(zone, pages[i], 0);
    }
    return 0;
}

void page_add_bulk_calls(struct pw_zone *zone)
{
    for (long pages = 1; pages <= 256; pages *= 4) {
        struct bench_case c = {.experiment = "page.bulkapi",
                               .x = pages,
                               .batch = (size_t)pages,
                               .data = zone};

        c.variant = "pw";
        c.run = single_calls;
        bench_add(&c);
        c.variant = "pw-bulk";
        c.run = bulk_calls;
        bench_add(&c);
    }
    bench_ratio("page.bulkapi", "pw-bulk", "pw");
}
