// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The kmalloc lab: a module that asks the running kernel whether it does
 * what the essay says of kmalloc (claims k1 to k9; k10 is the page lab's).
 *
 * It is loaded in several boots (bench/kmalloc/boots.tsv), and asks in each
 * what can be asked there: with address randomisation, with swap, with
 * the kernel's own checks. Each claim gathers evidence and then decides by
 * it; a kernel that behaved otherwise would get another verdict. On a
 * second load it asks the cheap questions again and measures nothing.
 */
#include "lab_parts.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

/* ---- Looking --------------------------------------------------------- */

//> walk
phys_addr_t lab_physical(const void *address)
{
    const unsigned long at = (unsigned long)address;
    unsigned int level;
    pte_t *entry = lookup_address(at, &level);
    unsigned long inside;

    if (!entry || !pte_present(*entry))
        return 0;
    inside = (level == PG_LEVEL_1G   ? PUD_SIZE
              : level == PG_LEVEL_2M ? PMD_SIZE
                                     : PAGE_SIZE) -
             1;
    return (pte_val(*entry) & PTE_PFN_MASK & ~inside) | (at & inside);
}
//< walk

/* Files of /proc write to user memory only: lend them a page of init's. */
ssize_t lab_read_file(const char *path, loff_t at, void *to, size_t size)
{
    struct file *file = filp_open(path, O_RDONLY, 0);
    unsigned long user;
    ssize_t n = 1;
    size_t got = 0;

    if (IS_ERR(file))
        return PTR_ERR(file);
    user = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, 0);
    while (got < size && n > 0) {
        const size_t part = min_t(size_t, size - got, PAGE_SIZE);

        if (!file->f_op->read)
            n = kernel_read(file, to + got, part, &at);
        else
            n = file->f_op->read(file, (char __user *)user, part, &at);
        if (n > 0 && file->f_op->read &&
            copy_from_user(to + got, (char __user *)user, n))
            n = -EFAULT;
        got += n > 0 ? n : 0;
    }
    vm_munmap(user, PAGE_SIZE);
    filp_close(file, NULL);
    return n < 0 ? n : (ssize_t)got;
}

/* ---- k1: who can call it --------------------------------------------- */

enum { MOST_TEXT = 24 << 20 };

/* What the kernel's list of its own symbols has. */
struct symbols {
    unsigned long calls;   /* functions that are system calls */
    unsigned long kmalloc; /* of these with kmalloc in the name */
    bool read;             /* the control: read() is among them */
    bool kernel;           /* kmalloc is a function of the kernel */
};

//> claim-k1
static void look_at_symbol(struct symbols *s, const char *line)
{
    const char *name = strnchr(line, 20, ' '); /* address type name */

    if (!name || !name[1] || !name[2])
        return;
    name += 3;
    if (strncmp(name, "__kmalloc", 9) == 0)
        s->kernel = true;
    if (strncmp(name, "__x64_sys_", 10) != 0)
        return;
    s->calls++;
    s->kmalloc += strstr(name, "kmalloc") != NULL;
    s->read |= strcmp(name, "__x64_sys_read") == 0;
}
//< claim-k1

static void look_at_symbols(struct symbols *s)
{
    char *text = vmalloc(MOST_TEXT), *line, *rest = text;
    ssize_t n = -ENOMEM;

    if (text)
        n = lab_read_file("/proc/kallsyms", 0, text, MOST_TEXT - 1);
    if (n > 0) {
        text[n] = '\0';
        while ((line = strsep(&rest, "\n")) != NULL)
            look_at_symbol(s, line);
    }
    vfree(text);
}

/* Has a program's table of symbols a name that ends like this? */
static bool has_name(const char *text, size_t size, const char *name)
{
    const size_t length = strlen(name) + 1; /* with the zero */
    size_t i;

    for (i = 0; i + length <= size; i++)
        if (memcmp(text + i, name, length) == 0)
            return true;
    return false;
}

static void claim_k1(void)
{
    struct symbols s = {.calls = 0};
    char *text = vmalloc(MOST_TEXT);
    bool user_malloc = false, user_kmalloc = true;
    ssize_t n;

    look_at_symbols(&s);
    n = text ? lab_read_file("/init", 0, text, MOST_TEXT) : -ENOMEM;
    if (n > 0) {
        user_malloc = has_name(text, n, "malloc");
        user_kmalloc = has_name(text, n, "kmalloc");
    }
    vfree(text);
    lab_claim("k1",
              !s.read || !user_malloc || !s.kernel ? LAB_UNMEASURED
              : s.kmalloc || user_kmalloc          ? LAB_FAILS
                                                   : LAB_HOLDS,
              "of %lu functions of the kernel that are system calls %lu "
              "have kmalloc in their name; a program with the C library in "
              "it has %s symbol malloc and %s kmalloc; the kernel has %s, "
              "and this module was linked with it when it was loaded",
              s.calls, s.kmalloc, user_malloc ? "a" : "no",
              user_kmalloc ? "a" : "no", s.kernel ? "one" : "none");
}

/* ---- k2, k3, k4: where a block lies ---------------------------------- */

enum { HELD = 64, EVERY_SIZE = 16384 };

/* What all blocks together show. */
struct places {
    unsigned long blocks, mapped, pages, breaks;
    unsigned long first;   /* virtual minus physical, of the first */
    unsigned long others;  /* blocks with another difference */
    unsigned long same;    /* blocks whose two addresses are equal */
    size_t largest;        /* block that was had */
    unsigned long several; /* blocks of more than one page */
};

//> claim-k3
static void look_at_block(struct places *s, const char *block, size_t size)
{
    const phys_addr_t start = lab_physical(block);
    const char *page = PTR_ALIGN(block + 1, PAGE_SIZE);
    const unsigned long difference = (unsigned long)block - start;

    s->mapped += start != 0;
    s->first = s->blocks++ ? s->first : difference;
    s->others += difference != s->first;
    s->same += difference == 0;
    s->largest = max(s->largest, size);
    s->several += page < block + size;
    for (; page < block + size; page += PAGE_SIZE) {
        s->pages++; /* that follow a page of the same block */
        s->breaks += lab_physical(page) != start + (page - block);
    }
}

static void look_at_places(struct places *s)
{
    static void *held[HELD];
    size_t size = 1;
    unsigned n = 0;

    for (; size <= KMALLOC_MAX_SIZE; size += size < EVERY_SIZE ? 1 : size) {
        void **slot = &held[n++ % HELD];

        if (size > EVERY_SIZE) /* few large ones at a time */
            slot = &held[0];
        kfree(*slot);
        *slot = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
        if (*slot)
            look_at_block(s, *slot, size);
        if (n % 1024 == 0)
            cond_resched();
    }
    for (n = 0; n < HELD; n++) {
        kfree(held[n]);
        held[n] = NULL;
    }
}
//< claim-k3

/* The same frame at a second address shows what is written at the first. */
static bool seen_elsewhere(void)
{
    u32 *block = kmalloc(PAGE_SIZE, GFP_KERNEL), *other = NULL;
    struct page *page;
    bool seen = false;

    if (block) {
        page = pfn_to_page(PHYS_PFN(lab_physical(block)));
        other = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
    }
    if (other && other != block) {
        WRITE_ONCE(*block, 0x6b6d616c);
        seen = READ_ONCE(*other) == 0x6b6d616c;
    }
    vunmap(other);
    kfree(block);
    return seen;
}

static void claim_k2_k3(const struct places *s)
{
    const bool seen = seen_elsewhere();

    lab_claim("k2",
              seen && s->mapped == s->blocks && !s->same ? LAB_HOLDS
                                                         : LAB_FAILS,
              "%lu of %lu addresses stand in the page tables, and %lu of "
              "them equal the physical address behind them; what was "
              "written through one was %sread through another virtual "
              "address of its frame",
              s->mapped, s->blocks, s->same, seen ? "" : "not ");
    lab_claim("k3", s->pages && !s->breaks ? LAB_HOLDS : LAB_FAILS,
              "%lu blocks, of every size to %d bytes and doubling from "
              "there to %zu: %lu span pages, and in %lu steps from a page "
              "to the next the frame was not the next one %lu times",
              s->blocks, EVERY_SIZE, s->largest, s->several, s->pages,
              s->breaks);
}

//> claim-k4
static void claim_k4(const struct places *s)
{
    const bool one = s->blocks && !s->others && s->first == PAGE_OFFSET;
    const bool fixed = PAGE_OFFSET == __PAGE_OFFSET_BASE_L4;

    lab_claim("k4",
              !one    ? LAB_FAILS
              : fixed ? LAB_HOLDS
                      : LAB_LIMIT,
              "%s address randomisation virtual minus physical is %lx for "
              "%lu of %lu blocks, and PAGE_OFFSET is %lx%s",
              lab_boot("kaslr") ? "with" : "without", s->first,
              s->blocks - s->others, s->blocks, PAGE_OFFSET,
              fixed ? "" : ", a variable whose value this boot drew");
}

//< claim-k4

/* ---- k5: the compiler's word ----------------------------------------- */

//> claim-k5
#if defined(__kmalloc_token) /* since 7.0 with a third, mostly empty one */
#define KMALLOC _kmalloc_noprof
#define KMALLOC_TYPE(flags) void *(*)(size_t, flags, kmalloc_token_t)
#else
#ifdef kmalloc /* since 6.10 a macro around the function */
#define KMALLOC kmalloc_noprof
#else
#define KMALLOC kmalloc
#endif
#define KMALLOC_TYPE(flags) void *(*)(size_t, flags)
#endif

#define KMALLOC_TAKES(flags) \
    __builtin_types_compatible_p(typeof(&KMALLOC), KMALLOC_TYPE(flags))

static void claim_k5(void)
{
    const bool is_int = KMALLOC_TAKES(int);
    const bool is_gfp = KMALLOC_TAKES(gfp_t);

    lab_claim(
        "k5", is_int ? LAB_HOLDS : LAB_FAILS,
        "for the compiler the second argument of %s is %s int and "
        "%s gfp_t, which is %s unsigned int",
        __stringify(KMALLOC), is_int ? "an" : "no", is_gfp ? "a" : "no",
        __builtin_types_compatible_p(gfp_t, unsigned int) ? "an" : "no");
}
//< claim-k5

/* ---- The module ------------------------------------------------------ */

/* The boot without anything special. */
static int ask_and_measure(void)
{
    struct places places = {.blocks = 0};
    int error = 0;

    look_at_places(&places);
    claim_k2_k3(&places);
    claim_k4(&places);
    claim_k5();
    kmalloc_lab_contexts();
    if (lab_selftest || IS_ENABLED(CONFIG_KASAN)) /* KASAN makes it slow */
        return 0;
    claim_k1();
    kmalloc_lab_given();
    error = kmalloc_lab_cost();
    if (!error) {
        kmalloc_lab_frag();
        kmalloc_lab_flags();
    }
    return error;
}

static int ask(void)
{
    struct places places = {.blocks = 0};

    if (lab_boot("kaslr")) {
        look_at_places(&places);
        claim_k4(&places);
    } else if (lab_boot("zero")) {
        return kmalloc_lab_zeroed();
    } else if (lab_boot("swap")) {
        kmalloc_lab_swap();
    } else if (lab_boot("checked")) {
        kmalloc_lab_bugs();
    } else {
        return ask_and_measure();
    }
    return 0;
}

LAB_MODULE(kmalloc, ask);
