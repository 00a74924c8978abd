// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The life lab: what a process cannot do for itself. While the module is
 * loaded, a process (guest.c) writes to /proc/pagewise/life-do:
 *
 *   k                  take, touch and free kmalloc(100), then
 *                      vmalloc(1 << 20), step by step in the machine's
 *                      trace
 *   m                  print how both kinds of address are translated
 *   w<16 digits> when  print how that address of the writer's is
 *                      translated, to life-walk.txt; m's go to
 *                      life-walk-kernel.txt
 */
#include "../lab/compat.h"
#include "../lab/lab.h"

#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

/* ---- Steps ---------------------------------------------------------- */

#define STEP(name) \
    void life_##name(void); \
    noinline __attribute__((noclone)) void life_##name(void) \
    { \
        asm volatile(""); \
    }

STEP(kmalloc)
STEP(kmalloc_touch)
STEP(kfree)
STEP(vmalloc)
STEP(vmalloc_touch)
STEP(vmalloc_next)
STEP(vfree)
STEP(end)

static void *hidden(void *block)
{
    OPTIMIZER_HIDE_VAR(block);
    return block;
}

//> kernel-life
static void live(void)
{
    char *block;

    life_kmalloc();
    block = hidden(kmalloc(100, GFP_KERNEL));
    life_kmalloc_touch();
    WRITE_ONCE(*block, 'x');
    life_kfree();
    kfree(block);

    life_vmalloc();
    block = hidden(vmalloc(1 << 20));
    life_vmalloc_touch();
    WRITE_ONCE(*block, 'x');
    life_vmalloc_next();
    WRITE_ONCE(block[PAGE_SIZE], 'x');
    life_vfree();
    vfree(block);
    life_end();
}
//< kernel-life

/* ---- Page tables ----------------------------------------------------- */

static const char *file; /* the process's, or the kernel's */

/* One level's entry; is there a table below it? */
static bool level(const char *name, unsigned index, u64 entry, bool last)
{
    if (!(entry & _PAGE_PRESENT)) {
        lab_print(file, "  %-4s %3u  not present\n", name, index);
        return false;
    }
    lab_print(file, "  %-4s %3u  frame %6llu  %s%s%s%s%s\n", name, index,
              (entry & PTE_PFN_MASK) >> PAGE_SHIFT,
              entry & _PAGE_RW ? "write" : "read only",
              entry & _PAGE_USER ? ", user" : "",
              entry & _PAGE_ACCESSED ? ", accessed" : "",
              last && (entry & _PAGE_DIRTY) ? ", dirty" : "",
              entry & _PAGE_NX ? ", no execute" : "");
    return !last && !(entry & _PAGE_PSE);
}

//> walk
static void walk(unsigned long at)
{
    pgd_t *pgd = pgd_offset(current->mm, at);
    p4d_t *p4d;
    pud_t *pud;
    pmd_t *pmd;
    u64 pte;

    if (!level("pgd", pgd_index(at), pgd_val(*pgd), false))
        return;
    p4d = p4d_offset(pgd, at); /* with four levels the same entry */
    pud = pud_offset(p4d, at);
    if (!level("pud", pud_index(at), pud_val(*pud), false))
        return;
    pmd = pmd_offset(pud, at);
    if (!level("pmd", pmd_index(at), pmd_val(*pmd), false))
        return;
    pte = ((u64 *)pmd_page_vaddr(*pmd))[pte_index(at)];
    level("pte", pte_index(at), pte, true);
}
//< walk

static void look(void)
{
    void *block = kmalloc(100, GFP_KERNEL), *area = vmalloc(1 << 20);

    file = "life-walk-kernel.txt";
    lab_print(file, "kmalloc(100):\n");
    walk((unsigned long)block);
    lab_print(file, "vmalloc(1 << 20), its first page:\n");
    walk((unsigned long)area);
    lab_print(file, "and its second:\n");
    walk((unsigned long)area + PAGE_SIZE);
    vfree(area);
    kfree(block);
}

static ssize_t on_write(struct file *unused, const char __user *from,
                        size_t n, loff_t *at)
{
    char line[96] = "", digits[17] = "";
    unsigned long address;

    if (n >= sizeof(line) || copy_from_user(line, from, n))
        return -EINVAL;
    if (line[0] == 'k') {
        live();
        return n;
    }
    if (line[0] == 'm') {
        look();
        return n;
    }
    memcpy(digits, line + 1, 16);
    if (line[0] != 'w' || kstrtoul(digits, 16, &address))
        return -EINVAL;
    file = "life-walk.txt";
    lab_print(file, "%s:\n", line + 18);
    walk(address);
    return n;
}

static const struct proc_ops door = {.proc_write = on_write};

/* ---- The module ------------------------------------------------------ */

static int ask(void)
{
    return proc_create("pagewise/life-do", 0200, NULL, &door) ? 0 : -ENOMEM;
}

LAB_MODULE(life, ask);
