/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What the files of this folder tell each other. Not installed.
 */
#ifndef PW_PAGE_CORE_H
#define PW_PAGE_CORE_H

#include "../port/port.h"
#include "page.h"

/* The core, page_buddy.c. The caller is pinned and holds zone->lock. */
void pw_buddy_init(struct pw_zone *zone);
struct pw_page *pw_buddy_take(struct pw_zone *zone, unsigned order);
void pw_buddy_give(struct pw_zone *zone, struct pw_page *page,
                   unsigned order);

/* Say what is wrong with freeing this block, page_check.c. */
int pw_page_misuse(const struct pw_zone *zone, const struct pw_page *page,
                   unsigned order);
int pw_address_misuse(const struct pw_zone *zone, const void *address,
                      unsigned order);
//< theory

//> owner
/*
 * An allocator above this one. It marks the frames that it has with a tag,
 * and while a frame has one, nobody frees it here. Asked for the name of
 * who has a frame, or has an address that lies in none (page is NULL), it
 * writes one, or returns false: not mine.
 */
enum { PW_OWNER_NAME = 40 }; /* bytes, with the NUL */

struct pw_owner {
    bool (*name)(const struct pw_page *page, const void *address,
                 char *name);
    struct pw_owner *next;
};

/* Make one known, once or more often; it stays. page_check.c */
void pw_owner_add(struct pw_owner *owner);
/* Who has what lies at this address? False: nobody that is known. */
bool pw_owner_of(const struct pw_zone *zone, const void *address,
                 char *name);

/*
 * Order, state and tag of a frame at one look: the order of a block that is
 * in use and has no owner above. Of all others something else comes out,
 * which is no order.
 */
typedef uint32_t __attribute__((__may_alias__)) pw_three_t;

static inline uint32_t pw_used_order(const struct pw_page *page)
{
    const uint32_t three = port_read(*(const pw_three_t *)&page->order);

    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        return __builtin_bswap32(three) ^ (uint32_t)PW_USED << 8;
    return three ^ (uint32_t)PW_USED << 8;
}
//< owner

//> cpu
enum { PW_CPU_MOST = 2 * PW_BATCH };

/*
 * One CPU's free frames, most recently freed last. Only its CPU changes
 * them, pinned. Others may read count and may set high to 0: "give your
 * frames back when you next free one".
 */
struct pw_cpu {
    uint32_t count;
    uint32_t high; /* at this count a free gives a batch back */
    struct pw_page *stack[PW_CPU_MOST];
} __attribute__((aligned(PORT_CACHE_LINE)));

#endif
//< cpu
