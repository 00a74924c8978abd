/* SPDX-License-Identifier: MIT */
/*
 * The same work on the same number of bytes, mapped in four ways.
 *
 *   vmalloc.chase   x: KiB. One line in each page holds the address of
 *                   one in another page, in random order; ns a load
 *   vmalloc.stride  x: KiB. The same lines in order of their addresses:
 *                   independent loads; ns a load
 *     scattered       4 KiB pages, frames at random: a memory file whose
 *                     pages were first touched in random order
 *     run             4 KiB pages, touched in order, so that the kernel
 *                     took neighbours where it had them
 *     huge            2 MiB pages, where the kernel gives them
 *     pw              an area of ours over a checkerboard
 *   vmalloc.memory  what it was: breaks (steps of 1024 to a frame that is
 *                   not the neighbour), huge (% of the bytes)
 *
 * Only one line a page is used: a sixty-fourth of the bytes, so that the
 * caches hold it while the TLB no longer does. What the variants differ
 * in is translation and nothing else.
 */
#define _GNU_SOURCE
#include "tlb.h"
#include "../harness/bench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LEAST 64L      /* KiB */
#define PW_MOST 65536L /* KiB: more would need too many mappings */
#define HUGE (2ul << 20)
#define LINES 64

enum { SCATTERED, RUN, HUGE_PAGES, PW, VARIANTS };

static const char *const names[VARIANTS] = {"scattered", "run", "huge",
                                            "pw"};
static char *memory[VARIANTS];
static long most; /* KiB of each variant but pw */

/* ---- The memory ------------------------------------------------------ */

static void shuffle(uint32_t *list, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = bench_random(state) % i;
        const uint32_t other = list[j];

        list[j] = list[i - 1];
        list[i - 1] = other;
    }
}

static uint32_t *numbers(size_t n)
{
    uint32_t *list = malloc(n * sizeof(*list));

    if (!list)
        bench_die("out of memory", "free some");
    for (size_t i = 0; i < n; i++)
        list[i] = (uint32_t)i;
    return list;
}

/* Pages of a file get their frames in the order of the first touch. */
static char *map_file(size_t bytes, bool in_order)
{
    const int fd = memfd_create("tlb", MFD_CLOEXEC);
    const size_t pages = bytes / PORT_PAGE_SIZE;
    uint32_t *order = numbers(pages);
    uint64_t state = bench_seed();
    char *p;

    if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0)
        bench_die("no memory file", "free some memory");
    p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        bench_die("no memory to map", "free some");
    madvise(p, bytes, MADV_NOHUGEPAGE);
    close(fd);
    if (!in_order)
        shuffle(order, pages, &state);
    for (size_t i = 0; i < pages; i++)
        p[order[i] * PORT_PAGE_SIZE] = 1;
    free(order);
    return p;
}

static char *map_huge(size_t bytes)
{
    char *p = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED)
        bench_die("no memory to map", "free some");
    p += -(uintptr_t)p & (HUGE - 1);
    madvise(p, bytes, MADV_HUGEPAGE);
    for (size_t i = 0; i < bytes; i += PORT_PAGE_SIZE)
        p[i] = 1;
    return p;
}

/* A quarter of what is available may go into this. */
static long most_kib(void)
{
    long kib = bench_quick() ? 262144 : 1048576, free = 0;
    FILE *f = fopen("/proc/meminfo", "r");
    char line[128];

    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "MemAvailable: %ld kB", &free) == 1)
            break;
    if (f)
        fclose(f);
    while (kib > LEAST && kib * 3 > free / 4)
        kib /= 2;
    return kib;
}

/* ---- The chains ------------------------------------------------------ */

/* One line of each page for each size, so that chains do not meet. */
static void **node(char *base, size_t page, long kib)
{
    const unsigned size = (unsigned)__builtin_ctzl((unsigned long)kib);

    return (void **)(base + page * PORT_PAGE_SIZE +
                     (page * 7 + size * 4) % LINES * PORT_CACHE_LINE);
}

static void link_pages(char *base, long kib)
{
    const size_t pages = (size_t)kib * 1024 / PORT_PAGE_SIZE;
    uint32_t *order = numbers(pages);
    uint64_t state = bench_seed();

    shuffle(order, pages, &state);
    for (size_t i = 0; i < pages; i++)
        *node(base, order[i], kib) =
            node(base, order[(i + 1) % pages], kib);
    free(order);
}

static uint64_t chase(struct bench_case *c, size_t ops)
{
    void **at = node(c->data, 0, c->x);

    for (size_t i = 0; i < ops; i++)
        at = *at;
    bench_keep(at);
    return 0;
}

static uint64_t stride(struct bench_case *c, size_t ops)
{
    const size_t pages = (size_t)c->x * 1024 / PORT_PAGE_SIZE;
    char *base = c->data;
    uintptr_t sum = 0;

    for (size_t done = 0; done < ops; done += pages)
        for (size_t page = 0; page < pages; page++)
            sum += (uintptr_t)*node(base, page, c->x);
    bench_keep(sum);
    return 0;
}

/* Once around, so that the caches hold what they can. */
static void warm(struct bench_case *c, size_t ops)
{
    (void)ops;
    chase(c, (size_t)c->x * 1024 / PORT_PAGE_SIZE);
}

static void add(int variant, long kib)
{
    struct bench_case c = {.experiment = "vmalloc.chase",
                           .variant = names[variant],
                           .x = kib,
                           .run = chase,
                           .setup = warm,
                           .batch = (size_t)kib / 4,
                           .counters = true,
                           .data = memory[variant]};

    link_pages(memory[variant], kib);
    bench_add(&c);
    c.experiment = "vmalloc.stride";
    c.run = stride;
    bench_add(&c);
}

void tlb_add(struct pw_vspace *scattered)
{
    const long step = bench_quick() ? 4 : 2;

    most = most_kib();
    memory[SCATTERED] = map_file((size_t)most << 10, false);
    memory[RUN] = map_file((size_t)most << 10, true);
    memory[HUGE_PAGES] = map_huge((size_t)most << 10);
    memory[PW] =
        pw_vspace_alloc(scattered, (size_t)PW_MOST / 2 << 10, NULL);
    for (long kib = LEAST; kib <= most; kib *= step)
        for (int i = 0; i < VARIANTS; i++)
            if (i != PW || (memory[PW] && kib <= PW_MOST / 2))
                add(i, kib);
    bench_ratio("vmalloc.chase", "scattered", "huge");
    bench_ratio("vmalloc.chase", "scattered", "run");
    bench_ratio("vmalloc.stride", "scattered", "huge");
}

/* ---- What it was ----------------------------------------------------- */

/* Of 1024 steps, how many leave the neighbour; -1: we may not know. */
static double breaks_of(const char *base, long kib)
{
    const size_t pages = (size_t)kib / 4;
    const int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    uint64_t *entry = calloc(pages, sizeof(*entry));
    const size_t bytes = pages * sizeof(*entry);
    double breaks = 0;
    ssize_t got = -1;

    if (fd >= 0 && entry)
        got = pread(fd, entry, bytes,
                    (off_t)((uintptr_t)base / PORT_PAGE_SIZE * 8));
    if (fd >= 0)
        close(fd);
    if (got != (ssize_t)bytes || (entry[0] & ((1ull << 55) - 1)) == 0) {
        free(entry);
        return -1;
    }
    for (size_t i = 1; i < pages; i++)
        breaks += ((entry[i] - entry[i - 1]) & ((1ull << 55) - 1)) != 1;
    free(entry);
    return breaks * 1024 / (double)(pages - 1);
}

/* Share of the mapping at base that huge pages map, in %. */
static double huge_share(const char *base)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    unsigned long first, last, kib;
    bool inside = false;
    double share = -1;
    char line[256];

    while (f && share < 0 && fgets(line, sizeof(line), f)) {
        if (sscanf(line, "%lx-%lx ", &first, &last) == 2)
            inside = first <= (uintptr_t)base && (uintptr_t)base < last;
        else if (inside && sscanf(line, "AnonHugePages: %lu", &kib) == 1)
            share = 100.0 * (double)kib / (double)most;
    }
    if (f)
        fclose(f);
    return share > 100 ? 100 : share;
}

void tlb_record(void)
{
    const double huge = huge_share(memory[HUGE_PAGES]);

    for (int i = 0; i < VARIANTS; i++) {
        const long kib = i == PW ? PW_MOST / 2 : most;
        double breaks;

        if (!memory[i])
            continue;
        breaks = breaks_of(memory[i], kib);
        if (breaks < 0)
            bench_unmeasured("vmalloc.memory", names[i], BENCH_NO_X,
                             "breaks", "in 1024 steps",
                             "frame numbers are for root only");
        else
            bench_record("vmalloc.memory", names[i], BENCH_NO_X, "breaks",
                         "in 1024 steps", &breaks, 1, 0.5);
    }
    if (huge >= 0)
        bench_record("vmalloc.memory", "huge", BENCH_NO_X, "huge", "%",
                     &huge, 1, 0.5);
}
