/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The core of the buddy allocator: free lists, split, merge.
 *
 * Frame numbers count from the zone's base. A block of order n starts at
 * a multiple of 2^n; its buddy is the other half of the block of order
 * n + 1 that it came from, so the two numbers differ in bit n alone.
 *
 * Between calls:
 *   - a free block's first frame is PW_FREE with its order, and stands
 *     on the free list of that order; its other frames are PW_TAIL;
 *   - two buddies are never both free: they would have been merged;
 *   - bit n of avail says whether list n has a block.
 *
 * To take a block costs one list removal and a list insertion for each
 * order that is split; to give one back, a removal for each order that
 * is merged and one insertion. Nothing depends on the zone's size, and
 * no frame but a block's first is ever looked at.
 */
#include "page_core.h"

/*
 * The lists are circular and doubly linked by frame number. The head of
 * list n is a descriptor too, behind the last frame's, so that insertion
 * and removal know no special case. A head is never PW_FREE.
 */
static inline struct pw_page *list_head(struct pw_zone *zone,
                                        unsigned order)
{
    return &zone->pages[zone->nframes + order];
}

static inline void list_push(struct pw_zone *zone, struct pw_page *page,
                             unsigned order)
{
    struct pw_page *head = list_head(zone, order);

    page->link.next = head->link.next;
    page->link.prev = zone->nframes + order;
    zone->pages[head->link.next].link.prev = (uint32_t)(page - zone->pages);
    head->link.next = (uint32_t)(page - zone->pages);
    port_write(page->order, (uint8_t)order);
    port_write(page->state, PW_FREE);
    zone->nr_free[order]++;
    zone->avail |= 1u << order;
}

static inline void list_drop(struct pw_zone *zone, struct pw_page *page,
                             unsigned order)
{
    zone->pages[page->link.prev].link.next = page->link.next;
    zone->pages[page->link.next].link.prev = page->link.prev;
    if (--zone->nr_free[order] == 0)
        zone->avail &= ~(1u << order);
}
//< theory

//> take
struct pw_page *pw_buddy_take(struct pw_zone *zone, unsigned order)
{
    const uint32_t fit = zone->avail >> order;
    struct pw_page *page;
    unsigned have;

    if (fit == 0)
        return NULL;
    have = order + (unsigned)__builtin_ctz(fit);
    page = &zone->pages[list_head(zone, have)->link.next];
    list_drop(zone, page, have);
    while (have > order) {
        have--;
        list_push(zone, page + ((size_t)1 << have), have);
    }
    port_write(page->order, (uint8_t)order);
    port_write(page->state, PW_USED);
    return page;
}
//< take

//> give
/* The buddy, if it is free and whole, so that the two can merge. */
static inline struct pw_page *free_buddy(struct pw_zone *zone, uint32_t pfn,
                                         unsigned order)
{
    const uint32_t buddy = pfn ^ (1u << order);
    struct pw_page *page;

    if (buddy >= zone->nframes)
        return NULL;
    page = &zone->pages[buddy];
    if (port_read(page->state) != PW_FREE || page->order != order)
        return NULL;
    return page;
}

void pw_buddy_give(struct pw_zone *zone, struct pw_page *page,
                   unsigned order)
{
    uint32_t pfn = (uint32_t)(page - zone->pages);
    struct pw_page *buddy;

    port_write(page->state, PW_TAIL);
    while (order < PW_MAX_ORDER &&
           (buddy = free_buddy(zone, pfn, order)) != NULL) {
        list_drop(zone, buddy, order);
        port_write(buddy->state, PW_TAIL);
        pfn &= ~(1u << order);
        order++;
    }
    list_push(zone, &zone->pages[pfn], order);
}
//< give

//> init
/*
 * Cut the zone into the largest blocks that fit, from its end to its
 * start. What remains below `end` is a multiple of every block already
 * cut, so the lowest bit set in `end` is the largest order that both
 * fits and is aligned. The zone's first block is inserted last and so
 * will be the first to be handed out.
 */
void pw_buddy_init(struct pw_zone *zone)
{
    uint32_t end = zone->nframes;
    unsigned order;

    for (order = 0; order < PW_ORDERS; order++) {
        struct pw_page *head = list_head(zone, order);

        head->link.next = head->link.prev = zone->nframes + order;
    }
    while (end > 0) {
        order = (unsigned)__builtin_ctz(end);
        if (order > PW_MAX_ORDER)
            order = PW_MAX_ORDER;
        end -= 1u << order;
        list_push(zone, &zone->pages[end], order);
    }
}
//< init
