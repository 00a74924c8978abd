// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * May vmalloc and vfree sleep? A kernel built to check this (KERNELS=debug)
 * complains of any call that might sleep where it must not. So we call
 * where one must not, and read the kernel's log; a call that cannot sleep,
 * made in the same place, shows that the complaint means something.
 *
 * The complaints are wanted here, so the console is kept quiet meanwhile.
 */
#include "lab_parts.h"

#include <linux/delay.h>
#include <linux/kmsg_dump.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

#ifdef CONFIG_DEBUG_ATOMIC_SLEEP
//> complaints
/* Lines of the log that complain of sleeping; the last one's words. */
static unsigned complaints(char *last, size_t size)
{
    static char line[256];
    struct kmsg_dump_iter iter;
    unsigned n = 0;
    size_t length;

    kmsg_dump_rewind(&iter);
    while (
        kmsg_dump_get_line(&iter, false, line, sizeof(line) - 1, &length)) {
        line[length] = '\0';
        if (!strstr(line, "BUG: sleeping function"))
            continue;
        n++;
        strscpy(last, strstr(line, "sleeping"), size);
        strreplace(last, '\n', '\0');
    }
    return n;
}

/* Does this call, with preemption off, lead to a complaint? */
static bool complains(void (*call)(void), char *words, size_t size)
{
    const int loud = console_loglevel;
    const unsigned before = complaints(words, size);

    msleep(1500); /* the kernel complains once a second at most */
    console_loglevel = 0;
    call();
    console_loglevel = loud;
    return complaints(words, size) > before;
}
//< complaints

static void *area;
static struct timer_list timer;

static void vmalloc_atomic(void)
{
    preempt_disable();
    area = vmalloc(PAGE_SIZE);
    preempt_enable();
}

static void vfree_atomic_context(void)
{
    preempt_disable();
    vfree(area);
    preempt_enable();
    area = NULL;
}

static void kmalloc_atomic(void)
{
    preempt_disable();
    kfree(kmalloc(PAGE_SIZE, GFP_ATOMIC));
    preempt_enable();
}

static void on_timer(struct timer_list *unused)
{
    vfree(area);
    area = NULL;
}

static void vfree_in_interrupt(void)
{
    area = vmalloc(PAGE_SIZE);
    timer_setup(&timer, on_timer, 0);
    mod_timer(&timer, jiffies + 1);
    msleep(100);
    del_timer_sync(&timer);
}

void vmalloc_lab_sleep(void)
{
    char words[120] = "", other[120] = "";
    bool alloc, control, process, interrupt;

    alloc = complains(vmalloc_atomic, words, sizeof(words));
    control = complains(kmalloc_atomic, other, sizeof(other));
    lab_claim("v8", alloc && !control ? LAB_HOLDS : LAB_FAILS,
              "with preemption off, vmalloc: %s; kmalloc(GFP_ATOMIC): %s",
              alloc ? words : "no complaint",
              control ? "a complaint too" : "no complaint");
    process = complains(vfree_atomic_context, words, sizeof(words));
    interrupt = complains(vfree_in_interrupt, other, sizeof(other));
    lab_claim("v9",
              !process    ? LAB_FAILS
              : interrupt ? LAB_HOLDS
                          : LAB_LIMIT,
              "vfree with preemption off: %s; in a timer's interrupt: %s",
              process ? words : "no complaint",
              interrupt ? "a complaint too"
                        : "no complaint, the work is put off");
}
#else
void vmalloc_lab_sleep(void)
{
    lab_claim("v8", LAB_UNMEASURED,
              "this kernel does not check for sleeping: KERNELS=debug");
    lab_claim("v9", LAB_UNMEASURED,
              "this kernel does not check for sleeping: KERNELS=debug");
}
#endif
