// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The lab's side of /proc/pagewise: text buffers that grow, rows in the
 * results format, order statistics in integers. A buffer lives from its
 * first line to lab_close().
 *
 * The interval is distribution-free: of n sorted repetitions the k-th from
 * either end encloses the median with probability 1 - 2 * P(Bin(n, 1/2) <
 * k), and k is the largest with at least 95 %.
 */
#include "lab.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/msr.h>
#include <asm/tsc.h>

enum { FILES = 8, LINE = 512, BUFFER = 512 * 1024 };

static char *instrument = "vm-insn";
module_param(instrument, charp, 0444);
static char *kernel = "";
module_param(kernel, charp, 0444);
static char *boot = "main";
module_param(boot, charp, 0444);
bool lab_selftest;
module_param_named(selftest, lab_selftest, bool, 0444);

int lab_reps;
const char *lab_tick = "instructions";

static bool is_time; /* the unit is the nanosecond */
static const char *lab_chapter;
static struct proc_dir_entry *root, *folder;
static struct lab_file {
    const char *name;
    char *text;
    size_t length;
} files[FILES];

bool lab_boot(const char *name)
{
    return strcmp(boot, name) == 0;
}

u64 lab_clock(void)
{
    return rdtsc_ordered();
}

//> clock-check
/*
 * Is the clock what the instrument says? A thousand instructions more must
 * take a thousand ticks more.
 */
static bool counts_instructions(void)
{
    u64 start, one, two;

    start = lab_clock();
    asm volatile(".rept 1000; nop; .endr");
    one = lab_clock() - start;
    start = lab_clock();
    asm volatile(".rept 2000; nop; .endr");
    two = lab_clock() - start;
    return two - one == 1000;
}
//< clock-check

u32 lab_random(u64 *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (u32)((*state * 0x2545f4914f6cdd1dULL) >> 32);
}

/* ---- Files ----------------------------------------------------------- */

int lab_open(const char *chapter)
{
    is_time = strcmp(instrument, "vm-kvm") == 0;
    lab_tick = is_time ? "ticks" : "instructions";
    lab_reps = is_time ? LAB_MOST_REPS : 9;
    if (!is_time && !counts_instructions()) {
        pr_err("pagewise: the time-stamp counter does not count "
               "instructions; boot with -icount shift=0\n");
        return -ENODEV;
    }
    lab_chapter = chapter;
    root = proc_mkdir("pagewise", NULL);
    folder = root ? proc_mkdir(chapter, root) : NULL;
    if (!folder) {
        proc_remove(root);
        return -ENOMEM;
    }
    return 0;
}

void lab_close(void)
{
    int i;

    proc_remove(root);
    for (i = 0; i < FILES; i++)
        vfree(files[i].text);
    memset(files, 0, sizeof(files));
}

static int show_file(struct seq_file *m, void *unused)
{
    const struct lab_file *file = m->private;

    seq_write(m, file->text, file->length); /* too long: called again */
    return 0;
}

static struct lab_file *find_file(const char *name)
{
    struct lab_file *file;

    for (file = files; file < files + FILES; file++) {
        if (!file->name)
            break;
        if (strcmp(file->name, name) == 0)
            return file;
    }
    if (file == files + FILES)
        return NULL;
    file->text = vmalloc(BUFFER);
    if (!file->text)
        return NULL;
    file->name = name;
    proc_create_single_data(name, 0444, folder, show_file, file);
    return file;
}

static void print_args(const char *name, const char *format, va_list args)
{
    struct lab_file *file = find_file(name);
    size_t room, n;

    if (!file) {
        pr_err("pagewise: lab: no room for %s\n", name);
        return;
    }
    room = BUFFER - file->length;
    n = vscnprintf(file->text + file->length, room, format, args);
    file->length += n;
    if (n + 1 >= room)
        pr_err("pagewise: lab: %s is full\n", name);
}

void lab_print(const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_args(name, format, args);
    va_end(args);
}

void lab_claim(const char *claim, enum lab_verdict verdict,
               const char *evidence, ...)
{
    static const char *const word[] = {"holds", "limit", "fails",
                                       "unmeasured"};
    va_list args;

    lab_print("claims.tsv", "%s\t%s\t%s\t", claim, kernel, word[verdict]);
    va_start(args, evidence);
    print_args("claims.tsv", evidence, args);
    va_end(args);
    lab_print("claims.tsv", "\n");
}

/* ---- Rows ------------------------------------------------------------ */

static const char *records(void)
{
    static char name[32];

    snprintf(name, sizeof(name), "%s.tsv", lab_chapter);
    return name;
}

static const char *raw(void)
{
    static char name[32];

    snprintf(name, sizeof(name), "%s.raw.tsv", lab_chapter);
    return name;
}

/* The columns that name a row. */
static void print_key(const char *file, const char *experiment,
                      const char *variant, long x, const char *metric,
                      const char *unit)
{
    char text[24] = "";

    if (x != LAB_NO_X)
        snprintf(text, sizeof(text), "%ld", x);
    lab_print(file, "%s\t%s\t%s\t%s\t%s\t%s\t%s", experiment, variant, text,
              metric, unit, instrument, kernel);
}

/* The columns that name one repetition. */
static void print_raw_key(const char *experiment, const char *variant,
                          long x, const char *metric, int block)
{
    char text[24] = "";

    if (x != LAB_NO_X)
        snprintf(text, sizeof(text), "%ld", x);
    lab_print(raw(), "%s\t%s\t%s\t%s\t%d", experiment, variant, text,
              metric, block);
}

/* "\t12.5": thousandths with the zeros at the end left off. */
static void print_number(const char *file, s64 thousandths)
{
    const char *sign = thousandths < 0 ? "-" : "";
    const u64 t = thousandths < 0 ? -thousandths : thousandths;
    u32 rest, digits = 3;
    const u64 whole = div_u64_rem(t, 1000, &rest);

    if (!rest) {
        lab_print(file, "\t%s%llu", sign, whole);
        return;
    }
    for (; rest % 10 == 0; rest /= 10)
        digits--;
    lab_print(file, "\t%s%llu.%0*u", sign, whole, (int)digits, rest);
}

static int compare_ticks(const void *a, const void *b)
{
    const u64 x = *(const u64 *)a, y = *(const u64 *)b;

    return x < y ? -1 : x > y;
}

/* Largest k >= 1 with P(Bin(n, 1/2) < k) <= 2.5 %; n up to 60. */
static int interval_rank(int n)
{
    u64 binomial = 1, below = 0;
    int k;

    for (k = 0; k < n; k++) {
        below += binomial; /* sum over j <= k of n over j */
        if (below > (1ULL << n) / 40)
            break;
        binomial = div_u64(binomial * (n - k), k + 1);
    }
    return k ? k : 1;
}

/* Thousandths of the unit for one of ops operations. */
static s64 per_op(u64 ticks, u64 empty, u64 ops)
{
    s64 thousandths = ((s64)ticks - (s64)empty) * 1000;

    if (is_time)
        thousandths = div64_s64(thousandths * 1000, (s64)(tsc_khz / 1000));
    return div64_s64(thousandths + (s64)(ops / 2), (s64)ops);
}

void lab_cost(const char *experiment, const char *variant, long x,
              const struct lab_sample *sample,
              const struct lab_sample *empty, u64 ops)
{
    const char *metric = is_time ? "ns" : "insn";
    const char *unit = is_time ? "ns" : "instructions";
    const int n = lab_reps, k = interval_rank(n);
    struct lab_sample s = *sample, e = *empty;
    u64 base;
    int i;

    sort(e.ticks, n, sizeof(u64), compare_ticks, NULL);
    base = e.ticks[n / 2];
    for (i = 0; i < n; i++) {
        print_raw_key(experiment, variant, x, metric, i);
        print_number(raw(), per_op(s.ticks[i], base, ops));
        lab_print(raw(), "\n");
    }
    sort(s.ticks, n, sizeof(u64), compare_ticks, NULL);
    print_key(records(), experiment, variant, x, metric, unit);
    print_number(records(), per_op(s.ticks[n / 2], base, ops));
    print_number(records(), per_op(s.ticks[k - 1], base, ops));
    print_number(records(), per_op(s.ticks[n - k], base, ops));
    lab_print(records(), "\t%d\n", n);
}

void lab_value(const char *experiment, const char *variant, long x,
               const char *metric, const char *unit, u64 thousandths)
{
    int i;

    print_key(records(), experiment, variant, x, metric, unit);
    for (i = 0; i < 3; i++)
        print_number(records(), thousandths);
    lab_print(records(), "\t1\n");
}

void lab_missing(const char *experiment, const char *variant,
                 const char *why)
{
    const char *metric = is_time ? "ns" : "insn";

    lab_print(records(), "# unmeasured %s.%s.%s: %s\n", experiment, variant,
              metric, why);
    print_key(records(), experiment, variant, LAB_NO_X, metric,
              is_time ? "ns" : "instructions");
    lab_print(records(), "\tNA\tNA\tNA\t0\n");
}
