// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The page lab: a module that asks the running kernel whether it does what
 * the essay says of __get_free_page and its family (claims p1 to p7).
 *
 * Each claim is a function that gathers evidence and then decides by it; a
 * kernel that behaved otherwise would get another verdict. All questions
 * are asked while the module is being loaded; the answers lie in
 * /proc/pagewise/page until it is unloaded. On a second load the claims
 * are asked again and nothing is measured: a self-test that what the first
 * load took was given back.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/vmalloc.h>

/* The orders that no per-CPU list serves, on any kernel of the lab. */
enum { CORE_ORDER = 5, TRIES = 512 };

void lab_read_buddies(struct lab_buddies *b)
{
    struct zone *zone = NODE_DATA(0)->node_zones;
    int i, order;

    memset(b, 0, sizeof(*b));
    for (i = 0; i < MAX_NR_ZONES; i++)
        for (order = 0; order < NR_PAGE_ORDERS; order++)
            b->free[order] += zone[i].free_area[order].nr_free;
}

/* ---- p1: the buddy system -------------------------------------------- */

static void print_buddies(const char *when, const struct lab_buddies *b)
{
    int order;

    lab_print("page-buddyinfo.txt", "%-20s", when);
    for (order = 0; order < NR_PAGE_ORDERS; order++)
        lab_print("page-buddyinfo.txt", "%5lu", b->free[order]);
    lab_print("page-buddyinfo.txt", "\n");
}

/* The order that was split so that `order` could be served, or 0. */
static int split_from(const struct lab_buddies *before,
                      const struct lab_buddies *after, int order)
{
    int from = order;

    while (from <= MAX_PAGE_ORDER &&
           after->free[from] == before->free[from] + 1)
        from++; /* each order on the way gained a half */
    if (from == order || from > MAX_PAGE_ORDER ||
        after->free[from] != before->free[from] - 1)
        return 0;
    return from;
}

static bool buddy_is_free(const struct page *page, int order)
{
    struct page *buddy = pfn_to_page(page_to_pfn(page) ^ (1UL << order));

    return PageBuddy(buddy) && page_private(buddy) == order;
}

struct split {
    struct lab_buddies before, during, after;
    int from;   /* the order of the block that was split, or 0 */
    bool buddy; /* its other half was on the free list */
};

static void print_split(const struct split *s)
{
    lab_print("page-buddyinfo.txt",
              "free blocks of order    0    1    2    3    4"
              "    5    6    7    8    9   10\n");
    print_buddies("before", &s->before);
    print_buddies("order 5 allocated", &s->during);
    print_buddies("and freed", &s->after);
}

//> claim-p1
/* Take blocks until one has to be split; then give that one back. */
static void find_split(struct split *s, int order)
{
    struct page *page, *next;
    unsigned long flags;
    LIST_HEAD(taken);
    int tries = 0;

    local_irq_save(flags); /* nobody else allocates meanwhile */
    while (!s->from && tries++ < TRIES) {
        lab_read_buddies(&s->before);
        page = alloc_pages(GFP_NOWAIT, order);
        if (!page)
            break;
        list_add(&page->lru, &taken);
        lab_read_buddies(&s->during);
        s->from = split_from(&s->before, &s->during, order);
    }
    if (s->from) {
        s->buddy = buddy_is_free(page, order);
        list_del(&page->lru);
        __free_pages(page, order);
    }
    lab_read_buddies(&s->after);
    list_for_each_entry_safe(page, next, &taken, lru)
        __free_pages(page, order);
    local_irq_restore(flags);
}

static void claim_p1(void)
{
    const int order = CORE_ORDER;
    struct split s = {.from = 0};
    bool merged;

    find_split(&s, order);
    merged = !memcmp(&s.before, &s.after, sizeof(s.after));
    lab_claim("p1", s.from && s.buddy && merged ? LAB_HOLDS : LAB_FAILS,
              "for order %d a block of order %d was split: free blocks of "
              "orders %d and %d went from %lu and %lu to %lu and %lu; its "
              "buddy %s on the list; after the free %lu and %lu",
              order, s.from, order, s.from, s.before.free[order],
              s.before.free[s.from], s.during.free[order],
              s.during.free[s.from], s.buddy ? "was" : "was not",
              s.after.free[order], s.after.free[s.from]);
    print_split(&s);
}
//< claim-p1

/* ---- p2: alignment --------------------------------------------------- */

static void claim_p2(void)
{
    unsigned long at[16], page = 0, size = 0, twice = 0, all = 0;
    int order, n, i;

    for (order = 0; order < NR_PAGE_ORDERS; order++) {
        const unsigned long bytes = PAGE_SIZE << order;

        for (n = 0; n < 16 && (n << order) < 4096; n++) {
            at[n] = __get_free_pages(GFP_KERNEL | __GFP_NOWARN, order);
            if (!at[n])
                break;
        }
        for (i = 0; i < n; i++) {
            all++;
            page += IS_ALIGNED(at[i], PAGE_SIZE);
            size +=
                IS_ALIGNED(at[i], bytes) && IS_ALIGNED(__pa(at[i]), bytes);
            twice += IS_ALIGNED(at[i], 2 * bytes);
            free_pages(at[i], order);
        }
    }
    lab_claim("p2", page == all && size == all ? LAB_HOLDS : LAB_FAILS,
              "%lu blocks of orders 0 to %d: %lu aligned to a page, %lu to "
              "their own size (virtual and physical), %lu to twice that",
              all, MAX_PAGE_ORDER, page, size, twice);
}

/* ---- p3, p5: the compiler's word ------------------------------------- */

static void claim_p3(void)
{
    const bool is_page = __builtin_types_compatible_p(
        typeof(alloc_page(GFP_KERNEL)), struct page *);

    lab_claim("p3", is_page ? LAB_HOLDS : LAB_FAILS,
              "for the compiler alloc_page(GFP_KERNEL) and struct page * "
              "are %s type",
              is_page ? "one" : "not one");
}

/*
 * Kbuild compiled two programs that name a member of struct page, with the
 * module's own flags: one asks for `virtual`, the other, to see that the
 * question works, for `flags`.
 */
static void claim_p5(void)
{
    enum lab_verdict verdict = LAB_UNMEASURED;

    if (LAB_PAGE_HAS_FLAGS)
        verdict = LAB_PAGE_HAS_VIRTUAL ? LAB_HOLDS : LAB_FAILS;
    lab_claim("p5", verdict,
              "this kernel's struct page (%zu bytes) has %s member "
              "'virtual'; the same question for 'flags' was answered %s",
              sizeof(struct page), LAB_PAGE_HAS_VIRTUAL ? "a" : "no",
              LAB_PAGE_HAS_FLAGS ? "yes" : "no");
}

/* ---- p4: one frame, several addresses -------------------------------- */

//> claim-p4
static void claim_p4(void)
{
    struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
    u32 *a = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
    u32 *b = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
    bool one_frame = false, one_page = false;

    if (page && a && b && a != b) {
        WRITE_ONCE(*a, 0x70616765);
        one_frame = READ_ONCE(*b) == 0x70616765 &&
                    READ_ONCE(*(u32 *)page_address(page)) == 0x70616765;
        one_page = vmalloc_to_page(a) == page && vmalloc_to_page(b) == page;
    }
    lab_claim("p4", one_frame && one_page ? LAB_HOLDS : LAB_FAILS,
              "frame %lu at %px, %px and %px: what was written through "
              "the first was %sread through all, and they lead to %s "
              "struct page",
              page ? page_to_pfn(page) : 0, a, b,
              page ? page_address(page) : NULL, one_frame ? "" : "not ",
              one_page ? "one" : "more than one");
    vunmap(a);
    vunmap(b);
    if (page)
        __free_page(page);
}
//< claim-p4

/* ---- p6, p7: from page to address and back --------------------------- */

static void claim_p6(void)
{
    unsigned long all = 0, right = 0, order;

    for (order = 0; order < NR_PAGE_ORDERS; order++) {
        struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);
        void *address;

        if (!page)
            continue;
        address = page_address(page);
        all++;
        right += address == __va(PFN_PHYS(page_to_pfn(page))) &&
                 virt_to_page(address) == page;
        __free_pages(page, order);
    }
    lab_claim("p6", all && right == all ? LAB_HOLDS : LAB_FAILS,
              "%lu of %lu pages: page_address() is PAGE_OFFSET plus the "
              "physical address, and virt_to_page() leads back",
              right, all);
}

//> claim-p7
static void claim_p7(void)
{
    const unsigned long address = __get_free_page(GFP_KERNEL);
    void *far = vmalloc(PAGE_SIZE);
    bool direct, mapped;

    if (!address || !far)
        goto out;
    direct = page_address(virt_to_page(address)) == (void *)address;
    mapped = virt_to_page(far) == vmalloc_to_page(far);
    lab_claim("p7",
              !direct  ? LAB_FAILS
              : mapped ? LAB_HOLDS
                       : LAB_LIMIT,
              "%lx: there and back %s; the vmalloc address %px lies in "
              "frame %lu, virt_to_page() says frame %lu of %lu: %s",
              address, direct ? "the same" : "another", far,
              vmalloc_to_pfn(far), page_to_pfn(virt_to_page(far)),
              node_end_pfn(0), mapped ? "right" : "nonsense");
out:
    vfree(far);
    free_page(address);
}
//< claim-p7

void page_lab_claims(void)
{
    claim_p1();
    claim_p2();
    claim_p3();
    claim_p4();
    claim_p5();
    claim_p6();
    claim_p7();
}

/* ---- The module ------------------------------------------------------ */

static int ask(void)
{
    page_lab_claims();
    if (lab_selftest)
        return 0;
    return page_lab_cost() ?: page_lab_bulk() ?: page_lab_frag();
}

LAB_MODULE(page, ask);
