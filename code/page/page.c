/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Zones, and the names that the kernel's programmers know.
 *
 * A zone is made of three things: the frames themselves, lent by the
 * port; a descriptor for each; and a list for each CPU. The descriptors
 * lie in an array of their own, in the frames' order, so that either
 * leads to the other by arithmetic and nothing is ever stored in a frame
 * that is free. It costs 16 bytes in 4,096.
 */
#include "page_core.h"

int pw_zone_init(struct pw_zone *zone, size_t nframes, unsigned batch)
{
    const size_t align = (size_t)1 << PW_MAX_ORDER;
    const size_t whole = (nframes + align - 1) & ~(align - 1);
    unsigned cpu;
    int err;

    memset(zone, 0, sizeof(*zone));
    if (nframes == 0 || nframes > UINT32_MAX / 2 || batch > PW_BATCH)
        return -EINVAL;
    err = port_memory_map(&zone->memory, whole, align);
    if (err)
        return err;
    zone->base = zone->memory.base;
    zone->nframes = (uint32_t)nframes;
    zone->batch = batch;
    zone->pages =
        port_meta_alloc((nframes + PW_ORDERS) * sizeof(*zone->pages));
    zone->cpus = port_meta_alloc(port_cpus() * sizeof(*zone->cpus));
    if (!zone->pages || !zone->cpus) {
        pw_zone_exit(zone);
        return -ENOMEM;
    }
    for (cpu = 0; cpu < port_cpus(); cpu++)
        zone->cpus[cpu].high = 2 * batch;
    port_lock_init(&zone->lock);
    pw_buddy_init(zone);
    return 0;
}

/* All blocks are gone with the zone, whether freed or not. */
void pw_zone_exit(struct pw_zone *zone)
{
    port_meta_free(zone->cpus, port_cpus() * sizeof(*zone->cpus));
    port_meta_free(zone->pages,
                   (zone->nframes + PW_ORDERS) * sizeof(*zone->pages));
    if (zone->memory.pages)
        port_memory_unmap(&zone->memory);
    memset(zone, 0, sizeof(*zone));
}
//< theory

//> front
struct pw_zone pw_contig_zone;

int pw_page_init(size_t nframes)
{
    if (pw_contig_zone.nframes)
        return -EBUSY;
    return pw_zone_init(&pw_contig_zone, nframes, PW_BATCH);
}

void pw_page_exit(void)
{
    pw_zone_exit(&pw_contig_zone);
}

struct pw_page *pw_alloc_pages(unsigned order)
{
    if (port_unlikely(!pw_contig_zone.nframes)) {
        port_report("pw_alloc_pages: no frames; call pw_page_init() first");
        return NULL;
    }
    return pw_zone_alloc(&pw_contig_zone, order);
}

void *pw_get_free_pages(unsigned order)
{
    struct pw_page *page = pw_alloc_pages(order);

    return page ? pw_page_address(&pw_contig_zone, page) : NULL;
}

void *pw_get_free_page(void)
{
    return pw_get_free_pages(0);
}

void *pw_get_zeroed_page(void)
{
    void *address = pw_get_free_page();

    return address ? memset(address, 0, PORT_PAGE_SIZE) : NULL;
}

int pw_free_pages(void *address, unsigned order)
{
    struct pw_zone *zone = &pw_contig_zone;
    struct pw_page *page = pw_virt_to_page(zone, address);

    if (!address)
        return 0;
    if (!page || pw_page_address(zone, page) != address)
        return pw_address_misuse(zone, address, order);
    return pw_zone_free(zone, page, order);
}

int pw_free_page(void *address)
{
    return pw_free_pages(address, 0);
}
//< front
