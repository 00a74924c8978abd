// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What an area costs, the kernel's and ours, in one boot under one clock.
 *
 *   vmalloc.pair    a pair of allocate and free           x: size in KiB
 *     kernel          vmalloc and vfree
 *     kernel-kmalloc  kmalloc and kfree, as far as it goes
 *     kernel-pages    __get_free_pages and free_pages, as far as it goes
 *     kernel-kvmalloc kvmalloc and kvfree
 *     pw              pw_vspace_alloc and pw_vspace_free
 *   vmalloc.areas   a pair of vmap and vunmap of one to   x: live areas
 *                   three pages; a random one of many
 *                   live areas goes, a new one comes
 *     kernel          vmap and vunmap
 *     pw              pw_vspace_map and pw_vspace_free
 *     pw-range        of which: pw_vrange_take and pw_vrange_give
 *
 * Nothing is zeroed and nobody touches the memory. Lazily freed addresses
 * are purged inside the clock, once at the end of every repetition, so
 * that each pair pays its share. Ours does less: one space and no choice
 * of a range, no per-area name, no node, no accounting, no KASAN hooks;
 * and its page tables and area records exist beforehand.
 */
#include "../../code/vmalloc/vmalloc_core.h"
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

enum {
    FRAMES = 20480,     /* 80 MiB */
    MOST_LIVE = 100000, /* areas */
    MOST_AREAS = MOST_LIVE + MOST_LIVE / 4,
    STEPS = 2048,   /* pairs in one repetition */
    MOST_PAGES = 3, /* of an area */
};

static struct pw_zone zone;
static struct pw_vspace space;

/* ---- By size -------------------------------------------------------- */

static void pair_empty(size_t size, int n)
{
    for (; n > 0; n--)
        OPTIMIZER_HIDE_VAR(size);
}

static void pair_kernel(size_t size, int n)
{
    for (; n > 0; n--)
        vfree(vmalloc(size));
    vm_unmap_aliases();
}

static void pair_kmalloc(size_t size, int n)
{
    for (; n > 0; n--)
        kfree(kmalloc(size, GFP_KERNEL | __GFP_NOWARN));
}

static void pair_pages(size_t size, int n)
{
    const unsigned order = get_order(size);

    for (; n > 0; n--)
        free_pages(__get_free_pages(GFP_KERNEL | __GFP_NOWARN, order),
                   order);
}

static void pair_kvmalloc(size_t size, int n)
{
    for (; n > 0; n--)
        kvfree(kvmalloc(size, GFP_KERNEL));
    vm_unmap_aliases();
}

static void pair_pw(size_t size, int n)
{
    for (; n > 0; n--)
        pw_vspace_free(&space, pw_vspace_alloc(&space, size, NULL),
                       PW_V_VMALLOC);
    pw_vspace_purge(&space);
}

static const struct way {
    const char *variant;
    void (*run)(size_t size, int n);
    size_t most; /* bytes; 0: no limit here */
} ways[] = {
    {"empty", pair_empty, 0},
    {"kernel", pair_kernel, 0},
    {"kernel-kmalloc", pair_kmalloc, KMALLOC_MAX_SIZE},
    {"kernel-pages", pair_pages, PAGE_SIZE << MAX_PAGE_ORDER},
    {"kernel-kvmalloc", pair_kvmalloc, 0},
    {"pw", pair_pw, 0},
};

static u64 run_way(const struct way *way, size_t size, int n)
{
    const u64 start = lab_clock();

    way->run(size, n);
    return lab_clock() - start;
}

static void measure_size(size_t size)
{
    static struct lab_sample sample[ARRAY_SIZE(ways)];
    const int n = clamp_t(int, (1 << 20) / size, 1, 32);
    unsigned i;
    int rep;

    for (rep = -1; rep < lab_reps; rep++) /* the first is the warm-up */
        for (i = 0; i < ARRAY_SIZE(ways); i++)
            if (!ways[i].most || size <= ways[i].most)
                sample[i].ticks[max(rep, 0)] = run_way(&ways[i], size, n);
    for (i = 1; i < ARRAY_SIZE(ways); i++)
        if (!ways[i].most || size <= ways[i].most)
            lab_cost("vmalloc.pair", ways[i].variant, size >> 10,
                     &sample[i], &sample[0], n);
    cond_resched();
}

/* ---- v5: a single page ---------------------------------------------- */

static u64 least(const struct way *way)
{
    u64 ticks = U64_MAX;
    int i;

    for (i = 0; i < 9; i++)
        ticks = min(ticks, run_way(way, PAGE_SIZE, 32) / 32);
    return ticks;
}

static void claim_v5(void)
{
    const u64 v = least(&ways[1]), k = least(&ways[2]);
    const u64 page = least(&ways[3]);

    lab_claim("v5", v > k && v > page ? LAB_HOLDS : LAB_FAILS,
              "a page and back: vmalloc %llu, kmalloc %llu, "
              "__get_free_page %llu of the clock's ticks",
              v, k, page);
}

/* ---- By the number of live areas ------------------------------------ */

static void **held; /* MOST_AREAS areas */
static u32 *places; /* for pw-range: first pages, */
static u8 *sizes;   /* and sizes */
static struct page *page;
static struct pw_page *pw_page;

static void *take_kernel(size_t i, unsigned pages)
{
    struct page *same[MOST_PAGES] = {page, page, page};

    return held[i] = vmap(same, pages, VM_MAP, PAGE_KERNEL);
}

static void give_kernel(size_t i)
{
    vunmap(held[i]);
}

static void *take_pw(size_t i, unsigned pages)
{
    struct pw_page *same[MOST_PAGES] = {pw_page, pw_page, pw_page};

    return held[i] = pw_vspace_map(&space, same, pages, NULL);
}

static void give_pw(size_t i)
{
    pw_vspace_free(&space, held[i], PW_V_VMAP);
}

/* The range allocator by itself, with the guard, as area_take() does. */
static void *take_range(size_t i, unsigned pages)
{
    unsigned long flags;

    local_irq_save(flags);
    spin_lock(&space.lock);
    places[i] = pw_vrange_take(&space, pages + 1, 1);
    space.pages[places[i]].size = pages + 1;
    space.pages[places[i]].state = PW_V_BUSY;
    spin_unlock(&space.lock);
    local_irq_restore(flags);
    sizes[i] = (u8)(pages + 1);
    return places[i] ? &places[i] : NULL;
}

static void give_range(size_t i)
{
    unsigned long flags;

    local_irq_save(flags);
    spin_lock(&space.lock);
    pw_vrange_give(&space, places[i], sizes[i]);
    spin_unlock(&space.lock);
    local_irq_restore(flags);
}

static void *take_empty(size_t i, unsigned pages)
{
    OPTIMIZER_HIDE_VAR(i);
    return held;
}

static void give_empty(size_t i)
{
    OPTIMIZER_HIDE_VAR(i);
}

static void purge_none(void)
{
}

static void purge_pw(void)
{
    pw_vspace_purge(&space);
}

static const struct owner {
    const char *variant;
    void *(*take)(size_t i, unsigned pages);
    void (*give)(size_t i);
    void (*purge)(void);
} owners[] = {
    {"empty", take_empty, give_empty, purge_none},
    {"kernel", take_kernel, give_kernel, vm_unmap_aliases},
    {"pw", take_pw, give_pw, purge_pw},
    {"pw-range", take_range, give_range, purge_none},
};

//> churn
/* One area in five goes again: holes everywhere, as after a long time. */
static bool fill(const struct owner *o, size_t live)
{
    const size_t all = live + live / 4;
    size_t i;

    for (i = 0; i < all; i++)
        if (!o->take(i, 1))
            return false;
    for (i = live; i < all; i++) { /* swap every fifth to the end */
        const size_t hole = (i - live) * 5 % live;

        swap(held[i], held[hole]);
        swap(places[i], places[hole]);
        swap(sizes[i], sizes[hole]);
    }
    for (i = live; i < all; i++)
        o->give(i);
    o->purge();
    return true;
}

/* A random one goes, a new one of one to three pages comes. */
static u64 churn(const struct owner *o, size_t live, u64 *state)
{
    const u64 start = lab_clock();
    int step;

    for (step = 0; step < STEPS; step++) {
        const size_t i = lab_random(state) % live;

        o->give(i);
        if (!o->take(i, 1 + lab_random(state) % MOST_PAGES))
            pr_err("pagewise: vmalloc lab: no room for an area\n");
    }
    o->purge();
    return lab_clock() - start;
}
//< churn

static bool measure_owner(const struct owner *o, size_t live,
                          const struct lab_sample *empty,
                          struct lab_sample *sample)
{
    u64 state = 1993;
    size_t i;
    int rep;

    if (!fill(o, live))
        return false;
    churn(o, live, &state); /* warm-up */
    for (rep = 0; rep < lab_reps; rep++)
        sample->ticks[rep] = churn(o, live, &state);
    for (i = 0; i < live; i++)
        o->give(i);
    o->purge();
    if (empty)
        lab_cost("vmalloc.areas", o->variant, live, sample, empty, STEPS);
    cond_resched();
    return true;
}

static int measure_areas(void)
{
    static const u32 lives[] = {10, 100, 1000, 10000, MOST_LIVE};
    static struct lab_sample sample, empty;
    int error = -ENOMEM;
    size_t i, j;

    held = vzalloc(MOST_AREAS * sizeof(*held));
    places = vzalloc(MOST_AREAS * sizeof(*places));
    sizes = vzalloc(MOST_AREAS);
    page = alloc_page(GFP_KERNEL);
    pw_page = pw_zone_alloc(&zone, 0);
    if (!held || !places || !sizes || !page || !pw_page)
        goto out;
    error = 0;
    for (i = 0; i < ARRAY_SIZE(lives); i++)
        for (j = 0; j < ARRAY_SIZE(owners); j++) {
            pr_info("pagewise: lab: %u live areas, %s\n", lives[i],
                    owners[j].variant);
            if (!measure_owner(&owners[j], lives[i], j ? &empty : NULL,
                               j ? &sample : &empty)) {
                pr_err("pagewise: vmalloc lab: %u areas do not fit\n",
                       lives[i]);
                error = -ENOMEM;
            }
        }
out:
    pw_zone_free(&zone, pw_page, 0);
    __free_page(page);
    vfree(sizes);
    vfree(places);
    vfree(held);
    return error;
}

/* ---- Both ----------------------------------------------------------- */

/* Ours in this kernel: does it hold what it promises? */
static int check_ours(void)
{
    size_t size;

    for (size = 1; size <= 16 << 20; size = size * 3 + 1) {
        char *p = pw_vspace_alloc(&space, size, NULL);

        if (!p || vmalloc_to_pfn(p) != __pa(zone.base) / PAGE_SIZE +
                                           pw_vspace_to_pfn(&space, p))
            return -EIO;
        memset(p, 0x5a, size);
        if (lab_mapped_by(p + (PAGE_ALIGN(size))) != 0)
            return -EIO; /* the guard */
        if (pw_vspace_free(&space, p, PW_V_VMALLOC) ||
            lab_mapped_by(p) != 0)
            return -EIO;
    }
    return pw_vspace_check(&space) ?: pw_zone_check(&zone);
}

int vmalloc_lab_cost(void)
{
    const bool slow = IS_ENABLED(CONFIG_KASAN) || lab_selftest;
    size_t pages = slow ? 20000 : 5 * MOST_LIVE / 2 + 40000, size;
    int error = pw_zone_init(&zone, slow ? 8192 : FRAMES, PW_BATCH);

    if (error)
        return error;
    error = pw_vspace_init(&space, &zone, pages);
    if (error) {
        pr_err("pagewise: vmalloc lab: no range of %zu pages\n", pages);
        pw_zone_exit(&zone);
        return error;
    }
    error = check_ours();
    claim_v5();
    for (size = PAGE_SIZE; !slow && !error && size <= 64 << 20; size *= 2) {
        pr_info("pagewise: lab: pairs of %zu KiB\n", size >> 10);
        measure_size(size);
    }
    if (!slow && !error)
        error = measure_areas();
    if (!error)
        error = check_ours();
    pw_vspace_exit(&space);
    pw_zone_exit(&zone);
    return error;
}
