/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * malloc on the module's axis: instructions, those of the kernel included,
 * for a pair of malloc and free, and for one whose pages are written to
 * between the two. The C library's malloc and ours; see lab.c. In a loop
 * a process gets the block back that it has just freed, so:
 *
 *   which.first  the same as which.used, once, by a process that has never
 *                had a block of that size
 *
 * The machine's time-stamp counter counts instructions, in a process as in
 * the kernel. Huge pages are off, as the kernel has them by default for
 * memory that does not ask.
 */
#define _GNU_SOURCE
#include "../../code/malloc/malloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    REPS = 9,
    CHILDREN = 3,
    WARM = 2,
    PAGE = 4096,
    MOST_SIZE = 16 << 20
};

static const char *series, *instrument;

static uint64_t ticks(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc; lfence"
                     : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

static void *nothing(size_t size)
{
    __asm__ volatile("" ::"r"(size));
    return NULL;
}

static void no_free(void *block)
{
    __asm__ volatile("" ::"r"(block));
}

static const struct way {
    const char *variant;
    void *(*take)(size_t);
    void (*give)(void *);
} ways[] = {{"empty", nothing, no_free},
            {"glibc", malloc, free},
            {"pw", pw_malloc, pw_free}};

static uint64_t pairs(const struct way *way, size_t size, long n, int used)
{
    const uint64_t start = ticks();

    for (long i = 0; i < n; i++) {
        volatile char *block = way->take(size);

        if (used && block)
            for (size_t at = 0; at < size; at += PAGE)
                block[at] = 1;
        way->give((void *)block);
    }
    return ticks() - start;
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void report(const char *experiment, const char *variant, size_t size,
                   const uint64_t *sorted, int reps, int skip,
                   uint64_t base, double n)
{
    const uint64_t three[] = {sorted[reps / 2], sorted[skip],
                              sorted[reps - 1 - skip]};

    printf("which.%s\t%s\t%zu\tinsn\tinstructions\t%s\t%s", experiment,
           variant, size, instrument, series);
    for (int i = 0; i < 3; i++)
        printf("\t%.10g", (double)(int64_t)(three[i] - base) / n);
    printf("\t%d\n", reps);
}

static void measure(const struct way *way, size_t size, int used)
{
    const long n = size > 1 << 15 ? (1 << 20) / (long)size : 32;
    uint64_t sample[REPS], empty[REPS];

    for (int rep = -WARM; rep < REPS; rep++) {
        empty[rep < 0 ? 0 : rep] = pairs(&ways[0], size, n ? n : 1, 0);
        sample[rep < 0 ? 0 : rep] = pairs(way, size, n ? n : 1, used);
    }
    qsort(empty, REPS, sizeof(*empty), compare);
    qsort(sample, REPS, sizeof(*sample), compare);
    /* The second from either end: 96 % of nine, as lab.c has it. */
    report(used ? "used" : "pair", way->variant, size, sample, REPS, 1,
           empty[REPS / 2], (double)(n ? n : 1));
}

/* In children, so that each finds the process as it began. */
static void measure_first(const struct way *way, size_t size)
{
    uint64_t *sample = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (sample == MAP_FAILED)
        exit(1);
    for (int child = 0; child < CHILDREN; child++) {
        const pid_t pid = fork();

        if (pid == 0) {
            sample[child] = pairs(way, size, 1, 1);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    qsort(sample, CHILDREN, sizeof(*sample), compare);
    report("first", way->variant, size, sample, CHILDREN, 0, 0, 1);
    munmap(sample, PAGE);
}

int main(void)
{
    series = getenv("LAB_KERNEL");
    instrument = getenv("LAB_INSTRUMENT");
    if (!series || !instrument)
        return 1;
    setvbuf(stdout, NULL, _IONBF, 0); /* children inherit nothing */
    printf("@ file which/which.tsv\n");
    for (size_t size = 8; size <= MOST_SIZE; size *= 2)
        for (int way = 1; way <= 2; way++)
            measure_first(&ways[way], size);
    for (size_t size = 8; size <= MOST_SIZE; size *= 2)
        for (int used = 0; used < 2; used++) {
            measure(&ways[1], size, used);
            measure(&ways[2], size, used);
        }
    return 0;
}
