/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
//> theory
/*
 * The port to a kernel module: frames lent by the running kernel.
 *
 * The zone wants one physically contiguous run. The kernel can make one
 * of any length (alloc_contig_pages) but exports it to modules only of
 * late, so we do what we can from outside: take blocks of the size that the
 * zone aligns to, sort them by address, and keep the first run of
 * neighbours that is long enough. In a freshly booted machine the buddy
 * allocator hands out neighbours and the search ends at once; on an old
 * one it fails with -ENOMEM, and everything goes back.
 */
#include "port.h"

#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>
//< theory

//> contiguous
static int compare_addresses(const void *a, const void *b)
{
    const unsigned long x = *(const unsigned long *)a;
    const unsigned long y = *(const unsigned long *)b;

    return x < y ? -1 : x > y;
}

/* Index of the first of `want` adjacent blocks among n, or -1. */
static long find_run(const unsigned long *block, size_t n, size_t want,
                     unsigned long step)
{
    size_t i, run = 1;

    for (i = 0; i < n; i++) {
        run = i && block[i] == block[i - 1] + step ? run + 1 : 1;
        if (run == want)
            return (long)(i + 1 - want);
    }
    return -1;
}

int port_memory_map(struct port_memory *m, size_t pages, size_t align)
{
    const unsigned order = (unsigned)ilog2(align);
    const size_t want = pages / align;
    const size_t most = 2 * want + 8; /* blocks to try before giving up */
    const gfp_t gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
    unsigned long *block = vmalloc(most * sizeof(*block));
    size_t n = 0, i;
    long first = -1;

    if (!block || want == 0)
        goto out;
    while (first < 0 && n < most) {
        block[n] = __get_free_pages(gfp, order);
        if (!block[n])
            break;
        n++;
        sort(block, n, sizeof(*block), compare_addresses, NULL);
        first = find_run(block, n, want, align << PORT_PAGE_SHIFT);
    }
    for (i = 0; i < n; i++)
        if (first < 0 || i < (size_t)first || i >= (size_t)first + want)
            free_pages(block[i], order);
    if (first >= 0) {
        m->base = (char *)block[first];
        m->pages = pages;
        m->backing = (int)order;
    }
out:
    vfree(block);
    return first < 0 ? -ENOMEM : 0;
}
//< contiguous

//> kernel-memory
void port_memory_unmap(struct port_memory *m)
{
    const unsigned order = (unsigned)m->backing;
    size_t at;

    for (at = 0; at < m->pages; at += (size_t)1 << order)
        free_pages((unsigned long)m->base + (at << PORT_PAGE_SHIFT), order);
    *m = (struct port_memory){.backing = -1};
}

void *port_meta_alloc(size_t bytes)
{
    return vzalloc(bytes);
}

void port_meta_free(void *p, size_t bytes)
{
    (void)bytes;
    vfree(p);
}
//< kernel-memory
