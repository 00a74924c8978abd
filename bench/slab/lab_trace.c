// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Listening to a cache as it grows: the page allocator's trace event, and
 * a kprobe on __get_free_pages.
 *
 *   slab.grow       x: size of the object. Order of the block that the
 *                   page allocator gives for one slab (order), by the
 *                   kernel's slab allocator and by ours
 *
 * An event counts while the task that allocates is inside the call, and if
 * the block is afterwards a slab of this cache: an allocator may need
 * memory for other things too.
 */
#include "lab_parts.h"

#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

enum { BLOCKS = 64, SLABS = 16, OBJECTS = 4096 };

static struct task_struct *listener; /* inside the call, or NULL */
static struct block {
    struct page *page;
    unsigned order;
} blocks[BLOCKS];
static unsigned nblocks;
static unsigned long get_free_pages_calls;

//> probe
static void on_page_alloc(void *data, struct page *page, unsigned order,
                          gfp_t gfp)
{
    if (READ_ONCE(listener) == current && page && nblocks < BLOCKS)
        blocks[nblocks++] = (struct block){page, order};
}
//< probe

static struct tracepoint *page_alloc;

static void find_tracepoint(struct tracepoint *point, void *unused)
{
    if (strcmp(point->name, "mm_page_alloc") == 0)
        page_alloc = point;
}

#ifdef CONFIG_KPROBES
static int on_get_free_pages(struct kprobe *probe, struct pt_regs *regs)
{
    if (READ_ONCE(listener) == current)
        get_free_pages_calls++;
    return 0;
}

static struct kprobe door;

static bool watch(void)
{
    static const char *const name[] = {"get_free_pages_noprof",
                                       "__get_free_pages"};
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(name); i++) {
        door = (struct kprobe){.symbol_name = name[i],
                               .pre_handler = on_get_free_pages};
        if (register_kprobe(&door) == 0)
            return true;
    }
    return false;
}

static void unwatch(void)
{
    unregister_kprobe(&door);
}
#else
static bool watch(void)
{
    return false;
}

static void unwatch(void)
{
}
#endif

//> claim-s6
struct growth {
    unsigned long slabs;  /* that the cache gained */
    unsigned long blocks; /* that became slabs of it */
    unsigned least, most; /* their orders */
    unsigned long calls;  /* of __get_free_pages */
};

/* Allocate until there are so many slabs, and listen. */
static void grow(struct kmem_cache *cache, struct growth *g)
{
    static void *object[OBJECTS];
    struct lab_slabinfo info;
    unsigned n = 0, i;

    nblocks = 0;
    get_free_pages_calls = 0;
    g->least = MAX_PAGE_ORDER;
    do {
        WRITE_ONCE(listener, current);
        object[n] = kmem_cache_alloc(cache, GFP_KERNEL);
        WRITE_ONCE(listener, NULL);
        lab_slabinfo(cache, &info);
    } while (object[n] && ++n < OBJECTS && info.slabs < SLABS);
    g->slabs = info.slabs;
    g->calls = get_free_pages_calls;
    for (i = 0; i < nblocks; i++) {
        if ((void *)lab_read(blocks[i].page, SLAB_CACHE) != cache)
            continue;
        g->blocks++;
        g->least = min(g->least, blocks[i].order);
        g->most = max(g->most, blocks[i].order);
    }
    while (n > 0)
        kmem_cache_free(cache, object[--n]);
}

static struct growth grow_size(size_t size)
{
    struct kmem_cache *cache = lab_make_cache("pw_lab_grow", size, NULL);
    struct growth g = {.slabs = 0};

    if (cache)
        grow(cache, &g);
    kmem_cache_destroy(cache);
    return g;
}

static void claim_s6(const struct growth *all, unsigned n)
{
    const struct growth *first = &all[0], *last = &all[n - 1];
    unsigned i, one_call = 0, one_page = 0, by_name = 0;

    for (i = 0; i < n; i++) {
        const struct growth *g = &all[i];

        one_call += g->slabs && g->blocks == g->slabs;
        one_page += g->most == 0;
        by_name += g->slabs && g->calls == g->slabs;
    }
    lab_claim("s6",
              one_call < n                    ? LAB_FAILS
              : one_page == n && by_name == n ? LAB_HOLDS
                                              : LAB_LIMIT,
              "objects of 64 to 8192 bytes: for %u of %u sizes there was "
              "one block for each new slab, for %u always a single page "
              "(the largest order: %u for 64 bytes, %u for 8192), and for "
              "%u it came through __get_free_pages",
              one_call, n, one_page, first->most, last->most, by_name);
}
//< claim-s6

/* The order of our slabs for the size, or -1. */
static int our_order(struct pw_zone *zone, size_t size)
{
    struct pw_cache *cache =
        pw_cache_create_in(zone, "grow", size, 0, 0, NULL);
    struct pw_cache_stat stat;

    if (!cache)
        return -1;
    pw_cache_stat(cache, &stat);
    pw_cache_destroy(cache);
    return (int)stat.order;
}

static void record(const struct growth *all, unsigned n)
{
    struct pw_zone zone;
    unsigned i;

    if (pw_zone_init(&zone, 1024, 0))
        return;
    for (i = 0; i < n; i++) {
        lab_value("slab.grow", "kernel", 64L << i, "order", "order",
                  1000ULL * all[i].most);
        lab_value("slab.grow", "pw", 64L << i, "order", "order",
                  1000ULL * our_order(&zone, 64UL << i));
    }
    pw_zone_exit(&zone);
}

void slab_lab_trace(void)
{
    enum { SIZES = 8 };
    static struct growth growth[SIZES];
    unsigned i;

    for_each_kernel_tracepoint(find_tracepoint, NULL);
    if (!page_alloc || !watch()) {
        lab_claim("s6", LAB_UNMEASURED,
                  "this kernel has no tracepoint or no kprobes to listen "
                  "with");
        return;
    }
    tracepoint_probe_register(page_alloc, on_page_alloc, NULL);
    for (i = 0; i < SIZES; i++)
        growth[i] = grow_size(64UL << i);
    tracepoint_probe_unregister(page_alloc, on_page_alloc, NULL);
    tracepoint_synchronize_unregister();
    unwatch();
    claim_s6(growth, SIZES);
    if (!lab_selftest)
        record(growth, SIZES);
}
