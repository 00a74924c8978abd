/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The reserve: single frames set aside for requests that must not fail.
 *
 * An interrupt handler can neither wait nor give memory back that would
 * help, and there is always somebody who takes the last frame for
 * something that could have waited. So some frames are taken out of
 * everybody's reach. Below that mark only requests with PW_GFP_HIGH are
 * served; each gets a frame, whole, whatever its size. That is wasteful
 * and quick, and no slab has to be made for it.
 *
 * A frame that comes back goes to the reserve first. And whoever comes to
 * the slow path and is not in need fills it up before being served.
 *
 * Between calls: n of the `low` places are frames with PW_TAG_RESERVE;
 * they are used frames to the page allocator.
 */
#include "kmalloc_core.h"

static bool put(struct pw_page *page)
{
    struct pw_reserve *r = &pw_km.reserve;
    port_pin_t pin;
    bool room;

    port_hold(&r->lock, &pin);
    room = r->n < r->low;
    if (room) {
        port_write(page->tag, PW_TAG_RESERVE);
        r->frames[r->n] = page;
        port_write(r->n, r->n + 1);
    }
    port_release(&r->lock, &pin);
    return room;
}

/* A frame comes back: true, if it is needed here. */
bool pw_reserve_give(struct pw_page *page)
{
    return port_read(pw_km.reserve.n) < pw_km.reserve.low && put(page);
}

/* A frame, or NULL. It is a large block of its new owner's now. */
struct pw_page *pw_reserve_take(void)
{
    struct pw_reserve *r = &pw_km.reserve;
    struct pw_page *page = NULL;
    port_pin_t pin;

    port_hold(&r->lock, &pin);
    if (r->n > 0) {
        page = r->frames[r->n - 1];
        port_write(page->tag, PW_TAG_LARGE);
        port_write(r->n, r->n - 1);
    }
    port_release(&r->lock, &pin);
    return page;
}

/* Bring the reserve up to its mark, as far as there are frames. */
void pw_reserve_fill(void)
{
    struct pw_reserve *r = &pw_km.reserve;
    struct pw_page *page;

    while (port_read(r->n) < r->low) {
        page = pw_alloc_pages(0);
        if (!page)
            return;
        if (!put(page)) { /* somebody else was quicker */
            pw_zone_free(&pw_contig_zone, page, 0);
            return;
        }
    }
}

int pw_reserve_make(size_t frames)
{
    struct pw_reserve *r = &pw_km.reserve;

    port_lock_init(&r->lock);
    r->n = 0;
    r->low = (uint32_t)frames;
    r->frames = NULL;
    if (frames == 0)
        return 0;
    r->frames = port_meta_alloc(frames * sizeof(*r->frames));
    if (!r->frames)
        return -ENOMEM;
    pw_reserve_fill();
    if (r->n == r->low)
        return 0;
    pw_reserve_unmake();
    return -ENOMEM;
}

void pw_reserve_unmake(void)
{
    struct pw_reserve *r = &pw_km.reserve;

    while (r->n > 0) {
        struct pw_page *page = r->frames[--r->n];

        port_write(page->tag, 0);
        pw_zone_free(&pw_contig_zone, page, 0);
    }
    port_meta_free(r->frames, r->low * sizeof(*r->frames));
    r->low = 0;
}
//< theory
