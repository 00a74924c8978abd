/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * malloc in the lab: a program, not a module. It runs as root in a machine
 * of its own, where the kernel shows which frame is behind a page, and
 * puts the C library's malloc and ours to the same questions. Its output
 * is the lab's records: claims with evidence, and rows of results.
 *
 *   lab.c        what is seen and recorded; m1 to m3
 *   lab_calls.c  m4: the system calls behind a block
 *   lab_touch.c  m5 to m7: what a touch brings
 *   lab_swap.c   m8: what pressure takes away
 *
 * The last wants a machine with little memory and with swap, and so gets
 * a boot of its own. The compiler's knowledge of malloc is turned off
 * (-fno-builtin).
 */
#define _GNU_SOURCE
#include "lab_parts.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <sys/mman.h>

const struct variant variants[2] = {{"glibc", malloc, free},
                                    {"pw", pw_malloc, pw_free}};

/* ---- what is seen ------------------------------------------------- */

//> pagemap
/* Words from number `first` on of a file of the kernel's that has one
 * for each page. */
static void words_of(const char *file, uint64_t first, uint64_t *words,
                     size_t n)
{
    const int fd = open(file, O_RDONLY);
    const size_t bytes = n * sizeof(*words);

    if (fd < 0 ||
        pread(fd, words, bytes, (off_t)(first * 8)) != (ssize_t)bytes)
        memset(words, 0, bytes);
    close(fd);
}

void page_entries(const void *p, uint64_t *entries, size_t n)
{
    words_of("/proc/self/pagemap", (uintptr_t)p / PAGE, entries, n);
}

static uint64_t page_entry(const void *p)
{
    uint64_t entry;

    page_entries(p, &entry, 1);
    return entry;
}

int page_present(const void *p)
{
    return page_entry(p) >> 63 & 1;
}

int page_swapped(const void *p)
{
    return page_entry(p) >> 62 & 1;
}

uint64_t page_frame(const void *p)
{
    return page_entry(p) & FRAME;
}

uint64_t frame_flags(uint64_t frame)
{
    uint64_t flags;

    words_of("/proc/kpageflags", frame, &flags, 1);
    return flags;
}
//< pagemap

char *first_page(void *block)
{
    return (char *)(((uintptr_t)block + PAGE - 1) & -(uintptr_t)PAGE);
}

/* ---- what is recorded --------------------------------------------- */

static const char *series, *instrument;
static char claims[16384], rows[16384];

void claim(const char *id, const char *verdict, const char *fmt, ...)
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

void row(const char *experiment, const char *variant, long x,
         const char *metric, const char *unit, long value)
{
    const size_t at = strlen(rows);

    snprintf(rows + at, sizeof(rows) - at,
             "malloc.%s\t%s\t%ld\t%s\t%s\t%s\t%s\t%ld\t%ld\t%ld\t1\n",
             experiment, variant, x, metric, unit, instrument, series,
             value, value, value);
}

/* ---- m1, m2: the addresses ---------------------------------------- */

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

//> place
/* Pages of a block that are not where the first one's distance between
 * address and frame would put them. */
static int displaced(const char *p, int pages)
{
    const uint64_t distance = page_frame(p) - (uintptr_t)p / PAGE;
    int n = 0;

    for (int i = 1; i < pages; i++, n++)
        if (page_frame(p + i * PAGE) - (uintptr_t)p / PAGE - i == distance)
            n--;
    return n;
}

/* Is every byte where it was put? */
static int intact(unsigned char *block, int bytes)
{
    int n = 0;

    for (int i = 0; i < bytes; i++)
        block[i] = (unsigned char)(i / 61);
    for (int i = 0; i < bytes; i++)
        n += block[i] == (unsigned char)(i / 61);
    return n;
}
//< place

static void lab_place(void)
{
    const int bytes = PAGES * PAGE;
    int in_map[2], apart[2], good[2];

    for (int v = 0; v < 2; v++) {
        unsigned char *block = variants[v].take(bytes);

        in_map[v] = mapped(block);
        good[v] = intact(block, bytes);
        apart[v] = displaced(first_page(block), PAGES - 1);
        row("place", variants[v].name, PAGES - 1, "displaced", "pages",
            apart[v]);
        variants[v].give(block);
    }
    claim("m1", in_map[0] && apart[0] ? "holds" : "fails",
          "the block is in the process's own map, and %d of its %d pages "
          "have another distance to their frames than the first; of our "
          "malloc's %d",
          apart[0], PAGES - 1, apart[1]);
    claim("m2", good[0] == bytes ? "holds" : "fails",
          "%d of %d bytes written and read back by one pointer; with our "
          "malloc %d",
          good[0], bytes, good[1]);
}

/* ---- m3: the frames ----------------------------------------------- */

static void huge_pages(const char *when)
{
    const int fd =
        open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY);

    if (fd < 0 || write(fd, when, strlen(when)) < 0)
        perror(when);
    close(fd);
}

//> breaks
/* The pages of 4 MiB of one block whose frame does not follow the frame
 * of the page before, with huge pages allowed when? */
static long breaks(const struct variant *v, const char *when)
{
    const size_t size = 4 * MIB, align = 2 * MIB;
    char *block = v->take(size + align), *p;
    long n = 0;

    huge_pages(when);
    p = (char *)(((uintptr_t)block + align - 1) & -align);
    if (strcmp(when, "madvise") == 0)
        madvise(p, size, MADV_HUGEPAGE);
    memset(p, 1, size);
    for (size_t at = PAGE; at < size; at += PAGE)
        n += page_frame(p + at) != page_frame(p + at - PAGE) + 1;
    v->give(block);
    malloc_trim(0); /* the next one is to be new */
    pw_malloc_trim(0);
    huge_pages("never");
    return n;
}
//< breaks

static void lab_breaks(void)
{
    static const char *const when[] = {"never", "madvise", "always"};
    long n[2][3];

    for (int v = 0; v < 2; v++)
        for (int w = 0; w < 3; w++) {
            char name[32];

            n[v][w] = breaks(&variants[v], when[w]);
            snprintf(name, sizeof(name), "breaks-%s", when[w]);
            row(name, variants[v].name, 4, "breaks", "breaks", n[v][w]);
        }
    claim("m3",
          n[0][0] == 0              ? "fails"
          : n[0][2] * 10 <= n[0][0] ? "limit"
                                    : "holds",
          "1023 steps from page to page in one block; %ld do not lead to "
          "the next frame without huge pages, %ld where the block asks for "
          "them, %ld where everybody gets them; in our malloc's block "
          "%ld, %ld and %ld",
          n[0][0], n[0][1], n[0][2], n[1][0], n[1][1], n[1][2]);
}

int main(void)
{
    static char table[8192];
    const char *boot = getenv("LAB_BOOT"); /* boots.tsv */
    FILE *text = fmemopen(table, sizeof(table), "w");

    series = getenv("LAB_KERNEL") ? getenv("LAB_KERNEL") : "host";
    instrument =
        getenv("LAB_INSTRUMENT") ? getenv("LAB_INSTRUMENT") : "host";
    huge_pages("never");
    if (boot && strcmp(boot, "swap") == 0) {
        lab_swap();
    } else {
        lab_calls(text);
        lab_place();
        lab_breaks();
        lab_touch();
    }
    fclose(text);
    printf("@ file malloc/claims.tsv\n%s@ file malloc/malloc.tsv\n%s"
           "@ file malloc/malloc-calls.txt\n%s",
           claims, rows, table);
    return 0;
}
