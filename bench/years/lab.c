// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a pair costs, on every kernel by the same module, and where in the
 * kernel it is spent.
 *
 *   years.pair       a pair of allocate and free, warm; the variant is the
 *                    call, x empty. In the boots that leave something out
 *                    (boots.tsv) years.<boot>
 *   years.in-<call>  of which: instructions in one function of the
 *                    kernel's, which is the variant (lab_step.c)
 *
 * A call's name is what it is given: page0 is a block of order 0, slab64
 * an object of 64 bytes, kmalloc64k 64 KiB.
 */
#include "lab_parts.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static struct kmem_cache *cache;
static volatile size_t size; /* the compiler is not to know it */

static void pages(unsigned order)
{
    free_pages(__get_free_pages(GFP_KERNEL, order), order);
}

static void page0(void)
{
    pages(0);
}

static void page3(void)
{
    pages(3);
}

static void page9(void)
{
    pages(9);
}

static void slab64(void)
{
    kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
}

static void by_kmalloc(void)
{
    kfree(kmalloc(size, GFP_KERNEL));
}

static void by_kvmalloc(void)
{
    kvfree(kvmalloc(size, GFP_KERNEL));
}

static void by_vmalloc(void)
{
    vfree(vmalloc(size));
}

const struct years_call years_calls[] = {
    {"page0", page0},
    {"page3", page3},
    {"page9", page9},
    {"slab64", slab64},
    {"kmalloc64", by_kmalloc},
    {"kmalloc64k", by_kmalloc},
    {"kvmalloc64k", by_kvmalloc},
    {"vmalloc4k", by_vmalloc},
    {"vmalloc64k", by_vmalloc},
    {"vmalloc1m", by_vmalloc},
};
const int years_count = ARRAY_SIZE(years_calls);

/* With a constructor the cache is not merged with another one. */
static void made(void *object)
{
    barrier();
}

/* The size is at the name's end: 64, 64k, 1m. */
void years_choose(const char *name)
{
    char *end;

    while (*name > '9')
        name++;
    size = simple_strtoul(name, &end, 10);
    size <<= *end == 'm' ? 20 : *end == 'k' ? 10 : 0;
}

static void nothing(void)
{
    barrier();
}

static u64 ticks_of(void (*pair)(void), int n)
{
    const u64 start = lab_clock();
    int i;

    for (i = 0; i < n; i++)
        pair();
    return lab_clock() - start;
}

/* What vfree puts off is done inside the clock. */
static u64 ticks_with_purge(void (*pair)(void), int n)
{
    const u64 start = lab_clock();
    int i;

    for (i = 0; i < n; i++)
        pair();
    vm_unmap_aliases();
    return lab_clock() - start;
}

static void measure(const char *experiment, const struct years_call *call)
{
    const int n = 32;
    struct lab_sample sample, empty;
    const bool areas = call->pair == by_vmalloc;
    int rep;

    years_choose(call->name);
    for (rep = -2; rep < lab_reps; rep++) { /* two to warm up */
        empty.ticks[max(rep, 0)] = ticks_of(nothing, n);
        sample.ticks[max(rep, 0)] = areas ? ticks_with_purge(call->pair, n)
                                          : ticks_of(call->pair, n);
    }
    lab_cost(experiment, call->name, LAB_NO_X, &sample, &empty, n);
    cond_resched();
}

static int ask(void)
{
    static const char *const boots[] = {"unguarded", "poor"};
    static char experiment[32] = "years.pair";
    int i, error = 0;

    if (lab_selftest)
        return 0;
    for (i = 0; i < ARRAY_SIZE(boots); i++)
        if (lab_boot(boots[i]))
            snprintf(experiment, sizeof(experiment), "years.%s", boots[i]);
    cache = kmem_cache_create("pagewise_years", 64, 0, 0, made);
    if (!cache)
        return -ENOMEM;
    for (i = 0; i < years_count; i++)
        measure(experiment, &years_calls[i]);
    /* A kernel that checks for sleeping would complain of the walk. */
    if (lab_boot("main") && !IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP))
        error = years_step();
    kmem_cache_destroy(cache);
    return error;
}

LAB_MODULE(years, ask);
