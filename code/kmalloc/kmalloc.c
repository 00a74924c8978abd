/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The hot pair, and what is behind it.
 *
 * pw_kmalloc() finds the cache of the size and pops the object freed last
 * from this CPU's magazine. pw_kfree() finds the cache from the address,
 * by way of the frame's descriptor, and pushes. Neither takes a lock nor
 * calls anything. Whatever is not that simple, a flag that asks for more,
 * an empty magazine, a size without a cache, a suspicious address, goes
 * to the slow path, which looks at everything again from the start.
 *
 * The order in which a request is served: a magazine, a slab that has a
 * free object, a new slab; if the request may wait, what all caches can
 * spare; if it is atomic, a frame of the reserve. Then it fails.
 */
#include "kmalloc_core.h"

struct pw_kmalloc pw_km;

/* An object of a cache. A request that may wait has all caches reaped. */
static void *small_alloc(size_t size, pw_gfp_t flags)
{
    struct pw_cache *cache = pw_cache_for(size);

    return flags & PW_GFP_RECLAIM ? pw_cache_alloc(cache)
                                  : pw_cache_alloc_noreap(cache);
}
//< theory

//> kmalloc-slow
#define PW_GFP_ALL \
    (PW_GFP_RECLAIM | PW_GFP_HIGH | PW_GFP_ZERO | PW_GFP_NOWARN)

/* The same without the flag, and then zeros to the block's end. */
static void *zeroed(size_t size, pw_gfp_t flags)
{
    void *block = pw_kmalloc(size, flags & ~PW_GFP_ZERO);

    return block ? memset(block, 0, pw_ksize(block)) : NULL;
}

/*
 * Who must not fail takes from the reserve; everybody else who comes by
 * first fills it up, before anything is served.
 */
static __attribute__((__noinline__)) void *kmalloc_slow(size_t size,
                                                        pw_gfp_t flags)
{
    void *block;

    if (size == 0)
        return PW_ZERO_SIZE_PTR;
    if (size > PW_KMALLOC_MAX || pw_km.small == 0 || flags & ~PW_GFP_ALL)
        return pw_kmalloc_refuse(size, flags);
    if (flags & PW_GFP_ZERO)
        return zeroed(size, flags);
    if (!(flags & PW_GFP_HIGH))
        pw_reserve_fill();
    if (size <= pw_km.small)
        block = small_alloc(size, flags);
    else
        block = pw_large_alloc(size, flags);
    if (!block && flags & PW_GFP_HIGH)
        block = pw_large_last_resort(size);
    return block ? block : pw_kmalloc_refuse(size, flags);
}
//< kmalloc-slow

//> kmalloc
__attribute__((aligned(PORT_CACHE_LINE))) void *pw_kmalloc(size_t size,
                                                           pw_gfp_t flags)
{
    const pw_gfp_t more = ~(PW_GFP_RECLAIM | PW_GFP_HIGH | PW_GFP_NOWARN);
    struct pw_cache *cache;
    port_pin_t pin;
    void *block;

    if (port_unlikely(size - 1 >= pw_km.small || flags & more))
        return kmalloc_slow(size, flags);
    cache = pw_cache_for(size);
    block = cpu_pop(cpu_of(cache, port_pin_quick(&pin)));
    port_unpin(&pin);
    return port_likely(block != NULL) ? block : kmalloc_slow(size, flags);
}

void *pw_kzalloc(size_t size, pw_gfp_t flags)
{
    return pw_kmalloc(size, flags | PW_GFP_ZERO);
}
//< kmalloc

//> kfree
static __attribute__((__noinline__)) int kfree_slow(void *block)
{
    struct pw_page *page = pw_virt_to_page(&pw_contig_zone, block);
    struct pw_cache *cache = pw_cache_of(&pw_contig_zone, block);

    if (!block || block == PW_ZERO_SIZE_PTR)
        return 0;
    if (cache)
        return pw_cache_free(cache, block);
    if (page && port_read(page->tag) == PW_TAG_LARGE)
        return pw_large_free(page, block);
    return pw_block_misuse("pw_kfree", block);
}

__attribute__((aligned(PORT_CACHE_LINE))) int pw_kfree(void *block)
{
    const struct pw_page *page = pw_virt_to_page(&pw_contig_zone, block);
    const uint16_t tag = page ? port_read(page->tag) : PW_TAG_LARGE;
    struct pw_cache *cache;
    port_pin_t pin;
    uint32_t index;
    bool done;

    if (port_unlikely(tag >= PW_CACHES))
        return kfree_slow(block);
    cache = port_read(pw_caches[tag]);
    if (port_unlikely(!cache ||
                      !pw_object_index(cache, page, block, &index)))
        return kfree_slow(block);
    done = cpu_push(cpu_of(cache, port_pin_quick(&pin)), block);
    port_unpin(&pin);
    return port_likely(done) ? 0 : kfree_slow(block);
}
//< kfree
