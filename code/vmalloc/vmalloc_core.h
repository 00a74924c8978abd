/* SPDX-License-Identifier: MIT */
//> core
/*
 * What the files of this folder tell each other. Not installed.
 */
#ifndef PW_VMALLOC_CORE_H
#define PW_VMALLOC_CORE_H

#include "../page/page_core.h"
#include "vmalloc.h"

/* The range allocator. The caller is pinned and holds space->lock. */
void pw_vrange_init(struct pw_vspace *space);

/*
 * The lowest run of size pages whose first address is a multiple of
 * align pages; 0 if there is none. The run is in no state: the caller
 * sets that of its first page.
 */
uint32_t pw_vrange_take(struct pw_vspace *space, uint32_t size,
                        uint32_t align);
/* Pages first to first + size - 1 are free. */
void pw_vrange_give(struct pw_vspace *space, uint32_t first, uint32_t size);

/* Say what is wrong with freeing this address, vmalloc_check.c. */
int pw_vmalloc_misuse(struct pw_vspace *space, const void *address,
                      enum pw_vstate kind);
/* Is one of these frames not of the zone? Then say so. */
int pw_vmap_misuse(const struct pw_vspace *space, struct pw_page **frames,
                   size_t n);

/* Blocks that a space has bear this tag. */
enum { PW_TAG_VMALLOC = 0xffff };
extern struct pw_owner pw_vmalloc_owner;

/*
 * Frames of the pages from `at` on, vmalloc_frames.c. The caller owns
 * the area; no lock is needed, and none may be held.
 */
size_t pw_vframes_take(struct pw_vspace *space, size_t at, size_t n);
void pw_vframes_give(struct pw_vspace *space, size_t at, size_t n);
void pw_vframes_forget(struct pw_vspace *space, size_t at, size_t n);
int pw_vframes_map(struct pw_vspace *space, size_t at, size_t n);

/* The number of the page an address lies in; npages if in none. */
static inline size_t pw_vpage_of(const struct pw_vspace *space,
                                 const void *address)
{
    const uintptr_t at = (uintptr_t)address - (uintptr_t)space->range.base;
    const uintptr_t page = at >> PORT_PAGE_SHIFT;

    return page < space->npages ? page : space->npages;
}

static inline void *pw_vpage_address(const struct pw_vspace *space,
                                     size_t page)
{
    return space->range.base + (page << PORT_PAGE_SHIFT);
}

#endif
//< core
