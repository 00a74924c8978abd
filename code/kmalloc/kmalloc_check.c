/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What exactly is wrong with a request or with an address, what there is
 * to count, and whether the invariants hold.
 *
 * Nothing here is on a path that has to be quick, and everything is left
 * as it was.
 */
#include "kmalloc_core.h"

/* Say why this request fails. Always NULL. */
void *pw_kmalloc_refuse(size_t size, pw_gfp_t flags)
{
    if (flags & PW_GFP_NOWARN)
        return NULL;
    if (flags >= 2 * PW_GFP_NOWARN)
        port_report("pw_kmalloc: flags 0x%x; use PW_GFP_...", flags);
    else if (pw_km.small == 0)
        port_report("pw_kmalloc: no caches; call pw_kmalloc_init() first");
    else if (size > PW_KMALLOC_MAX)
        port_report("pw_kmalloc: %zu bytes; the largest is %d, ask for "
                    "less or use pw_vmalloc()",
                    size, (int)PW_KMALLOC_MAX);
    else
        port_report("pw_kmalloc: no memory for %zu bytes, flags 0x%x; free "
                    "some%s",
                    size, flags,
                    flags & PW_GFP_RECLAIM ? "" : " or use PW_GFP_KERNEL");
    return NULL;
}

/* The block of pages of ours that a frame lies in, or NULL. */
static const struct pw_page *large_block_of(const struct pw_page *page)
{
    const size_t pfn = pw_page_to_pfn(&pw_contig_zone, page);
    const struct pw_page *head;
    unsigned order;

    for (order = 0; order <= PW_MAX_ORDER; order++) {
        head = &pw_contig_zone.pages[pfn & ~(((size_t)1 << order) - 1)];
        if (port_read(head->tag) == PW_TAG_LARGE &&
            port_read(head->order) >= order)
            return head;
    }
    return NULL;
}

static int report_inside(const char *call, const char *block,
                         const struct pw_page *head)
{
    const char *start = pw_page_address(&pw_contig_zone, head);

    port_report("%s(%p): it points %zu bytes into a block; use what the "
                "allocation returned",
                call, (const void *)block, (size_t)(block - start));
    return -EINVAL;
}

static int report_free(const char *call, const void *block)
{
    port_report("%s(%p): it is free already; free a block once and forget "
                "its address",
                call, block);
    return -EALREADY;
}

/* Who has a frame of a block of pages, or of the reserve. */
static bool name_owner(const struct pw_page *page, const void *address,
                       char *name)
{
    const uint16_t tag = page ? port_read(page->tag) : 0;

    (void)address;
    if (tag != PW_TAG_LARGE && tag != PW_TAG_RESERVE)
        return false;
    snprintf(name, PW_OWNER_NAME, "pw_kmalloc()");
    return true;
}

struct pw_owner pw_kmalloc_owner = {.name = name_owner};

/* The address is no object's. */
int pw_block_misuse(const char *call, const void *block)
{
    const struct pw_page *page = pw_virt_to_page(&pw_contig_zone, block);
    const struct pw_page *head = page ? large_block_of(page) : NULL;
    char name[PW_OWNER_NAME];

    if (page && pw_tag_name(port_read(page->tag), name)) {
        port_report("%s(%p): it points into an object of cache %s; use "
                    "what the allocation returned",
                    call, block, name);
        return -EINVAL;
    }
    if (head)
        return report_inside(call, block, head);
    if (page && (port_read(page->tag) == PW_TAG_RESERVE ||
                 port_read(page->state) != PW_USED))
        return report_free(call, block);
    if (pw_owner_of(&pw_contig_zone, block, name))
        port_report("%s(%p): it belongs to %s; free it there", call, block,
                    name);
    else
        port_report("%s(%p): no block of ours; free it where it was "
                    "allocated",
                    call, block);
    return -EFAULT;
}

/*
 * Is this object free, as far as one can see? On its slab, or as the one
 * that this CPU freed last; not elsewhere in a magazine.
 */
static bool is_free_object(struct pw_cache *cache,
                           const struct pw_page *page, const void *block,
                           uint32_t index)
{
    const struct pw_slab *slab;
    port_pin_t pin;
    bool is_free;

    is_free = *cpu_of(cache, port_pin(&pin))->top == block;
    port_lock(&cache->lock);
    slab = page->owner;
    if (!slab || slab->free[index >> 6] >> (index & 63) & 1)
        is_free = true;
    port_release(&cache->lock, &pin);
    return is_free;
}

/* Bytes that its owner may use; 0 after a report if it has no owner. */
size_t pw_block_size(const char *call, const void *block)
{
    const struct pw_page *page = pw_virt_to_page(&pw_contig_zone, block);
    struct pw_cache *cache = pw_cache_of(&pw_contig_zone, block);
    uint32_t index;

    if (!block || block == PW_ZERO_SIZE_PTR)
        return 0;
    if (cache && pw_object_index(cache, page, block, &index)) {
        if (!is_free_object(cache, page, block, index))
            return cache->size;
        report_free(call, block);
        return 0;
    }
    if (page && port_read(page->tag) == PW_TAG_LARGE &&
        pw_page_address(&pw_contig_zone, page) == block)
        return PORT_PAGE_SIZE << page->order;
    pw_block_misuse(call, block);
    return 0;
}

void pw_kmalloc_stat(struct pw_kmalloc_stat *stat)
{
    struct pw_cache_stat cache;
    unsigned kind;

    *stat = (struct pw_kmalloc_stat){
        .large = port_read(pw_km.large),
        .frames = port_read(pw_km.frames),
        .reserve = port_read(pw_km.reserve.n),
        .low = pw_km.reserve.low,
    };
    for (kind = 0; pw_km.small && kind < PW_KMALLOC_CLASSES; kind++) {
        pw_cache_stat(pw_km.by_class[kind], &cache);
        stat->active += cache.active;
    }
}
//< theory

//> check
static int broken(const char *invariant, size_t where)
{
    port_report("kmalloc is corrupt at %zu: %s; a caller wrote where it "
                "should not",
                where, invariant);
    return -EINVAL;
}

/* Both ways lead to the smallest cache that fits, for every size. */
static int check_tables(void)
{
    const struct pw_cache *cache;
    unsigned kind = 0;
    size_t size;

    for (size = 1; size <= pw_km.small; size++) {
        if (size > pw_class_size[kind])
            kind++;
        cache = pw_km.by_class[kind];
        if (pw_cache_by_table(size) != cache)
            return broken("the table leads to the wrong class", size);
        if (pw_cache_by_step(size) != cache)
            return broken("arithmetic leads to the wrong class", size);
    }
    return 0;
}

/* The counts of large blocks and of the reserve, frame by frame. */
static int check_frames(void)
{
    const struct pw_zone *zone = &pw_contig_zone;
    size_t pfn, large = 0, frames = 0, reserve = 0;

    for (pfn = 0; pfn < zone->nframes; pfn++) {
        const struct pw_page *page = &zone->pages[pfn];

        if (page->tag != PW_TAG_LARGE && page->tag != PW_TAG_RESERVE)
            continue;
        if (page->state != PW_USED)
            return broken("a frame with our tag is free", pfn);
        large += page->tag == PW_TAG_LARGE;
        frames += (size_t)(page->tag == PW_TAG_LARGE) << page->order;
        reserve += page->tag == PW_TAG_RESERVE;
    }
    if (large != pw_km.large || frames != pw_km.frames)
        return broken("blocks of pages and counts disagree", large);
    if (reserve != pw_km.reserve.n || reserve > pw_km.reserve.low)
        return broken("the reserve's count is wrong", reserve);
    return 0;
}

int pw_kmalloc_check(void)
{
    unsigned kind;
    int err = check_tables();

    for (kind = 0; !err && pw_km.small && kind < PW_KMALLOC_CLASSES; kind++)
        err = pw_cache_check(pw_km.by_class[kind]);
    return err ? err : check_frames();
}
//< check
