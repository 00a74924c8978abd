// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Fragmentation, and what it is to vmalloc: nothing.
 *
 *   vmalloc.breaks   x: size in KiB. Of 1024 steps from one page of an
 *                    area to the next, how many lead to a frame that is
 *                    not the neighbour. On memory as the boot left it
 *                    (kernel, pw), and on a checkerboard (-checker)
 *   vmalloc.checker  x: size in KiB. On the checkerboard, which call gets
 *                    memory (kernel-kmalloc, kernel), in %, and what it
 *                    costs when it does
 *
 * The checkerboard: all frames are taken one by one, then those with even
 * numbers are given back. What is left of larger blocks (the kernel's
 * reserve) is taken too, so that no two free frames are buddies.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* No reclaim, no complaint: what is free now, or NULL. */
#define GFP_NOW __GFP_NOWARN
/* Reclaim and compact, but do not kill for it. */
#define GFP_TRY (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

static struct page *held[MAX_PAGE_ORDER + 1]; /* lists, through the pages */

static void hold(struct page *page, int order)
{
    *(struct page **)page_address(page) = held[order];
    held[order] = page;
}

//> checkerboard
static unsigned long make_checkerboard(void)
{
    struct page *page, *next, *odd = NULL;
    unsigned long given = 0;
    int order;

    while ((page = alloc_page(GFP_NOW)) != NULL)
        hold(page, 0);
    for (page = held[0]; page; page = next) {
        next = *(struct page **)page_address(page);
        if (page_to_pfn(page) & 1) {
            *(struct page **)page_address(page) = odd;
            odd = page;
        } else {
            __free_page(page);
            given++;
        }
    }
    held[0] = odd;
    for (order = MAX_PAGE_ORDER; order > 0; order--)
        while ((page = alloc_pages(GFP_NOW | GFP_DMA, order)) ||
               (page = alloc_pages(GFP_TRY, order)))
            hold(page, order);
    return given;
}
//< checkerboard

static void clear_checkerboard(void)
{
    struct page *page;
    int order;

    for (order = 0; order <= MAX_PAGE_ORDER; order++)
        while ((page = held[order]) != NULL) {
            held[order] = *(struct page **)page_address(page);
            __free_pages(page, order);
        }
}

/* ---- v1: where the frames lie --------------------------------------- */

enum { V1_KIB = 8192 };

static unsigned long measure_breaks(const char *variant)
{
    unsigned long breaks = 0;
    size_t kib;

    for (kib = 64; kib <= V1_KIB; kib *= 2) {
        const size_t pages = kib / 4;
        char *area = vmalloc(kib * 1024);

        breaks = area ? lab_breaks(area, pages) : 0;
        if (area && !lab_selftest)
            lab_value("vmalloc.breaks", variant, kib, "breaks",
                      "in 1024 steps",
                      div_u64(breaks * 1024ULL * 1000, pages - 1));
        vfree(area);
    }
    return breaks;
}

static void claim_v1(unsigned long fresh, unsigned long checker)
{
    lab_claim("v1", checker > 0 ? LAB_HOLDS : LAB_FAILS,
              "an area of %d pages, virtually in one piece: on memory as "
              "the boot left it %lu of its steps do not lead to the next "
              "frame, on a checkerboard %lu",
              V1_KIB / 4, fresh, checker);
}

/* ---- v10: what can still be had ------------------------------------- */

static u64 cost_of(size_t size, bool is_vmalloc)
{
    const u64 start = lab_clock();

    if (is_vmalloc)
        vfree(vmalloc(size));
    else
        kfree(kmalloc(size, GFP_TRY));
    return lab_clock() - start;
}

static bool can(size_t size, bool is_vmalloc)
{
    void *p =
        is_vmalloc ? __vmalloc(size, GFP_TRY) : kmalloc(size, GFP_TRY);

    kvfree(p);
    return p != NULL;
}

static void claim_v10(unsigned long free)
{
    size_t size, fails = 0, most = 0;
    u64 kmalloc_page = 0, vmalloc_page = 0, vmalloc_big = 0;
    bool k, v;

    for (size = PAGE_SIZE; size <= 64 << 20; size *= 2) {
        k = size <= KMALLOC_MAX_SIZE && can(size, false);
        v = can(size, true);
        if (!k && v && !fails)
            fails = size;
        most = v ? size : most;
        if (lab_selftest)
            continue;
        if (size <= KMALLOC_MAX_SIZE)
            lab_value("vmalloc.checker", "kernel-kmalloc", size >> 10,
                      "success", "%", k * 100000);
        lab_value("vmalloc.checker", "kernel", size >> 10, "success", "%",
                  v * 100000);
    }
    kmalloc_page = cost_of(PAGE_SIZE, false);
    vmalloc_page = cost_of(PAGE_SIZE, true);
    vmalloc_big = fails ? cost_of(fails, true) : 0;
    lab_claim("v10",
              fails && vmalloc_page > kmalloc_page ? LAB_HOLDS : LAB_FAILS,
              "%lu frames free, no two of them buddies: kmalloc fails from "
              "%zu KiB on, vmalloc still gives %zu KiB; a page costs "
              "kmalloc %llu ticks and vmalloc %llu, and %zu KiB cost "
              "vmalloc %llu",
              free, fails >> 10, most >> 10, kmalloc_page, vmalloc_page,
              fails >> 10, vmalloc_big);
}

/* ---- Ours, on the same board ---------------------------------------- */

static struct pw_zone zone;
static struct pw_vspace space;

static void ours(const char *variant)
{
    size_t kib;

    for (kib = 64; kib <= V1_KIB; kib *= 2) {
        char *area = pw_vspace_alloc(&space, kib * 1024, NULL);

        if (area)
            lab_value("vmalloc.breaks", variant, kib, "breaks",
                      "in 1024 steps",
                      div_u64(lab_breaks(area, kib / 4) * 1024ULL * 1000,
                              kib / 4 - 1));
        pw_vspace_free(&space, area, PW_V_VMALLOC);
    }
}

static int measure_ours(void)
{
    int error = pw_zone_init(&zone, 8192, 0);
    size_t i;

    if (error)
        return error;
    error = pw_vspace_init(&space, &zone, 8192);
    if (!error) {
        ours("pw");
        for (i = 0; i < 8192; i++)
            pw_zone_alloc(&zone, 0);
        for (i = 0; i < 8192; i += 2)
            pw_zone_free(&zone, &zone.pages[i], 0);
        ours("pw-checker");
        error = pw_vspace_check(&space) ?: pw_zone_check(&zone);
        pw_vspace_exit(&space);
    }
    pw_zone_exit(&zone);
    return error;
}

int vmalloc_lab_frag(void)
{
    unsigned long fresh, free;
    int error = lab_selftest ? 0 : measure_ours();

    if (error)
        return error;
    pr_info("pagewise: lab: the checkerboard\n");
    fresh = measure_breaks("kernel");
    free = make_checkerboard();
    claim_v1(fresh, measure_breaks("kernel-checker"));
    claim_v10(free);
    clear_checkerboard();
    return 0;
}
