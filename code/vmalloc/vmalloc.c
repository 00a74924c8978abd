/* SPDX-License-Identifier: MIT */
//> init
/*
 * Areas: addresses, frames and the mapping between them, put together
 * and taken apart.
 *
 * To allocate is to take addresses, to take frames, and to map. The
 * first is done under the lock; the others take long, and the area
 * belongs to nobody else meanwhile. To free is to unmap at once, so that
 * a use after free faults, and to give the frames back. The addresses
 * wait: as long as a CPU may remember the old translation they must not
 * be given to anybody else. They are collected, and when enough have
 * come together all CPUs are made to forget, once for all of them.
 *
 * Between calls: the entries tile the space. Each area, lazy area and
 * free range begins where the one before it ends.
 */
#include "vmalloc_core.h"

enum { LAZY_MOST = 8192 }; /* pages: 32 MiB, as Linux on one CPU */

int pw_vspace_init(struct pw_vspace *space, struct pw_zone *zone,
                   size_t npages)
{
    int err;

    memset(space, 0, sizeof(*space));
    if (npages < 3 || npages >= UINT32_MAX)
        return -EINVAL;
    space->pages = port_meta_alloc((npages + 1) * sizeof(*space->pages));
    if (!space->pages)
        return -ENOMEM;
    err = port_range_reserve(&space->range, npages);
    if (err) {
        port_meta_free(space->pages, (npages + 1) * sizeof(*space->pages));
        space->pages = NULL;
        return err;
    }
    pw_owner_add(&pw_vmalloc_owner);
    space->zone = zone;
    space->npages = (uint32_t)npages;
    space->lazy_most =
        LAZY_MOST < npages / 8 ? LAZY_MOST : (uint32_t)(npages / 8);
    port_lock_init(&space->lock);
    pw_vrange_init(space);
    return 0;
}

void pw_vspace_exit(struct pw_vspace *space)
{
    struct pw_vpage *pages = space->pages;
    size_t at;

    for (at = 1; at < space->npages; at += pages[at].size)
        if (pages[at].state == PW_V_VMALLOC)
            pw_vframes_give(space, at, pages[at].size - 1);
    if (space->range.base)
        port_range_release(&space->range);
    port_meta_free(pages, ((size_t)space->npages + 1) * sizeof(*pages));
    memset(space, 0, sizeof(*space));
}
//< init

//> purge
/* The list of lazy areas is ours alone now; give them back. */
static void give_lazy(struct pw_vspace *space, uint32_t at)
{
    port_pin_t pin;
    uint32_t next;

    port_hold(&space->lock, &pin);
    for (; at; at = next) {
        next = space->pages[at].next;
        pw_vrange_give(space, at, space->pages[at].size);
    }
    port_release(&space->lock, &pin);
}

void pw_vspace_purge(struct pw_vspace *space)
{
    port_pin_t pin;
    uint32_t list;

    port_hold(&space->lock, &pin);
    list = space->lazy;
    space->lazy = space->nlazy = 0;
    port_release(&space->lock, &pin);
    if (list == 0)
        return;
    port_flush();
    give_lazy(space, list);
}
//< purge

//> area
/* Addresses for n pages and a guard; the first page, or 0. */
static uint32_t area_take(struct pw_vspace *space, uint32_t n,
                          const void *caller)
{
    port_pin_t pin;
    uint32_t at;

    port_hold(&space->lock, &pin);
    at = pw_vrange_take(space, n + 1, 1);
    if (at) {
        space->pages[at].size = n + 1;
        space->pages[at].caller = caller;
        port_write(space->pages[at].state, PW_V_BUSY);
        space->nareas++;
        space->nused += n + 1;
    }
    port_release(&space->lock, &pin);
    return at;
}

/* Nothing is mapped here any more; the addresses go on the lazy list. */
static void area_give(struct pw_vspace *space, uint32_t at)
{
    struct pw_vpage *page = &space->pages[at];
    port_pin_t pin;
    bool enough;

    port_hold(&space->lock, &pin);
    port_write(page->state, PW_V_LAZY);
    page->next = space->lazy;
    space->lazy = at;
    space->nlazy += page->size;
    space->nused -= page->size;
    space->nareas--;
    enough = space->nlazy > space->lazy_most;
    port_release(&space->lock, &pin);
    if (enough)
        pw_vspace_purge(space);
}

/* As area_take(), and if there is no room, after a purge. */
static uint32_t area_find(struct pw_vspace *space, uint32_t n,
                          const void *caller)
{
    uint32_t at = area_take(space, n, caller);

    if (at == 0) {
        pw_vspace_purge(space);
        at = area_take(space, n, caller);
    }
    return at;
}

/* The area is made: whoever has its address may use and free it. */
static void *area_open(struct pw_vspace *space, uint32_t at,
                       enum pw_vstate kind)
{
    port_write(space->pages[at].state, (uint8_t)kind);
    return pw_vpage_address(space, at);
}

/* The pages that one call could get if nobody else had any. */
static size_t most_pages(const struct pw_vspace *space)
{
    const size_t room = space->npages - 2; /* less page 0 and the guard */

    return room < space->zone->nframes ? room : space->zone->nframes;
}
//< area

//> alloc
void *pw_vspace_alloc(struct pw_vspace *space, size_t size,
                      const void *caller)
{
    const size_t n =
        (size >> PORT_PAGE_SHIFT) + ((size & (PORT_PAGE_SIZE - 1)) != 0);
    uint32_t at;
    size_t got;

    if (n == 0 || n > most_pages(space)) {
        port_report("pw_vmalloc: %zu bytes; ask for 1 to %zu", size,
                    most_pages(space) << PORT_PAGE_SHIFT);
        return NULL;
    }
    at = area_find(space, (uint32_t)n, caller);
    if (at == 0)
        return NULL;
    got = pw_vframes_take(space, at, n);
    if (got == n && pw_vframes_map(space, at, n) == 0)
        return area_open(space, at, PW_V_VMALLOC);
    pw_vframes_give(space, at, got);
    area_give(space, at);
    return NULL;
}
//< alloc

//> map
void *pw_vspace_map(struct pw_vspace *space, struct pw_page **frames,
                    size_t n, const void *caller)
{
    uint32_t at;
    size_t i;

    if (n == 0 || n > space->npages - 2) {
        port_report("pw_vmap: %zu frames; map 1 to %zu", n,
                    (size_t)space->npages - 2);
        return NULL;
    }
    if (pw_vmap_misuse(space, frames, n))
        return NULL;
    at = area_find(space, (uint32_t)n, caller);
    if (at == 0)
        return NULL;
    for (i = 0; i < n; i++)
        space->pages[at + i].frame =
            (uint32_t)pw_page_to_pfn(space->zone, frames[i]) + 1;
    if (pw_vframes_map(space, at, n) == 0)
        return area_open(space, at, PW_V_VMAP);
    pw_vframes_forget(space, at, n);
    area_give(space, at);
    return NULL;
}
//< map

//> free
int pw_vspace_free(struct pw_vspace *space, const void *address,
                   enum pw_vstate kind)
{
    const size_t at = pw_vpage_of(space, address);
    struct pw_vpage *page = &space->pages[at];
    port_pin_t pin;
    bool right;

    if (!address)
        return 0;
    port_hold(&space->lock, &pin);
    right = pw_vpage_address(space, at) == address &&
            port_read(page->state) == kind;
    if (right)
        port_write(page->state, PW_V_BUSY);
    port_release(&space->lock, &pin);
    if (!right)
        return pw_vmalloc_misuse(space, address, kind);
    port_unmap(&space->range, at, page->size - 1);
    if (kind == PW_V_VMALLOC)
        pw_vframes_give(space, at, page->size - 1);
    else
        pw_vframes_forget(space, at, page->size - 1);
    area_give(space, (uint32_t)at);
    return 0;
}
//< free
