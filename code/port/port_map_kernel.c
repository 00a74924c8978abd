/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
//> theory
/*
 * Mapping in a kernel module, by hand. The kernel does not lend modules
 * a range of addresses, but it maps pages that one brings (vmap). So we
 * bring a single page, as often as the range is long: that reserves the
 * addresses and builds the page tables down to the last level. Then the
 * entries are cleared, and from there on they are ours to write.
 *
 * A table of the last level has 512 entries and maps 2 MiB. We remember
 * where each of them is: to map a page is then one store. To unmap it is
 * one store as well, but a CPU may have the old entry in its TLB, and
 * will believe it until it is told otherwise.
 */
#include "port.h"

#include <linux/gfp.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>
#include <asm/processor-flags.h>
//< theory

//> entry
static size_t table_of(const struct port_range *r, size_t at)
{
    const unsigned long base = (unsigned long)r->base;

    return ((base + (at << PAGE_SHIFT)) >> PMD_SHIFT) - (base >> PMD_SHIFT);
}

/* The page-table entry of the range's page `at`. */
static pte_t *entry_of(const struct port_range *r, size_t at)
{
    const unsigned long address =
        (unsigned long)r->base + (at << PAGE_SHIFT);

    return ((pte_t **)r->tables)[table_of(r, at)] + pte_index(address);
}
//< entry

//> reserve
/* Find the tables; false if they are not of the last level. */
static bool find_tables(struct port_range *r)
{
    unsigned int level;
    size_t at;

    for (at = 0; at < r->pages; at++) {
        const unsigned long address =
            (unsigned long)r->base + (at << PAGE_SHIFT);
        pte_t *entry;

        if (at > 0 && pte_index(address) != 0)
            continue;
        entry = lookup_address(address, &level);
        if (!entry || level != PG_LEVEL_4K)
            return false;
        ((pte_t **)r->tables)[table_of(r, at)] = entry - pte_index(address);
    }
    return true;
}

int port_range_reserve(struct port_range *r, size_t pages)
{
    struct page **same = vmalloc(pages * sizeof(*same));
    struct page *page = alloc_page(GFP_KERNEL);
    size_t i;

    *r = (struct port_range){.pages = pages};
    for (i = 0; same && i < pages; i++)
        same[i] = page;
    if (same && page)
        r->base = vmap(same, (unsigned int)pages, VM_MAP, PAGE_KERNEL);
    if (r->base)
        r->tables = vzalloc((table_of(r, pages) + 1) * sizeof(pte_t *));
    vfree(same);
    if (!r->tables || !find_tables(r)) {
        port_range_release(r);
    } else {
        port_unmap(r, 0, pages);
        port_flush();
    }
    if (page)
        __free_page(page);
    return r->base ? 0 : -ENOMEM;
}

void port_range_release(struct port_range *r)
{
    if (r->base)
        vunmap(r->base);
    vfree(r->tables);
    *r = (struct port_range){.base = NULL};
}
//< reserve

//> map
int port_map(const struct port_range *r, size_t at,
             const struct port_memory *m, size_t frame, size_t n)
{
    const unsigned long first = __pa(m->base) >> PAGE_SHIFT;
    size_t i;

    for (i = 0; i < n; i++)
        set_pte(entry_of(r, at + i),
                pfn_pte(first + frame + i, PAGE_KERNEL));
    return 0;
}

void port_unmap(const struct port_range *r, size_t at, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        set_pte(entry_of(r, at + i), __pte(0));
}

/*
 * Whoever changes the bit "global pages" in CR4 empties the whole TLB,
 * entries of the kernel's own pages among them. We change it twice.
 */
static void flush_this_cpu(void *unused)
{
    unsigned long cr4;

    (void)unused;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 ^ X86_CR4_PGE) : "memory");
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4) : "memory");
}

void port_flush(void)
{
    on_each_cpu(flush_this_cpu, NULL, 1);
}
//< map
