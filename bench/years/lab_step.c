// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A pair, one instruction at a time. With the trap flag set the processor
 * raises a debug exception after each instruction; the kernel asks those
 * who have registered for it before it complains, and we note where the
 * next instruction lies. Counted by function that is a profile without
 * samples: every instruction of the pair, and each once.
 *
 * What happens in interrupts is not seen: the processor clears the flag on
 * the way in. The flag survives local_irq_save() and its like, which save
 * it with the others, and the exception itself, which returns to it.
 */
#include "lab_parts.h"

#include <linux/kallsyms.h>
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

enum { MOST_STEPS = 1 << 19, MOST_FUNCTIONS = 256, MOST_NAME = 48 };

static unsigned long *steps; /* where each instruction lay */
static unsigned n_steps;
static bool stepping;

static struct function {
    char name[MOST_NAME];
    unsigned insn;
} functions[MOST_FUNCTIONS];
static unsigned n_functions;

//> step
static int on_step(struct notifier_block *self, unsigned long event,
                   void *data)
{
    struct pt_regs *regs = ((struct die_args *)data)->regs;

    if (event != DIE_DEBUG || !stepping || user_mode(regs))
        return NOTIFY_DONE;
    if (n_steps < MOST_STEPS)
        steps[n_steps++] = regs->ip;
    return NOTIFY_STOP;
}

static noinline void walk(void (*pair)(void))
{
    n_steps = 0;
    preempt_disable(); /* whoever else runs is not to be seen */
    stepping = true;
    asm volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
    pair();
    asm volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
    stepping = false;
    preempt_enable();
}
//< step

static struct notifier_block notifier = {.notifier_call = on_step,
                                         .priority = INT_MAX};

static int compare_places(const void *a, const void *b)
{
    const unsigned long x = *(const unsigned long *)a;
    const unsigned long y = *(const unsigned long *)b;

    return x < y ? -1 : x > y;
}

static int compare_functions(const void *a, const void *b)
{
    const struct function *x = a, *y = b;

    return x->insn != y->insn ? (x->insn < y->insn ? 1 : -1)
                              : strcmp(x->name, y->name);
}

/*
 * The function's name in the source. The compiler appends .isra.0 and the
 * like; since 6.10 what also counts allocations by caller is a macro and
 * the function behind it has _noprof at its end.
 */
static void name_of(unsigned long place, char *name)
{
    static char symbol[KSYM_SYMBOL_LEN];
    char *end;

    sprint_symbol_no_offset(symbol, place);
    symbol[strcspn(symbol, ". ")] = '\0';
    end = strstr(symbol, "_noprof");
    if (end)
        *end = '\0';
    strscpy(name, symbol, MOST_NAME);
}

static void count(const char *name, unsigned n)
{
    unsigned i;

    for (i = 0; i < n_functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            break;
    if (i == MOST_FUNCTIONS)
        return;
    if (i == n_functions)
        strscpy(functions[n_functions++].name, name, MOST_NAME);
    functions[i].insn += n;
}

static void by_function(void)
{
    char name[MOST_NAME];
    unsigned i, j;

    n_functions = 0;
    memset(functions, 0, sizeof(functions));
    sort(steps, n_steps, sizeof(*steps), compare_places, NULL);
    for (i = 0; i < n_steps; i = j) {
        for (j = i + 1; j < n_steps && steps[j] == steps[i]; j++)
            ;
        name_of(steps[i], name);
        count(name, j - i);
    }
    sort(functions, n_functions, sizeof(*functions), compare_functions,
         NULL);
}

static void report(const char *call)
{
    char experiment[40];
    unsigned i;

    snprintf(experiment, sizeof(experiment), "years.in-%s", call);
    lab_value(experiment, "all", LAB_NO_X, "insn", "instructions",
              n_steps * 1000ULL);
    for (i = 0; i < n_functions; i++) {
        lab_value(experiment, functions[i].name, LAB_NO_X, "insn",
                  "instructions", functions[i].insn * 1000ULL);
        lab_print("years-steps.txt", "%-12s %8u  %s\n", call,
                  functions[i].insn, functions[i].name);
    }
}

int years_step(void)
{
    int i, error;

    steps = vmalloc(MOST_STEPS * sizeof(*steps));
    if (!steps)
        return -ENOMEM;
    error = register_die_notifier(&notifier);
    for (i = 0; !error && i < years_count; i++) {
        years_choose(years_calls[i].name);
        years_calls[i].pair(); /* warm */
        pr_info("pagewise: lab: stepping through %s\n",
                years_calls[i].name);
        walk(years_calls[i].pair);
        by_function();
        if (n_steps == MOST_STEPS)
            error = -E2BIG;
        report(years_calls[i].name);
        cond_resched();
    }
    unregister_die_notifier(&notifier);
    vfree(steps);
    return error;
}
