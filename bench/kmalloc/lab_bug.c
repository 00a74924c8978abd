// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Common bugs, made on purpose where the kernel checks (slub_debug=FZPU,
 * or the debug kernel), and what the kernel says of each: its log, from
 * just before to just after, becomes a text of the book. Registers, idle
 * bytes and the way into the module are left out, and lines cut to print.
 *
 * The complaints are wanted here, so the console is kept quiet meanwhile.
 */
#include "lab_parts.h"

#include <linux/delay.h>
#include <linux/kmsg_dump.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

enum { SIZE = 64, LINES = 25, COLUMNS = 76, MOST = 256 };

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 13, 0)
#define kmsg_dump_iter kmsg_dumper /* its older name, and must be active */
#define ITERATOR(name) struct kmsg_dumper name = {.active = true}
#else
#define ITERATOR(name) struct kmsg_dump_iter name = {.cur_seq = 0}
#endif

/* An entry of a stack, deeper than what made the bug. */
static bool is_deep;

/* Does a line say something of the bug? */
static bool is_telling(const char *line)
{
    static const char *const words[] = {
        "BUG",        "WARNING",    "Allocated in", "Freed in",
        "Object ",    "First byte", "FIX",          "allocation failure",
        "Call Trace", "kB (",
    };
    unsigned i;

    if (*line == ' ') {
        is_deep |=
            strstr(line, " provoke+") || strstr(line, "kmalloc_lab_");
        return !is_deep && line[1] != '?' && strstr(line, "+0x");
    }
    is_deep = false;
    if (strncmp(line, "Redzone ", 8) == 0 && strlen(line) > 32)
        return strncmp(line + 27, line + 30, 2) != 0; /* first two bytes */
    for (i = 0; i < ARRAY_SIZE(words); i++)
        if (strstr(line, words[i]))
            return true;
    return false;
}

/* What is left of a long line, indented. */
static unsigned print_rest(const char *file, const char *rest)
{
    lab_print(file, "   %.*s\n", COLUMNS - 3, rest);
    return 1;
}

/* A line, broken between words where it is too long to print; of memory
 * shown in bytes only the bytes. */
static unsigned print_line(const char *file, const char *line)
{
    const size_t length = strlen(line);
    size_t n = length, bytes = 27 + 16 * 3 - 1;

    if (!strncmp(line, "Object   ", 9) || !strncmp(line, "Redzone  ", 9)) {
        while (bytes > 27 && (bytes > length || line[bytes - 1] == ' '))
            bytes--;
        lab_print(file, "%.*s\n", (int)bytes, line);
        return 1;
    }
    if (n > COLUMNS)
        for (n = COLUMNS; n > 8 && line[n] != ' ';)
            n--;
    lab_print(file, "%.*s\n", (int)n, line);
    if (n == length)
        return 1;
    return 1 + print_rest(file, line + n);
}

/* Lines of the log, counted; from line `from` on they are printed. */
static unsigned long log_lines(const char *file, unsigned long from)
{
    static char line[512];
    ITERATOR(iterator);
    unsigned long n = 0;
    unsigned printed = 0;
    size_t length;

    kmsg_dump_rewind(&iterator);
    while (kmsg_dump_get_line(&iterator, false, line, sizeof(line) - 1,
                              &length)) {
        char *text = line;

        line[length] = '\0';
        if (*text == '[' && strstr(text, "] ")) /* the time */
            text = strstr(text, "] ") + 2;
        strreplace(line, '\n', '\0');
        if (file && n >= from && printed < LINES && is_telling(text)) {
            printed += print_line(file, text);
        }
        n++;
    }
    return n;
}

/* Make a bug; what the log then has more is the text `file`. */
static unsigned long provoke(const char *file, void (*bug)(void))
{
    const int loud = console_loglevel;
    const unsigned long before = log_lines(NULL, 0);

    console_loglevel = 0;
    bug();
    console_loglevel = loud;
    return log_lines(file, before) - before;
}

/* A block whose origin the compiler does not know. */
static u8 *hidden(u8 *block)
{
    OPTIMIZER_HIDE_VAR(block);
    return block;
}

//> bugs
static void double_free(void)
{
    u8 *block = kmalloc(SIZE, GFP_KERNEL), *same = hidden(block);

    kfree(block);
    kfree(same);
}

/*
 * SLUB then takes the slab out of use, as if all its objects were used. To
 * free one of them would be the next bug, of the kernel's own: it is to be
 * on a list where it is not. So all are the module's, and stay.
 */
static void use_after_free(void)
{
    void *before = NULL, *after = NULL;
    u8 *block, *same;

    lab_take_blocks(SIZE, GFP_KERNEL, MOST, &before);
    block = kmalloc(SIZE, GFP_KERNEL);
    same = hidden(block);
    kfree(block);
    same[10] = 'x';
    lab_take_blocks(SIZE, GFP_KERNEL, MOST, &after); /* found when reused */
}

static void overrun(void)
{
    u8 *block = hidden(kmalloc(SIZE, GFP_KERNEL));

    block[SIZE] = 'x';
    kfree(block); /* it is found when freed */
}

/* Larger than the largest block that there is. */
static void too_large(void)
{
    kfree(kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
}

/* Until there is none; without __GFP_NOWARN the kernel says why. */
static void no_memory(void)
{
    void *list = NULL;

    void **block;

    while ((block = kmalloc(KMALLOC_MAX_SIZE, GFP_ATOMIC)) != NULL) {
        *block = list;
        list = block;
    }
    lab_free_blocks(list);
}

static void sleep_in_atomic(void)
{
    preempt_disable();
    kfree(kmalloc(SIZE, GFP_KERNEL));
    preempt_enable();
}
//< bugs

void kmalloc_lab_bugs(void)
{
    unsigned long lines[4];

    if (lab_selftest)
        return;
    lines[0] = provoke("kmalloc-bug-double.txt", double_free);
    lines[1] = provoke("kmalloc-bug-use.txt", use_after_free);
    lines[2] = provoke("kmalloc-bug-overrun.txt", overrun);
    provoke("kmalloc-bug-large.txt", too_large);
    provoke("kmalloc-bug-failure.txt", no_memory);
    lines[3] = IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP)
                   ? provoke("kmalloc-bug-sleep.txt", sleep_in_atomic)
                   : 0;
    pr_info("pagewise: lab: lines of complaint: %lu %lu %lu %lu\n",
            lines[0], lines[1], lines[2], lines[3]);
}
