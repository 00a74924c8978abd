// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The vmalloc lab: what vmalloc does, as seen from a module: which frames
 * lie behind an area, and what stands in the page tables before, during
 * and after the call (claims v1 to v10; the other files have most).
 *
 * Each claim gathers evidence and then decides by it; a kernel that
 * behaved otherwise would get another verdict. On a second load the
 * claims are asked again and nothing is measured.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

unsigned long lab_breaks(const void *area, size_t pages)
{
    unsigned long breaks = 0, before = vmalloc_to_pfn(area), pfn;
    size_t i;

    for (i = 1; i < pages; i++, before = pfn) {
        pfn = vmalloc_to_pfn(area + (i << PAGE_SHIFT));
        breaks += pfn != before + 1;
    }
    return breaks;
}

unsigned long lab_mapped_by(const void *address)
{
    unsigned int level;
    pte_t *entry = lookup_address((unsigned long)address, &level);

    if (!entry || !pte_present(*entry))
        return 0;
    return level == PG_LEVEL_4K ? PAGE_SIZE : PMD_SIZE;
}

/* ---- v2: page tables before and after ------------------------------- */

//> claim-v2
enum { PAGES_V2 = 16 };

/* Of a range of pages, how many are mapped. */
static unsigned mapped_of(const char *at)
{
    unsigned i, n = 0;

    for (i = 0; i < PAGES_V2; i++)
        n += lab_mapped_by(at + i * PAGE_SIZE) != 0;
    return n;
}

/* An area is made, freed and made again, until the addresses agree. */
static void claim_v2(void)
{
    char *first, *again = vmalloc(PAGES_V2 * PAGE_SIZE);
    unsigned before, after, same = 0, i, tries = 0;

    do {
        first = again;
        vfree(first);
        vm_unmap_aliases(); /* the addresses are free at once */
        before = mapped_of(first);
        again = vmalloc(PAGES_V2 * PAGE_SIZE);
    } while (again != first && tries++ < 10);
    after = again ? mapped_of(again) : 0;
    for (i = 0; again && i < PAGES_V2; i++) {
        char *direct = page_address(vmalloc_to_page(again + i * PAGE_SIZE));

        again[i * PAGE_SIZE] = (char)(i + 1);
        same += READ_ONCE(*direct) == (char)(i + 1);
    }
    lab_claim("v2",
              again == first && before == 0 && after == PAGES_V2 &&
                      same == PAGES_V2
                  ? LAB_HOLDS
                  : LAB_FAILS,
              "%d pages at %px: mapped before the call %u, after it %u; "
              "%u show what their frame shows in the direct map; the "
              "second area lies where the first %s",
              PAGES_V2, again, before, after, same,
              again == first ? "lay" : "did not");
    vfree(again);
}
//< claim-v2

/* ---- v4: the TLB ---------------------------------------------------- */

static void claim_v4(void)
{
    lab_claim("v4", LAB_UNMEASURED,
              "an emulator that counts instructions has no TLB to miss; "
              "the chapter measures this one on hardware");
}

/* ---- The module ----------------------------------------------------- */

static int ask(void)
{
    int error;

    claim_v2();
    claim_v4();
    vmalloc_lab_trace();
    vmalloc_lab_sleep();
    error = vmalloc_lab_cost();
    if (!error && !IS_ENABLED(CONFIG_KASAN)) /* KASAN makes it slow */
        error = vmalloc_lab_frag();
    return error;
}

LAB_MODULE(vmalloc, ask);
