/* SPDX-License-Identifier: MIT */
//> singles
/*
 * Frames for an area, and the mapping.
 *
 * An area does not care where its frames lie, but whoever maps them
 * does: neighbours are mapped by one call. So we ask the zone for the
 * largest blocks first and settle for less; what comes in single frames
 * comes in bulk. Of a block, too, each page records its own frame: the
 * entries are a page table that can be read backwards.
 *
 * Blocks go back as they came. How large one was stands in the frame's
 * descriptor, and nowhere else.
 */
#include "vmalloc_core.h"

enum { BULK = 64 }; /* single frames fetched at once; on the stack */

/* Pages from `at` on get the neighbours from `frame` on. */
static void note(struct pw_vspace *space, size_t at, struct pw_page *page,
                 size_t n)
{
    const size_t pfn = pw_page_to_pfn(space->zone, page);
    size_t i;

    port_write(page->tag, PW_TAG_VMALLOC);
    for (i = 0; i < n; i++)
        space->pages[at + i].frame = (uint32_t)(pfn + i + 1);
}

/* Single frames for up to n pages; returns for how many. */
static size_t take_singles(struct pw_vspace *space, size_t at, size_t n)
{
    struct pw_page *page[BULK];
    size_t got = 0, i, now, want;

    do {
        want = n - got < BULK ? n - got : BULK;
        now = pw_zone_alloc_bulk(space->zone, want, page);
        for (i = 0; i < now; i++)
            note(space, at + got + i, page[i], 1);
        got += now;
    } while (now == want && got < n);
    return got;
}
//< singles

//> take-frames
size_t pw_vframes_take(struct pw_vspace *space, size_t at, size_t n)
{
    unsigned order = PW_MAX_ORDER;
    struct pw_page *page;
    size_t got = 0;

    while (order > 0 && got < n) {
        const size_t size = (size_t)1 << order;

        page = size <= n - got ? pw_zone_alloc(space->zone, order) : NULL;
        if (page) {
            note(space, at + got, page, size);
            got += size;
        } else {
            order--;
        }
    }
    return got < n ? got + take_singles(space, at + got, n - got) : got;
}
//< take-frames

//> give-frames
void pw_vframes_forget(struct pw_vspace *space, size_t at, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        space->pages[at + i].frame = 0;
}

void pw_vframes_give(struct pw_vspace *space, size_t at, size_t n)
{
    struct pw_zone *zone = space->zone;
    const size_t end = at + n;

    while (at < end) {
        struct pw_page *page = &zone->pages[space->pages[at].frame - 1];
        const unsigned order = page->order;

        port_write(page->tag, 0);
        pw_zone_free(zone, page, order);
        at += (size_t)1 << order;
    }
    pw_vframes_forget(space, end - n, n);
}

/* One call for each run of neighbours. 0, or -ENOMEM: nothing mapped. */
int pw_vframes_map(struct pw_vspace *space, size_t at, size_t n)
{
    const struct pw_vpage *page = &space->pages[at];
    size_t done = 0, run;

    for (; done < n; done += run) {
        for (run = 1; done + run < n; run++)
            if (page[done + run].frame != page[done].frame + run)
                break;
        if (port_map(&space->range, at + done, &space->zone->memory,
                     page[done].frame - 1, run) != 0) {
            if (done > 0)
                port_unmap(&space->range, at, done);
            return -ENOMEM;
        }
    }
    return 0;
}
//< give-frames
