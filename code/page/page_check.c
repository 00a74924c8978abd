/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Looking at a zone: its counts, its invariants, and what exactly is
 * wrong with a block that somebody tries to free.
 *
 * Nothing here is on a path that has to be quick. The freeing path only
 * finds out *that* something is wrong; the words are found here.
 */
#include "page_core.h"

static struct pw_owner *owners;
static PORT_LOCK(owners_lock);

void pw_owner_add(struct pw_owner *owner)
{
    struct pw_owner *at;
    port_pin_t pin;

    port_hold(&owners_lock, &pin);
    for (at = owners; at && at != owner; at = at->next)
        ;
    if (!at) {
        owner->next = owners;
        owners = owner;
    }
    port_release(&owners_lock, &pin);
}

/* The first frame of the block that is in use and has this frame. */
static const struct pw_page *used_block_of(const struct pw_zone *zone,
                                           size_t pfn)
{
    const struct pw_page *head;
    unsigned order;

    for (order = 0; order <= PW_MAX_ORDER; order++) {
        head = &zone->pages[pfn & ~(((size_t)1 << order) - 1)];
        if (port_read(head->state) == PW_USED &&
            port_read(head->order) >= order)
            return head;
    }
    return NULL;
}

bool pw_owner_of(const struct pw_zone *zone, const void *address,
                 char *name)
{
    const struct pw_page *page = pw_virt_to_page(zone, address);
    const struct pw_owner *at;
    port_pin_t pin;

    if (page)
        page = used_block_of(zone, pw_page_to_pfn(zone, page));
    if (!page && pw_virt_to_page(zone, address))
        return false;
    port_hold(&owners_lock, &pin);
    at = owners;
    port_release(&owners_lock, &pin);
    for (; at; at = at->next) /* an owner that is known stays known */
        if (at->name(page, address, name))
            return true;
    if (page)
        snprintf(name, PW_OWNER_NAME, "%s",
                 port_read(page->tag) ? "who gave it its tag"
                                      : "pw_alloc_pages()");
    return page != NULL;
}

/* The free block that a frame lies in, or NULL. */
static const struct pw_page *free_block_of(const struct pw_zone *zone,
                                           size_t pfn)
{
    unsigned order;

    for (order = 0; order <= PW_MAX_ORDER; order++) {
        const struct pw_page *head =
            &zone->pages[pfn & ~(((size_t)1 << order) - 1)];

        if (port_read(head->state) == PW_FREE &&
            port_read(head->order) >= order)
            return head;
    }
    return NULL;
}

/* Has another allocator what lies here? Then say which. */
static bool owned(const struct pw_zone *zone, const void *address,
                  unsigned order)
{
    const struct pw_page *page = pw_virt_to_page(zone, address);
    char name[PW_OWNER_NAME];

    if (page)
        page = used_block_of(zone, pw_page_to_pfn(zone, page));
    if ((page && !port_read(page->tag)) ||
        !pw_owner_of(zone, address, name))
        return false;
    port_report("free of %p, order %u: it belongs to %s; free it there",
                address, order, name);
    return true;
}

int pw_page_misuse(const struct pw_zone *zone, const struct pw_page *page,
                   unsigned order)
{
    const size_t pfn = pw_page_to_pfn(zone, page);

    if (pfn >= zone->nframes) {
        port_report("free of a frame that is not in this zone; free it "
                    "where it was allocated");
        return -EFAULT;
    }
    if (port_read(page->state) == PW_CACHED || free_block_of(zone, pfn)) {
        port_report("free of frame %zu, order %u: it is free already; "
                    "free a block once",
                    pfn, order);
        return -EALREADY;
    }
    if (owned(zone, pw_page_address(zone, page), order))
        return -EPERM;
    if (port_read(page->state) == PW_TAIL)
        port_report("free of frame %zu, order %u: it lies inside a block; "
                    "free its first frame",
                    pfn, order);
    else
        port_report("free of frame %zu, order %u: it was allocated with "
                    "order %u; free it with that",
                    pfn, order, (unsigned)page->order);
    return -EINVAL;
}

int pw_address_misuse(const struct pw_zone *zone, const void *address,
                      unsigned order)
{
    const bool inside = pw_virt_to_page(zone, address) != NULL;

    if (owned(zone, address, order))
        return inside ? -EPERM : -EFAULT;
    if (!inside) {
        port_report("free of %p, order %u: not an address of this zone; "
                    "free it where it was allocated",
                    address, order);
        return -EFAULT;
    }
    port_report("free of %p, order %u: not the address of a page; free "
                "what the allocation returned",
                address, order);
    return -EINVAL;
}
//< theory

//> stat
void pw_zone_stat(struct pw_zone *zone, struct pw_zone_stat *stat)
{
    port_pin_t pin;
    unsigned i;

    memset(stat, 0, sizeof(*stat));
    port_hold(&zone->lock, &pin);
    for (i = 0; i < PW_ORDERS; i++) {
        stat->nr_free[i] = zone->nr_free[i];
        stat->free += (size_t)zone->nr_free[i] << i;
    }
    for (i = 0; i < port_cpus(); i++)
        stat->cached += port_read(zone->cpus[i].count);
    stat->used = zone->nframes - stat->free;
    stat->used -= stat->cached < stat->used ? stat->cached : stat->used;
    port_release(&zone->lock, &pin);
}

int pw_buddyinfo(struct pw_zone *zone, const char *name, char *line,
                 size_t size)
{
    struct pw_zone_stat stat;
    unsigned i;
    int at;

    pw_zone_stat(zone, &stat);
    at = snprintf(line, size, "Node 0, zone %8s ", name);
    for (i = 0; i < PW_ORDERS; i++) {
        const size_t used = (size_t)at < size ? (size_t)at : size;

        at += snprintf(line + used, size - used, "%6u ", stat.nr_free[i]);
    }
    return at;
}
//< stat

//> check
static int broken(const char *invariant, size_t where)
{
    port_report("zone is corrupt at %zu: %s; a caller wrote where it "
                "should not",
                where, invariant);
    return -EINVAL;
}

/* One free list: links both ways, right order, aligned, count right. */
static int check_list(struct pw_zone *zone, unsigned order)
{
    const uint32_t head = zone->nframes + order;
    uint32_t prev = head, n = 0, at;

    for (at = zone->pages[head].link.next; at != head;
         prev = at, at = zone->pages[at].link.next) {
        const struct pw_page *page = &zone->pages[at];

        if (at >= zone->nframes || page->link.prev != prev)
            return broken("a free list's links disagree", at);
        if (page->state != PW_FREE || page->order != order)
            return broken("a block is on the wrong free list", at);
        if (n++ == zone->nframes)
            return broken("a free list does not end", at);
    }
    if (n != zone->nr_free[order] || (n > 0) != (zone->avail >> order & 1))
        return broken("a free list's count is wrong", order);
    return 0;
}

/* One block: aligned, within the zone, tails inside, buddy not free. */
static int check_block(struct pw_zone *zone, size_t pfn)
{
    const struct pw_page *page = &zone->pages[pfn];
    const size_t size = (size_t)1 << page->order;
    size_t i;

    if (page->state == PW_TAIL || page->order > PW_MAX_ORDER)
        return broken("no block begins where one ends", pfn);
    if (pfn % size != 0 || pfn + size > zone->nframes)
        return broken("a block is not aligned to its size", pfn);
    for (i = 1; i < size; i++)
        if (zone->pages[pfn + i].state != PW_TAIL)
            return broken("a block begins inside another", pfn + i);
    if (page->state == PW_FREE && page->order < PW_MAX_ORDER &&
        (pfn ^ size) + size <= zone->nframes &&
        zone->pages[pfn ^ size].state == PW_FREE &&
        zone->pages[pfn ^ size].order == page->order)
        return broken("two free buddies are not merged", pfn);
    return 0;
}

int pw_zone_check(struct pw_zone *zone)
{
    size_t pfn, free = 0, cached = 0;
    struct pw_zone_stat stat;
    unsigned order;
    int err;

    for (order = 0; order < PW_ORDERS; order++) {
        err = check_list(zone, order);
        if (err)
            return err;
    }
    for (pfn = 0; pfn < zone->nframes;
         pfn += (size_t)1 << zone->pages[pfn].order) {
        err = check_block(zone, pfn);
        if (err)
            return err;
        if (zone->pages[pfn].state == PW_FREE)
            free += (size_t)1 << zone->pages[pfn].order;
        cached += zone->pages[pfn].state == PW_CACHED;
    }
    pw_zone_stat(zone, &stat);
    if (free != stat.free || cached != stat.cached)
        return broken("blocks and counts disagree", free);
    return 0;
}
//< check
