// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who is moved out when memory is short (claim k8), in a boot with swap;
 * and who may wait for that (claim k6).
 * A process has some pages whose frames and contents we note, kmalloc
 * gives some blocks, and we note the same; then the process touches more
 * memory than the machine has. The process is the one that loads the
 * module, and its pages are looked up in its /proc/self/pagemap.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>

enum {
    WATCHED = 64,
    BLOCK = 4096,
    MIB = 1 << 20,
    WAITING = 1024,
    MORE = 3
};

#define PM_FRAME GENMASK_ULL(54, 0)
#define PM_SWAP BIT_ULL(62)
#define PM_PRESENT BIT_ULL(63)

/* The entry of one of this process's pages; 0: nothing there. */
static u64 pagemap(unsigned long address)
{
    u64 entry = 0;

    lab_read_file("/proc/self/pagemap",
                  (loff_t)(address >> PAGE_SHIFT) * sizeof(entry), &entry,
                  sizeof(entry));
    return entry;
}

static unsigned long map(size_t bytes)
{
    return vm_mmap(NULL, 0, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, 0);
}

static bool touch(unsigned long page, u64 word)
{
    return put_user(word, (u64 __user *)page) == 0;
}

/* How many of the watched pages, or blocks, are as they were. */
struct watch {
    unsigned long pages; /* of the process */
    u64 *block[WATCHED]; /* by kmalloc */
    u64 frame[WATCHED];  /* of the pages, at first */
    phys_addr_t physical[WATCHED];
};

//> swap
static bool begin(struct watch *w)
{
    unsigned i;

    w->pages = map(WATCHED * PAGE_SIZE);
    for (i = 0; i < WATCHED; i++) {
        const unsigned long page = w->pages + i * PAGE_SIZE;

        w->block[i] = kmalloc(BLOCK, GFP_KERNEL);
        if (!w->block[i] || !touch(page, 1000 + i))
            return false;
        memset64(w->block[i], 2000 + i, BLOCK / sizeof(u64));
        w->physical[i] = lab_physical(w->block[i]);
        w->frame[i] = pagemap(page) & PM_FRAME;
    }
    return true;
}

/* Touch that many MiB, each page with another word. */
static unsigned long press(unsigned long mib)
{
    const unsigned long at = map(mib * MIB);
    unsigned long page, touched = 0;

    for (page = at; page < at + mib * MIB; page += PAGE_SIZE) {
        if (!touch(page, page))
            break;
        touched++;
        cond_resched();
    }
    return touched >> (20 - PAGE_SHIFT);
}
//< swap

/* What became of them. */
struct found {
    unsigned out, back, moved; /* of the pages */
    unsigned frame, contents;  /* of the blocks, as they were */
};

static bool any_out(const struct watch *w)
{
    unsigned i;

    for (i = 0; i < WATCHED; i++)
        if (pagemap(w->pages + i * PAGE_SIZE) & PM_SWAP)
            return true;
    return false;
}

static void look(const struct watch *w, struct found *f)
{
    unsigned i, n;
    u64 word;

    for (i = 0; i < WATCHED; i++) {
        f->out += (pagemap(w->pages + i * PAGE_SIZE) & PM_SWAP) != 0;
        f->frame += lab_physical(w->block[i]) == w->physical[i];
        for (n = 0; n < BLOCK / sizeof(u64); n++)
            if (w->block[i][n] != 2000 + i)
                break;
        f->contents += n == BLOCK / sizeof(u64);
    }
    for (i = 0; i < WATCHED; i++) { /* reading brings them back */
        const unsigned long page = w->pages + i * PAGE_SIZE;
        const bool read = get_user(word, (u64 __user *)page) == 0;
        const u64 entry = pagemap(page);

        f->back += read && word == 1000 + i && (entry & PM_PRESENT);
        f->moved += (entry & PM_FRAME) != w->frame[i];
    }
}

static void print_found(const struct found *f, unsigned long touched,
                        unsigned long all, unsigned long out)
{
    static const char *const file = "kmalloc-swap.txt";

    lab_print(file, "memory %lu MiB, touched %lu MiB, %lu pages out\n\n",
              all, touched, out);
    lab_print(file, "%-30s%10s%10s\n", "", "process's", "kmalloc's");
    lab_print(file, "%-30s%10d%10d\n", "pages watched", WATCHED, WATCHED);
    lab_print(file, "%-30s%10u%10u\n", "swapped out", f->out,
              WATCHED - f->frame);
    lab_print(file, "%-30s%10u%10u\n", "contents as before", f->back,
              f->contents);
    lab_print(file, "%-30s%10u%10u\n", "in the frame of before",
              WATCHED - f->moved, f->frame);
}

/* Pages swapped out since the machine started. */
static unsigned long swapped_out(void)
{
    static unsigned long events[NR_VM_EVENT_ITEMS];

    all_vm_events(events);
    return events[PSWPOUT];
}

/* Memory is full of a process's pages: who gets blocks? */
static void claim_k6(void)
{
    void *none = NULL, *list = NULL;
    unsigned at_once, waiting;
    unsigned long out;

    lab_take_blocks(BLOCK, GFP_NOWAIT, UINT_MAX, &none);
    at_once = lab_take_blocks(BLOCK, GFP_NOWAIT, WAITING, &none);
    out = swapped_out();
    waiting = lab_take_blocks(BLOCK, GFP_KERNEL, WAITING, &list);
    out = swapped_out() - out;
    lab_free_blocks(list);
    lab_free_blocks(none);
    lab_claim("k6", waiting > at_once && out ? LAB_HOLDS : LAB_FAILS,
              "with memory full of a process's pages, %u of %d blocks of "
              "4096 bytes for GFP_NOWAIT and %u for GFP_KERNEL, which "
              "waited while %lu pages were swapped out",
              at_once, WAITING, waiting, out);
}

void kmalloc_lab_swap(void)
{
    static struct watch w;
    const unsigned long all = totalram_pages() >> (20 - PAGE_SHIFT);
    unsigned long touched, out;
    struct found f = {.out = 0};
    unsigned i;

    if (lab_selftest)
        return;
    pr_info("pagewise: lab: more memory than there is\n");
    if (begin(&w)) {
        out = swapped_out();
        touched = press(all + 64);
        for (i = 0; i < MORE && !any_out(&w); i++)
            touched += press(64);
        out = swapped_out() - out;
        claim_k6();
        look(&w, &f);
        lab_claim("k8",
                  f.frame < WATCHED || f.contents < WATCHED ? LAB_FAILS
                  : f.out && f.back == WATCHED              ? LAB_HOLDS
                                               : LAB_UNMEASURED,
                  "a process touched %lu MiB in a machine of %lu, and %lu "
                  "pages were swapped out: of its %d watched pages %u, and "
                  "%u came back intact, %u of them in another frame; of %d "
                  "blocks by kmalloc %u kept their frame and %u their "
                  "contents",
                  touched, all, out, WATCHED, f.out, f.back, f.moved,
                  WATCHED, f.frame, f.contents);
        print_found(&f, touched, all, out);
    }
    for (i = 0; i < WATCHED; i++)
        kfree(w.block[i]);
}
