/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * malloc in the lab: a program, not a module. It runs as root in a machine
 * of its own, where /proc/self/pagemap shows the frame behind a page, and
 * looks at the C library's malloc and at ours. Its output is the lab's
 * records: claims with evidence, and rows of results.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "malloc.h"

enum { PAGE = 4096, PAGES = 64, MIB = 1048576 };

static const char *series = "", *instrument = "";

/* A page's entry in pagemap, or 0. */
//> pagemap
static uint64_t entry(const void *p)
{
    const int fd = open("/proc/self/pagemap", O_RDONLY);
    uint64_t word = 0;

    if (fd < 0 || pread(fd, &word, sizeof(word),
                        (off_t)((uintptr_t)p / PAGE * sizeof(word))) < 0)
        word = 0;
    close(fd);
    return word;
}

static int present(const void *p)
{
    return entry(p) >> 63 & 1;
}

static uint64_t frame(const void *p)
{
    return entry(p) & (((uint64_t)1 << 55) - 1);
}
//< pagemap

static char claims[8192], rows[8192];

static void claim(const char *id, const char *verdict, const char *fmt, ...)
{
    const size_t at = strlen(claims);
    size_t n = (size_t)snprintf(claims + at, sizeof(claims) - at,
                                "%s\t%s\t%s\t", id, series, verdict);
    va_list args;

    va_start(args, fmt);
    n += (size_t)vsnprintf(claims + at + n, sizeof(claims) - at - n, fmt,
                           args);
    va_end(args);
    snprintf(claims + at + n, sizeof(claims) - at - n, "\n");
}

static void row(const char *experiment, const char *variant, long x,
                const char *metric, const char *unit, long value)
{
    const size_t at = strlen(rows);

    snprintf(rows + at, sizeof(rows) - at,
             "malloc.%s\t%s\t%ld\t%s\t%s\t%s\t%s\t%ld\t%ld\t%ld\t1\n",
             experiment, variant, x, metric, unit, instrument, series,
             value, value, value);
}

/* The C library's malloc, without what a compiler knows about it. */
static void *(*volatile take)(size_t) = malloc;
static void (*volatile give)(void *) = free;

static long faults(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_minflt;
}

/* The first whole page inside a block. */
static char *first_page(void *block)
{
    return (char *)(((uintptr_t)block + PAGE - 1) & -(uintptr_t)PAGE);
}

/* ---- m1, m2, m3: where a block lies --------------------------------*/

static void huge_pages(const char *when)
{
    const int fd =
        open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY);

    if (fd >= 0 && write(fd, when, strlen(when)) < 0)
        perror(when);
    close(fd);
}

static int mapped(const void *p)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long from, to;
    char line[300];
    int found = 0;

    while (maps && fgets(line, sizeof(line), maps))
        if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
            (uintptr_t)p >= from && (uintptr_t)p < to)
            found = 1;
    fclose(maps);
    return found;
}

/* Pages of the block whose frame does not follow the one before. */
//> breaks
static long breaks(const char *p, size_t pages)
{
    long n = 0;

    for (size_t i = 1; i < pages; i++)
        n += frame(p + i * PAGE) != frame(p + (i - 1) * PAGE) + 1;
    return n;
}

/* The same block of 4 MiB, touched, with huge pages and without. */
static long breaks_with(const char *when)
{
    const size_t size = 4 * MIB, align = 2 * MIB;
    char *p, *block;
    long n;

    huge_pages(when);
    block = take(size + align);
    p = (char *)(((uintptr_t)block + align - 1) & -align);
    memset(p, 1, size);
    n = breaks(p, size / PAGE);
    give(block);
    return n;
}
//< breaks

static void place(void)
{
    char *block = take(PAGES * PAGE), *p = first_page(block);
    long apart = 0, off, on;

    memset(block, 1, PAGES * PAGE);
    for (int i = 1; i < PAGES - 1; i++)
        apart += frame(p + i * PAGE) - (uintptr_t)(p + i * PAGE) / PAGE !=
                 frame(p) - (uintptr_t)p / PAGE;
    claim("m1", mapped(block) && apart ? "holds" : "fails",
          "the address is in the process's map; %ld of %d pages have "
          "another distance to their frame than the first",
          apart, PAGES - 2);
    for (int i = 0; i < PAGES * PAGE; i++)
        block[i] = (char)(i / 64);
    for (int i = 0; i < PAGES * PAGE; i++)
        apart -= block[i] != (char)(i / 64) ? 1000000 : 0;
    claim("m2", apart >= 0 ? "holds" : "fails",
          "%d bytes written and read back by one pointer", PAGES * PAGE);
    give(block);
    off = breaks_with("never");
    on = breaks_with("always");
    row("breaks", "never", 0, "breaks", "breaks", off);
    row("breaks", "always", 0, "breaks", "breaks", on);
    claim("m3", off > 0 ? on < off / 10 ? "limit" : "holds" : "fails",
          "breaks in 1024 frames of one block: %ld without huge pages, "
          "%ld with huge pages always",
          off, on);
    huge_pages("never");
}

/* ---- m4: brk and mmap ----------------------------------------------*/

//> threshold
/* Does malloc map a block of this size by itself? */
static int own_mapping(size_t size)
{
    const char *top = sbrk(0);
    char *block = take(size);
    const int own = block > (char *)sbrk(0) || block < top - 64 * MIB;

    give(block);
    return own;
}

static void system_calls(void)
{
    size_t first = 0;
    int before, after;

    for (size_t size = 16 * 1024; size <= MIB && !first; size += 4096)
        if (own_mapping(size))
            first = size;
    /* That one was freed, and its size is the threshold now. */
    before = own_mapping(first);
    after = own_mapping(4 * first);
    claim("m4", first && !before && after ? "holds" : "fails",
          "brk below %zu bytes, mmap from there on; after that block was "
          "freed its size came by brk, and four times it by mmap",
          first);
    row("threshold", "glibc", 0, "bytes", "bytes", (long)first);
}
//< threshold

/* ---- m5, m6, m7: what a touch brings -------------------------------*/

//> touch
struct touch {
    int after_call, after_read, after_write;
    long fault_call, fault_read, fault_write;
    int shared, own;
};

/* Call, read, write: what is mapped, and how many faults it took. */
static struct touch touch(void *(*alloc)(size_t))
{
    struct touch t = {0};
    long at = faults();
    char *block = alloc(32 * MIB), *p = first_page(block) + MIB;
    uint64_t zero;

    t.fault_call = faults() - at;
    for (int i = 0; i < PAGES; i++)
        t.after_call += present(p + i * PAGE);
    at = faults();
    for (int i = 0; i < PAGES; i++)
        (void)*(volatile char *)(p + i * PAGE);
    t.fault_read = faults() - at;
    zero = frame(p);
    for (int i = 0; i < PAGES; i++) {
        t.after_read += present(p + i * PAGE);
        t.shared += frame(p + i * PAGE) == zero;
    }
    at = faults();
    for (int i = 0; i < PAGES; i++)
        *(volatile char *)(p + i * PAGE) = 1;
    t.fault_write = faults() - at;
    for (int i = 0; i < PAGES; i++) {
        t.after_write += present(p + i * PAGE);
        t.own += frame(p + i * PAGE) != zero &&
                 (i == 0 || frame(p + i * PAGE) != frame(p));
    }
    return t;
}
//< touch

static void touched(void)
{
    const struct touch c = touch(take), o = touch(pw_malloc);

    claim("m5",
          c.after_call == 0 && c.after_write == PAGES ? "holds" : "fails",
          "of 64 pages %d were present after the call, %d after writing; "
          "with our malloc %d and %d",
          c.after_call, c.after_write, o.after_call, o.after_write);
    claim("m6",
          c.after_call == PAGES && c.shared == PAGES ? "holds" : "fails",
          "of 64 pages %d were present right after the call; after a read "
          "%d, %d of them the same frame",
          c.after_call, c.after_read, c.shared);
    claim("m7", c.shared == PAGES && c.own == PAGES ? "holds" : "fails",
          "after reads 64 pages had one frame, after writes %d had one of "
          "their own; %ld faults for the reads, %ld for the writes",
          c.own, c.fault_read, c.fault_write);
    claim("m8", "unmeasured",
          "this lab has no swap: the kernel's zram is a module that it "
          "does not bring along");
    row("touch", "glibc", 0, "present", "pages", c.after_call);
    row("touch", "glibc", 1, "present", "pages", c.after_read);
    row("touch", "glibc", 2, "present", "pages", c.after_write);
    row("touch", "pw", 0, "present", "pages", o.after_call);
    row("touch", "pw", 1, "present", "pages", o.after_read);
    row("touch", "pw", 2, "present", "pages", o.after_write);
}

int main(void)
{
    series = getenv("LAB_KERNEL") ? getenv("LAB_KERNEL") : "host";
    instrument =
        getenv("LAB_INSTRUMENT") ? getenv("LAB_INSTRUMENT") : "host";
    system_calls();
    place();
    touched();
    printf("@ file malloc/claims.tsv\n%s@ file malloc/malloc.tsv\n%s",
           claims, rows);
    return 0;
}
