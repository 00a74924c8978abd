/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The range allocator: which addresses are free.
 *
 * Every free range has a node in a binary tree, ordered by address. A
 * node also knows the largest range in the subtree below it, so that the
 * lowest range of a given size is found by walking down from the root
 * once. The tree is a treap: each node has a random priority, and none
 * is above one of a higher priority. That makes its shape the one that
 * insertion in random order would have given it, whatever the order was.
 *
 * Nodes are not allocated. A free range's node is the entry of its last
 * page, so that taking from the low end leaves the node where it is.
 *
 * Between calls:
 *   - first and last page of a free range are PW_V_FREE with its size;
 *   - two free ranges never touch: they would have been merged;
 *   - a node's page number is between those of its two subtrees, its
 *     priority is not below theirs, and its max is right.
 *
 * With n free ranges, to take costs one walk of expected depth O(log n)
 * down, and at most one up. To give back costs two looks at the entries
 * before and behind, and a walk up; down only if neither is free. What
 * is in use costs nothing, however much it is.
 */
#include "vmalloc_core.h"
//< theory

//> links
/* Entry 0 is never a node, and its max is 0: the empty subtree. */
static inline uint32_t max_of(const struct pw_vspace *space, uint32_t at)
{
    const struct pw_vpage *page = &space->pages[at];
    const uint32_t left = space->pages[page->node.child[0]].node.max;
    const uint32_t right = space->pages[page->node.child[1]].node.max;
    const uint32_t below = left > right ? left : right;

    return page->size > below ? page->size : below;
}

/* The size of `at` or of something below it has changed. */
static void update_max(struct pw_vspace *space, uint32_t at)
{
    while (at) {
        const uint32_t max = max_of(space, at);

        if (space->pages[at].node.max == max)
            return;
        space->pages[at].node.max = max;
        at = space->pages[at].node.up;
    }
}

/* What hung `up` had in the place of `old` is now `new`. */
static inline void replace_child(struct pw_vspace *space, uint32_t up,
                                 uint32_t old, uint32_t new)
{
    uint32_t *child = space->pages[up].node.child;

    if (up == 0)
        space->root = new;
    else
        child[child[1] == old] = new;
    if (new)
        space->pages[new].node.up = up;
}
//< links

//> rotate
/* Let `at` and its parent change places; the order stays. */
static void rotate_up(struct pw_vspace *space, uint32_t at)
{
    struct pw_vpage *pages = space->pages;
    const uint32_t up = pages[at].node.up;
    const bool side = pages[up].node.child[1] == at;
    const uint32_t between = pages[at].node.child[!side];

    replace_child(space, pages[up].node.up, up, at);
    pages[at].node.child[!side] = up;
    pages[up].node.up = at;
    pages[up].node.child[side] = between;
    if (between)
        pages[between].node.up = up;
    pages[at].node.max = pages[up].node.max;
    pages[up].node.max = max_of(space, up);
}
//< rotate

//> insert
static uint32_t random_prio(struct pw_vspace *space)
{
    space->seed ^= space->seed << 13;
    space->seed ^= space->seed >> 17;
    space->seed ^= space->seed << 5;
    return space->seed;
}

/* Page `at` is the last of a free range of pages[at].size pages. */
static void insert(struct pw_vspace *space, uint32_t at)
{
    struct pw_vpage *pages = space->pages, *new = &pages[at];
    uint32_t up = 0, next = space->root;
    bool side = false;

    while (next) {
        if (pages[next].node.max < new->size)
            pages[next].node.max = new->size;
        up = next;
        side = at > next;
        next = pages[next].node.child[side];
    }
    new->node.child[0] = new->node.child[1] = 0;
    new->node.up = up;
    new->node.max = new->size;
    new->prio = random_prio(space);
    if (up)
        pages[up].node.child[side] = at;
    else
        space->root = at;
    while (new->node.up && pages[new->node.up].prio < new->prio)
        rotate_up(space, at);
}

/* Sink the node until it has at most one child, and close the gap. */
static void remove_node(struct pw_vspace *space, uint32_t at)
{
    struct pw_vpage *pages = space->pages;
    const uint32_t *child = pages[at].node.child;
    uint32_t up;

    while (child[0] && child[1])
        rotate_up(space,
                  child[pages[child[0]].prio < pages[child[1]].prio]);
    up = pages[at].node.up;
    replace_child(space, up, at, child[0] ? child[0] : child[1]);
    update_max(space, up);
}

/* The range of this node now ends elsewhere; its neighbours do not. */
static void move_node(struct pw_vspace *space, uint32_t from, uint32_t to)
{
    struct pw_vpage *pages = space->pages;
    int side;

    pages[to].node = pages[from].node;
    pages[to].prio = pages[from].prio;
    replace_child(space, pages[from].node.up, from, to);
    for (side = 0; side < 2; side++)
        if (pages[to].node.child[side])
            pages[pages[to].node.child[side]].node.up = to;
}
//< insert

//> lowest
/* The lowest range of at least `size` pages, or 0. */
static uint32_t lowest(const struct pw_vspace *space, uint32_t size)
{
    const struct pw_vpage *pages = space->pages;
    uint32_t at = space->root;

    if (pages[at].node.max < size)
        return 0;
    for (;;) {
        const uint32_t left = pages[at].node.child[0];

        if (pages[left].node.max >= size)
            at = left;
        else if (pages[at].size >= size)
            return at;
        else
            at = pages[at].node.child[1];
    }
}
//< lowest

//> take
/* The first aligned page of the range that ends at `at`. */
static uint32_t aligned(const struct pw_vspace *space, uint32_t at,
                        uint32_t align)
{
    const uint32_t first = at - space->pages[at].size + 1;
    const uintptr_t page =
        ((uintptr_t)space->range.base >> PORT_PAGE_SHIFT) + first;

    return first + (uint32_t)(-page & (align - 1));
}

/* The lowest range where it fits by good luck: may look at all. */
static uint32_t lowest_by_luck(const struct pw_vspace *space, uint32_t at,
                               uint32_t size, uint32_t align)
{
    const struct pw_vpage *page = &space->pages[at];
    uint32_t found;

    if (page->node.max < size)
        return 0;
    found = lowest_by_luck(space, page->node.child[0], size, align);
    if (found)
        return found;
    if (page->size >= size &&
        (uint64_t)aligned(space, at, align) + size <= (uint64_t)at + 1)
        return at;
    return lowest_by_luck(space, page->node.child[1], size, align);
}

static void mark_free(struct pw_vspace *space, uint32_t first,
                      uint32_t last)
{
    struct pw_vpage *pages = space->pages;

    pages[first].size = pages[last].size = last - first + 1;
    port_write(pages[first].state, PW_V_FREE);
    port_write(pages[last].state, PW_V_FREE);
}

/* Cut [first, end) out of the free range whose node is `last`. */
static void carve(struct pw_vspace *space, uint32_t last, uint32_t first,
                  uint32_t end)
{
    struct pw_vpage *pages = space->pages;
    const uint32_t start = last - pages[last].size + 1;

    if (end <= last) { /* something remains above */
        mark_free(space, end, last);
        update_max(space, last);
        if (first > start) { /* and below */
            mark_free(space, start, first - 1);
            insert(space, first - 1);
        }
    } else if (first > start) {
        move_node(space, last, first - 1);
        mark_free(space, start, first - 1);
        update_max(space, first - 1);
    } else {
        remove_node(space, last);
    }
    if (end > last)
        port_write(pages[last].state, PW_V_INSIDE);
}

uint32_t pw_vrange_take(struct pw_vspace *space, uint32_t size,
                        uint32_t align)
{
    uint32_t first, last = 0;

    if (size + (align - 1) >= size)
        last = lowest(space, size + (align - 1));
    if (last == 0 && align > 1)
        last = lowest_by_luck(space, space->root, size, align);
    if (last == 0)
        return 0;
    first = aligned(space, last, align);
    carve(space, last, first, first + size);
    return first;
}
//< take

//> give
void pw_vrange_give(struct pw_vspace *space, uint32_t first, uint32_t size)
{
    struct pw_vpage *pages = space->pages;
    const uint32_t below = first - 1, above = first + size;
    const bool join_below = port_read(pages[below].state) == PW_V_FREE;
    const bool join_above = port_read(pages[above].state) == PW_V_FREE;
    uint32_t last = above - 1;

    port_write(pages[first].state, PW_V_INSIDE);
    if (join_below) {
        port_write(pages[below].state, PW_V_INSIDE);
        first -= pages[below].size;
    }
    if (join_above) {
        port_write(pages[above].state, PW_V_INSIDE);
        last += pages[above].size;
    }
    if (join_below && join_above)
        remove_node(space, below);
    else if (join_below)
        move_node(space, below, last);
    mark_free(space, first, last);
    if (join_below || join_above)
        update_max(space, last);
    else
        insert(space, last);
}
//< give

//> range-init
/* All pages but the first are free. Entries were zero. */
void pw_vrange_init(struct pw_vspace *space)
{
    port_write(space->pages[0].state, PW_V_BUSY);
    port_write(space->pages[space->npages].state, PW_V_BUSY);
    space->seed = 2463534242; /* Marsaglia's; any but 0 will do */
    pw_vrange_give(space, 1, space->npages - 1);
}
//< range-init
