/* SPDX-License-Identifier: MIT */
//> misuse
/*
 * Looking at a space: what is behind an address, its areas and counts,
 * its invariants, and what exactly is wrong with an address that
 * somebody tries to free. Nothing here is on a path that has to be quick
 * but pw_vspace_to_pfn(), which is two loads.
 */
#include "vmalloc_core.h"

size_t pw_vspace_to_pfn(const struct pw_vspace *space, const void *address)
{
    /* Outside, this is the entry behind the last: it has no frame. */
    return (size_t)space->pages[pw_vpage_of(space, address)].frame - 1;
}

/* The first page of the area or range that page `at` lies in. */
static size_t head_of(struct pw_vspace *space, size_t at)
{
    size_t head = 1;

    while (head + space->pages[head].size <= at)
        head += space->pages[head].size;
    return head;
}

static int refuse(const void *address, int err, const char *why)
{
    port_report("free of %p: %s", address, why);
    return err;
}

/* Who has this frame, or this address of the space for all? */
static bool name_owner(const struct pw_page *page, const void *address,
                       char *name)
{
    const struct pw_vspace *space = &pw_vmalloc_space;
    const size_t at = page ? 0 : pw_vpage_of(space, address);

    if (page ? port_read(page->tag) != PW_TAG_VMALLOC
             : at == 0 || at == space->npages) /* page 0 is nobody's */
        return false;
    snprintf(name, PW_OWNER_NAME, "pw_vmalloc()");
    return true;
}

struct pw_owner pw_vmalloc_owner = {.name = name_owner};

int pw_vmalloc_misuse(struct pw_vspace *space, const void *address,
                      enum pw_vstate kind)
{
    const size_t at = pw_vpage_of(space, address);
    char name[PW_OWNER_NAME];
    enum pw_vstate state;
    port_pin_t pin;
    size_t head;

    if (at == 0 || at == space->npages) {
        if (!space->zone || !pw_owner_of(space->zone, address, name))
            return refuse(address, -EFAULT,
                          "not an address of this space; free it where it "
                          "was allocated");
        port_report("free of %p: it belongs to %s; free it there", address,
                    name);
        return -EFAULT;
    }
    port_hold(&space->lock, &pin);
    head = head_of(space, at);
    state = port_read(space->pages[head].state);
    port_release(&space->lock, &pin);
    if (state != PW_V_VMALLOC && state != PW_V_VMAP)
        return refuse(address, -EALREADY,
                      "it is free already; free an area once");
    if (pw_vpage_address(space, head) != address)
        return refuse(address, -EINVAL,
                      "it lies inside an area; free what the allocation "
                      "returned");
    return refuse(address, -EINVAL,
                  kind == PW_V_VMAP
                      ? "it is from pw_vmalloc; free it by pw_vfree"
                      : "it is from pw_vmap; free it by pw_vunmap");
}

int pw_vmap_misuse(const struct pw_vspace *space, struct pw_page **frames,
                   size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (pw_page_to_pfn(space->zone, frames[i]) < space->zone->nframes)
            continue;
        port_report("pw_vmap: frame %zu of %zu is not of this zone; map "
                    "what the zone gave",
                    i, n);
        return -EFAULT;
    }
    return 0;
}
//< misuse

//> stat
void pw_vspace_stat(struct pw_vspace *space, struct pw_vspace_stat *stat)
{
    port_pin_t pin;

    port_hold(&space->lock, &pin);
    stat->areas = space->nareas;
    stat->used = space->nused;
    stat->lazy = space->nlazy;
    stat->free = space->npages - 1 - stat->used - stat->lazy;
    stat->largest = space->pages[space->root].node.max;
    port_release(&space->lock, &pin);
}

static int info_line(const struct pw_vspace *space, size_t at, char *line,
                     size_t size)
{
    const struct pw_vpage *page = &space->pages[at];
    const uintptr_t first = (uintptr_t)pw_vpage_address(space, at);
    const size_t bytes = (size_t)page->size << PORT_PAGE_SHIFT;

    if (port_read(page->state) == PW_V_LAZY)
        return snprintf(line, size, "%#lx-%#lx %7lu unpurged vm_area",
                        first, first + bytes, bytes);
    return snprintf(
        line, size, "%#lx-%#lx %7lu %#lx pages=%u %s", first, first + bytes,
        bytes, (unsigned long)page->caller, page->size - 1,
        port_read(page->state) == PW_V_VMAP ? "vmap" : "vmalloc");
}

int pw_vspace_info(struct pw_vspace *space, size_t *at, char *line,
                   size_t size)
{
    struct pw_vpage *pages = space->pages;
    port_pin_t pin;
    int length = 0;

    port_hold(&space->lock, &pin);
    if (*at < space->npages)
        *at = head_of(space, *at);
    while (*at < space->npages && length == 0) {
        if (port_read(pages[*at].state) != PW_V_FREE)
            length = info_line(space, *at, line, size);
        *at += pages[*at].size;
    }
    port_release(&space->lock, &pin);
    return length;
}
//< stat

//> check
static int broken(const char *invariant, size_t where)
{
    port_report("space is corrupt at page %zu: %s; a caller wrote where "
                "it should not",
                where, invariant);
    return -EINVAL;
}

/* The subtree at `at`, all of it between `low` and `high`. */
static int check_tree(const struct pw_vspace *space, uint32_t at,
                      size_t low, size_t high, size_t *nodes)
{
    const struct pw_vpage *pages = space->pages, *page = &pages[at];
    uint32_t max = page->size;
    int side;

    if (at == 0)
        return 0;
    if (at <= low || at >= high)
        return broken("a node is out of order", at);
    if (page->state != PW_V_FREE)
        return broken("a node is not of a free range", at);
    for (side = 0; side < 2; side++) {
        const uint32_t child = page->node.child[side];

        if (child && pages[child].node.up != at)
            return broken("a child does not know its parent", at);
        if (child && pages[child].prio > page->prio)
            return broken("a node is below one of lower priority", at);
        if (child && pages[child].node.max > max)
            max = pages[child].node.max;
    }
    if (max != page->node.max)
        return broken("the largest range below is wrong", at);
    ++*nodes;
    return check_tree(space, page->node.child[0], low, at, nodes) ||
                   check_tree(space, page->node.child[1], at, high, nodes)
               ? -EINVAL
               : 0;
}

/* One piece of the tiling; counts what it is. */
static int check_piece(const struct pw_vspace *space, size_t at,
                       struct pw_vspace_stat *count, size_t *ranges)
{
    const struct pw_vpage *page = &space->pages[at];
    const struct pw_vpage *last = page + page->size - 1;

    switch (page->state) {
    case PW_V_FREE:
        if (last->state != PW_V_FREE || last->size != page->size)
            return broken("a free range has no node", at);
        if (at > 1 && (page - 1)->state == PW_V_FREE)
            return broken("two free ranges touch", at);
        count->free += page->size;
        ++*ranges;
        return 0;
    case PW_V_LAZY: count->lazy += page->size; break;
    case PW_V_VMALLOC:
    case PW_V_VMAP:
        count->areas++;
        count->used += page->size;
        break;
    default: return broken("nothing begins where something ends", at);
    }
    return last->frame ? broken("a guard has a frame", at) : 0;
}

int pw_vspace_check(struct pw_vspace *space)
{
    struct pw_vspace_stat stat, count = {0};
    size_t at, nodes = 0, ranges = 0;

    for (at = 1; at < space->npages; at += space->pages[at].size)
        if (space->pages[at].size == 0 ||
            at + space->pages[at].size > space->npages)
            return broken("a size is impossible", at);
        else if (check_piece(space, at, &count, &ranges))
            return -EINVAL;
    if (check_tree(space, space->root, 0, space->npages, &nodes))
        return -EINVAL;
    pw_vspace_stat(space, &stat);
    if (nodes != ranges || count.free != stat.free ||
        count.lazy != stat.lazy || count.used != stat.used ||
        count.areas != stat.areas)
        return broken("entries and counts disagree", nodes);
    return 0;
}
//< check
