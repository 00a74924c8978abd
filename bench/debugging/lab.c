// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The debugging lab: bugs, made with care. A process (guest.c) writes the
 * name of one to /dev/debugging-do, the module commits it, and the process
 * reads from the kernel's log what the kernel says of it; it may not
 * survive that, and so uses up a child for each. (A file in /proc could not
 * be removed after that: it would wait for the dead to return.)
 *
 *   debugging.pair   by boot: kmalloc(100) and kfree (insn)
 *   debugging.page   by boot: alloc_page and __free_page (insn)
 *   debugging.built  by tool: 1 where the kernel was built with it
 */
#include "../lab/compat.h"
#include "../lab/lab.h"

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

enum { SIZE = 128, MOST = 64, ORDER = 4 };

/* A block whose origin the compiler does not know. */
static u8 *hidden(void *block)
{
    OPTIMIZER_HIDE_VAR(block);
    return block;
}

/* Take blocks of the class, and give them back. */
static void take_some(void)
{
    void *block[MOST];
    int i;

    for (i = 0; i < MOST; i++)
        block[i] = kmalloc(SIZE, GFP_KERNEL);
    while (i-- > 0)
        kfree(block[i]);
}

/* ---- Objects --------------------------------------------------------- */

//> objects
static noinline void double_free(void)
{
    u8 *block = kmalloc(SIZE, GFP_KERNEL), *same = hidden(block);

    kfree(block);
    kfree(same);
}

static noinline void write_after_free(void)
{
    u8 *block = kmalloc(SIZE, GFP_KERNEL), *same = hidden(block);

    kfree(block);
    WRITE_ONCE(same[10], 'x');
    take_some(); /* some checks come when it is had again */
}

static noinline void read_after_free(void)
{
    u8 *block = kmalloc(SIZE, GFP_KERNEL), *same = hidden(block);

    kfree(block);
    (void)READ_ONCE(same[10]);
}

static noinline void overrun(void)
{
    u8 *block = hidden(kmalloc(SIZE, GFP_KERNEL));

    WRITE_ONCE(block[SIZE], 'x');
    kfree(block); /* some checks come now */
}

/* Beyond what was asked for, but not beyond what was given. */
static noinline void overrun_slack(void)
{
    u8 *block = hidden(kmalloc(100, GFP_KERNEL));

    WRITE_ONCE(block[100], 'x');
    kfree(block);
}

static noinline void free_middle(void)
{
    kfree(hidden(kmalloc(SIZE, GFP_KERNEL)) + 8);
}
//< objects

/* ---- Pages ----------------------------------------------------------- */

static noinline void page_write_after_free(void)
{
    struct page *again[MOST], *page = alloc_page(GFP_KERNEL);
    u8 *address = hidden(page_address(page));
    int i;

    __free_page(page);
    WRITE_ONCE(address[10], 'x');
    for (i = 0; i < MOST; i++)
        again[i] = alloc_page(GFP_KERNEL);
    while (i-- > 0)
        __free_page(again[i]);
}

static noinline void page_double_free(void)
{
    struct page *page = alloc_page(GFP_KERNEL);

    __free_page(page);
    __free_page(page);
}

static noinline void vmalloc_overrun(void)
{
    u8 *area = hidden(vmalloc(PAGE_SIZE));

    WRITE_ONCE(area[PAGE_SIZE], 'x');
    vfree(area);
}

static noinline void page_of_vmalloc(void)
{
    u8 *area = hidden(vmalloc(PAGE_SIZE));

    (void)READ_ONCE(virt_to_page(area)->flags);
    vfree(area);
}

/* ---- Requests that must fail ----------------------------------------- */

static noinline void too_large(void)
{
    kfree(hidden(kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL)));
}

/* Blocks of pages, as many as there are, chained through themselves. */
struct blocks {
    void **first;
    unsigned order;
};

static void take_all(struct blocks *blocks, gfp_t gfp)
{
    void **block;

    while ((block = (void **)__get_free_pages(gfp, blocks->order))) {
        *block = blocks->first;
        blocks->first = block;
    }
}

static void give_all(struct blocks *blocks)
{
    void **next;

    for (; blocks->first; blocks->first = next) {
        next = *blocks->first;
        free_pages((unsigned long)blocks->first, blocks->order);
    }
}

/* Until nothing is left for one who may not wait. */
static noinline void nothing_left(void)
{
    struct blocks large = {NULL, ORDER}, small = {NULL, 0};

    take_all(&large, GFP_NOWAIT | __GFP_NOWARN);
    take_all(&small, GFP_NOWAIT | __GFP_NOWARN);
    take_all(&large, GFP_ATOMIC); /* and, in the end, the message */
    give_all(&small);
    give_all(&large);
}

/* Half of memory is free, every second frame; who asks may wait. */
static noinline void fragmented(void)
{
    struct blocks all = {NULL, 0}, odd = {NULL, 0}, large = {NULL, ORDER};
    void **frame, **next;

    take_all(&all, GFP_NOWAIT | __GFP_NOWARN);
    for (frame = all.first; frame; frame = next) {
        next = *frame;
        if ((unsigned long)frame & PAGE_SIZE) {
            *frame = odd.first;
            odd.first = frame;
        } else {
            free_page((unsigned long)frame);
        }
    }
    take_all(&large, GFP_KERNEL); /* and, in the end, the message */
    give_all(&large);
    give_all(&odd);
}

static noinline void sleep_in_atomic(void)
{
    preempt_disable();
    kfree(hidden(kmalloc(SIZE, GFP_KERNEL)));
    preempt_enable();
}

/* ---- Objects of KFENCE: the next one after a pause ------------------- */

static u8 *sampled(void)
{
    msleep(250);
    return hidden(kmalloc(SIZE, GFP_KERNEL));
}

static noinline void sampled_read_after_free(void)
{
    u8 *block = sampled();

    kfree(block);
    (void)READ_ONCE(hidden(block)[10]);
}

/* It lies at one end of its page, which one is chance; so try some. */
static noinline void sampled_overrun(void)
{
    int i;

    for (i = 0; i < 8; i++) {
        u8 *block = sampled();

        WRITE_ONCE(block[SIZE], 'x');
        kfree(block);
    }
}

/* ---- Things to be found ---------------------------------------------- */

static void *kept[MOST];
static struct page *held;

/* Forgotten: nobody has their addresses. */
static noinline void leak(void)
{
    int i;

    for (i = 0; i < 3; i++)
        memset(hidden(kmalloc(100, GFP_KERNEL)), i, 100);
}

static noinline void keep(void)
{
    int i;

    for (i = 0; i < MOST; i++)
        kept[i] = kmalloc(SIZE, GFP_KERNEL);
}

static noinline void hold(void)
{
    held = alloc_pages(GFP_KERNEL, 2);
    pr_info("pagewise: lab: frame %lu\n", page_to_pfn(held));
}

static noinline void try_object(void)
{
    void *block = kmalloc(SIZE, GFP_KERNEL);

    pr_info("pagewise: lab: kmalloc: %s\n", block ? "a block" : "NULL");
    kfree(block);
}

static noinline void try_page(void)
{
    struct page *page = alloc_page(GFP_KERNEL);

    pr_info("pagewise: lab: alloc_page: %s\n", page ? "a page" : "NULL");
    if (page)
        __free_page(page);
}

static const struct {
    const char *name;
    void (*bug)(void);
} bugs[] = {
    {"double-free", double_free},
    {"write-after-free", write_after_free},
    {"read-after-free", read_after_free},
    {"overrun", overrun},
    {"overrun-slack", overrun_slack},
    {"free-middle", free_middle},
    {"page-write-after-free", page_write_after_free},
    {"page-double-free", page_double_free},
    {"vmalloc-overrun", vmalloc_overrun},
    {"page-of-vmalloc", page_of_vmalloc},
    {"too-large", too_large},
    {"nothing-left", nothing_left},
    {"fragmented", fragmented},
    {"sleep-in-atomic", sleep_in_atomic},
    {"sampled-read-after-free", sampled_read_after_free},
    {"sampled-overrun", sampled_overrun},
    {"leak", leak},
    {"keep", keep},
    {"hold", hold},
    {"try-object", try_object},
    {"try-page", try_page},
};

static ssize_t on_write(struct file *unused, const char __user *from,
                        size_t n, loff_t *at)
{
    char name[32] = "";
    int i;

    if (n >= sizeof(name) || copy_from_user(name, from, n))
        return -EINVAL;
    for (i = 0; i < ARRAY_SIZE(bugs); i++)
        if (strcmp(bugs[i].name, name) == 0) {
            bugs[i].bug();
            return n;
        }
    return -EINVAL;
}

static const struct file_operations operations = {.owner = THIS_MODULE,
                                                  .write = on_write};
static struct miscdevice door = {.minor = MISC_DYNAMIC_MINOR,
                                 .name = "debugging-do",
                                 .fops = &operations};

/* ---- What checking costs --------------------------------------------- */

enum { OPS = 500 };

static void cost(const char *experiment, const char *boot,
                 void (*pair)(void))
{
    static struct lab_sample sample, empty;
    int rep, i;
    u64 start;

    for (rep = 0; rep < lab_reps; rep++) {
        start = lab_clock();
        empty.ticks[rep] = lab_clock() - start;
        for (i = 0; i < OPS; i++)
            pair(); /* the first ones fill the caches */
        start = lab_clock();
        for (i = 0; i < OPS; i++)
            pair();
        sample.ticks[rep] = lab_clock() - start;
    }
    lab_cost(experiment, boot, LAB_NO_X, &sample, &empty, OPS);
}

static void object_pair(void)
{
    kfree(hidden(kmalloc(100, GFP_KERNEL)));
}

static void page_pair(void)
{
    __free_page(alloc_page(GFP_KERNEL));
}

static const struct {
    const char *tool;
    bool built;
} tools[] = {
    {"slub-debug", IS_ENABLED(CONFIG_SLUB_DEBUG)},
    {"page-poison", IS_ENABLED(CONFIG_PAGE_POISONING)},
    {"kfence", IS_ENABLED(CONFIG_KFENCE)},
    {"kasan", IS_ENABLED(CONFIG_KASAN)},
    {"kmemleak", IS_ENABLED(CONFIG_DEBUG_KMEMLEAK)},
    {"page-owner", IS_ENABLED(CONFIG_PAGE_OWNER)},
    {"debug-pagealloc", IS_ENABLED(CONFIG_DEBUG_PAGEALLOC)},
    {"debug-vm", IS_ENABLED(CONFIG_DEBUG_VM)},
    {"debug-virtual", IS_ENABLED(CONFIG_DEBUG_VIRTUAL)},
    {"atomic-sleep", IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP)},
    {"failslab", IS_ENABLED(CONFIG_FAILSLAB)},
    {"fail-page-alloc", IS_ENABLED(CONFIG_FAIL_PAGE_ALLOC)},
    {"alloc-profiling", IS_ENABLED(CONFIG_MEM_ALLOC_PROFILING)},
};

static void list_tools(void)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(tools); i++)
        lab_value("debugging.built", tools[i].tool, LAB_NO_X, "built",
                  "options", tools[i].built ? 1000 : 0);
}

static int ask(void)
{
    static const char *const boots[] = {"main", "checks", "kfence",
                                        "asleep"};
    int i;

    for (i = 0; i < ARRAY_SIZE(boots) && !lab_selftest; i++)
        if (lab_boot(boots[i])) {
            cost("debugging.pair", boots[i], object_pair);
            cost("debugging.page", boots[i], page_pair);
        }
    if (lab_boot("main") && !lab_selftest)
        list_tools();
    return 0;
}

static int __init debugging_init(void)
{
    int error = lab_open("debugging");

    if (!error)
        error = misc_register(&door);
    return error ? error : ask();
}

static void __exit debugging_exit(void)
{
    misc_deregister(&door);
    lab_close();
}

module_init(debugging_init);
module_exit(debugging_exit);
MODULE_DESCRIPTION("Pagewise: the lab of the chapter debugging");
MODULE_LICENSE("Dual MIT/GPL");
