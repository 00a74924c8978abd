// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * All ways to get memory, on one axis: instructions, by size.
 *
 *   which.pair   a pair of allocate and free; nobody touches the memory
 *   which.used   the same, with a word written to each page between them
 *                x: bytes; the variant is the call:
 *     kernel-slab      kmem_cache_alloc, from a cache of that size
 *     kernel-kmalloc   kmalloc
 *     kernel-pages     __get_free_pages
 *     kernel-kvmalloc  kvmalloc
 *     kernel-vmalloc   vmalloc
 *     kernel-percpu    __alloc_percpu: the block once for each processor
 *     kernel-dma       dma_alloc_coherent, for a device without an IOMMU
 *     glibc, pw        malloc in a process (guest_user.c)
 *
 * Memory in the kernel is there when the call returns, in a process when it
 * is touched; so which.used is the fair one, and which.pair shows why.
 */
#include "lab_parts.h"

#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

enum { MOST_SIZE = 16 << 20, MOST_OBJECT = 32 << 10 };

static struct kmem_cache *cache;
static struct platform_device *device;
static dma_addr_t bus_address;

/* A cache with a constructor is not merged with another one. */
static void made(void *object)
{
    barrier();
}

static void *take_slab(size_t size, gfp_t gfp)
{
    return kmem_cache_alloc(cache, gfp);
}

static void give_slab(void *block, size_t size)
{
    kmem_cache_free(cache, block);
}

static void *take_kmalloc(size_t size, gfp_t gfp)
{
    return kmalloc(size, gfp);
}

static void give_kmalloc(void *block, size_t size)
{
    kfree(block);
}

static void *take_pages(size_t size, gfp_t gfp)
{
    return (void *)__get_free_pages(gfp, get_order(size));
}

static void give_pages(void *block, size_t size)
{
    free_pages((unsigned long)block, get_order(size));
}

static void *take_kvmalloc(size_t size, gfp_t gfp)
{
    return kvmalloc(size, gfp);
}

static void give_kvmalloc(void *block, size_t size)
{
    kvfree(block);
}

static void *take_vmalloc(size_t size, gfp_t gfp)
{
    return __vmalloc(size, gfp);
}

static void give_vmalloc(void *block, size_t size)
{
    vfree(block);
}

static void *take_percpu(size_t size, gfp_t gfp)
{
    return (void __force *)__alloc_percpu_gfp(size, 8, gfp);
}

static void give_percpu(void *block, size_t size)
{
    free_percpu((void __percpu *)block);
}

static void *take_dma(size_t size, gfp_t gfp)
{
    return dma_alloc_coherent(&device->dev, size, &bus_address, gfp);
}

static void give_dma(void *block, size_t size)
{
    dma_free_coherent(&device->dev, size, block, bus_address);
}

const struct which_way which_ways[] = {
    {"kernel-slab", take_slab, give_slab, 8, MOST_OBJECT},
    {"kernel-kmalloc", take_kmalloc, give_kmalloc, 8, KMALLOC_MAX_SIZE},
    {"kernel-pages", take_pages, give_pages, PAGE_SIZE, KMALLOC_MAX_SIZE},
    {"kernel-kvmalloc", take_kvmalloc, give_kvmalloc, 8, MOST_SIZE},
    {"kernel-vmalloc", take_vmalloc, give_vmalloc, 8, MOST_SIZE},
    {"kernel-percpu", take_percpu, give_percpu, 8, PCPU_MIN_UNIT_SIZE},
    {"kernel-dma", take_dma, give_dma, PAGE_SIZE, KMALLOC_MAX_SIZE},
};
const int which_count = ARRAY_SIZE(which_ways);

const struct which_way *which_way(const char *variant)
{
    int i;

    for (i = 0; i < which_count; i++)
        if (strcmp(which_ways[i].variant, variant) == 0)
            return &which_ways[i];
    return NULL;
}

static void *take_nothing(size_t size, gfp_t gfp)
{
    return &cache;
}

static void give_nothing(void *block, size_t size)
{
}

static const struct which_way nothing = {"empty", take_nothing,
                                         give_nothing, 0, 0};

/* Of a block that is there for each processor, this one's. */
static char *here(const struct which_way *way, void *block)
{
    return way->take == take_percpu
               ? raw_cpu_ptr((char __percpu __force *)block)
               : block;
}

//> which-used
static void use(char *block, size_t size)
{
    size_t at;

    for (at = 0; at < size; at += PAGE_SIZE)
        WRITE_ONCE(block[at], 1);
}

static u64 ticks_of(const struct which_way *way, size_t size, int n,
                    bool used, bool *given)
{
    const u64 start = lab_clock();
    int i;

    for (i = 0; i < n; i++) {
        void *block = way->take(size, GFP_KERNEL | __GFP_NOWARN);

        *given &= block != NULL;
        if (used && block)
            use(here(way, block), size);
        way->give(block, size);
    }
    vm_unmap_aliases(); /* what vfree put off */
    return lab_clock() - start;
}
//< which-used

/* Costs of a size: how often is enough, and what the loop itself takes. */
static void measure(const struct which_way *way, size_t size, bool used)
{
    const int n = clamp_t(int, (1 << 20) / size, 1, 32);
    static struct lab_sample sample, empty;
    bool given = true;
    int rep;

    for (rep = -2; rep < lab_reps; rep++) { /* two to warm up */
        empty.ticks[max(rep, 0)] =
            ticks_of(&nothing, size, n, false, &given);
        sample.ticks[max(rep, 0)] = ticks_of(way, size, n, used, &given);
    }
    if (given)
        lab_cost(used ? "which.used" : "which.pair", way->variant, size,
                 &sample, &empty, n);
    cond_resched();
}

static int measure_size(size_t size)
{
    int i;

    cache = size <= MOST_OBJECT
                ? kmem_cache_create("pagewise_which", size, 0, 0, made)
                : NULL;
    if (!cache && size <= MOST_OBJECT)
        return -ENOMEM;
    for (i = 0; i < which_count; i++)
        if (size >= which_ways[i].least && size <= which_ways[i].most) {
            measure(&which_ways[i], size, false);
            measure(&which_ways[i], size, true);
        }
    kmem_cache_destroy(cache);
    return 0;
}

static int measure_all(void)
{
    size_t size;
    int error;

    device = platform_device_register_simple("pagewise", -1, NULL, 0);
    if (IS_ERR(device))
        return PTR_ERR(device);
    error = dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
    for (size = 8; !error && size <= MOST_SIZE; size *= 2) {
        pr_info("pagewise: lab: pairs of %zu bytes\n", size);
        error = measure_size(size);
    }
    platform_device_unregister(device);
    return error;
}

static int ask(void)
{
    int error;

    if (lab_selftest)
        return 0;
    error = measure_all();
    return error ? error : which_scarce();
}

LAB_MODULE(which, ask);
