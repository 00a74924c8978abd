/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own measurement of vmalloc, for comparison with ours.
 *
 * lib/test_vmalloc.ko measures while it is being loaded, says in the
 * kernel's log how many cycles it took, and refuses to stay. This program
 * loads it several times for each size and writes what it said as records
 * of the results format, beside those of our own module in the same boot:
 *
 *   vmalloc.check  test_vmalloc   x: size in KiB
 *     fix_size_alloc_test: vmalloc, a byte written, vfree, in a loop
 *
 * Under icount a cycle is an instruction; elsewhere the program is silent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { REPS = 5, PAGES = 1 << 15 }; /* loaded so often; pages each time */

static const char module[] = "/lib/test_vmalloc.ko";

static void fail(const char *what)
{
    printf("@ failed vmalloc_test: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* What the module wrote: its cycles, if its one test passed; else 0. */
static unsigned long long said(int log)
{
    unsigned long long cycles = 0;
    char line[1024], *at;
    int passed = 0, failed = 1;
    ssize_t n;

    while ((n = read(log, line, sizeof(line) - 1)) > 0) {
        line[n] = '\0';
        if ((at = strstr(line, "fix_size_alloc_test passed")))
            sscanf(at, "%*s passed: %d failed: %d", &passed, &failed);
        if ((at = strstr(line, "worker0=")))
            sscanf(at, "worker0=%llu", &cycles);
    }
    return passed == 1 && failed == 0 ? cycles : 0;
}

/* Cycles for `loops` pairs of so many pages. */
static unsigned long long run(int pages, int loops)
{
    const int file = open(module, O_RDONLY | O_CLOEXEC);
    const int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    unsigned long long cycles;
    char args[200];

    if (file < 0 || log < 0 || lseek(log, 0, SEEK_END) < 0)
        fail("opening");
    snprintf(args, sizeof(args),
             "run_test_mask=1 nr_threads=1 test_repeat_count=1 "
             "test_loop_count=%d nr_pages=%d sequential_test_order=1",
             loops, pages);
    if (syscall(SYS_finit_module, file, args, 0) == 0 || errno != EAGAIN)
        fail("loading"); /* it always refuses to stay */
    cycles = said(log);
    if (cycles == 0)
        fail("its test did not pass");
    close(log);
    close(file);
    return cycles;
}

static int ascending(const void *a, const void *b)
{
    const unsigned long long x = *(const unsigned long long *)a;
    const unsigned long long y = *(const unsigned long long *)b;

    return x < y ? -1 : x > y;
}

static void print_each(unsigned long long cycles, int loops)
{
    printf("\t%.3f", (double)cycles / loops);
}

static void measure(int pages)
{
    const int loops = PAGES / pages;
    unsigned long long cycles[REPS];

    run(pages, loops); /* the warm-up */
    for (int i = 0; i < REPS; i++)
        cycles[i] = run(pages, loops);
    qsort(cycles, REPS, sizeof(*cycles), ascending);
    printf("vmalloc.check\ttest_vmalloc\t%d\tinsn\tinstructions\tvm-insn"
           "\t%s",
           pages * 4, getenv("LAB_KERNEL"));
    print_each(cycles[REPS / 2], loops);
    print_each(cycles[0], loops);
    print_each(cycles[REPS - 1], loops);
    printf("\t%d\n", REPS);
}

int main(void)
{
    static const int pages[] = {1, 2, 4, 16, 64, 256, 1024};
    const char *instrument = getenv("LAB_INSTRUMENT");

    if (!instrument || strcmp(instrument, "vm-insn") != 0)
        return 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("@ file vmalloc/vmalloc.tsv");
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        measure(pages[i]);
    return 0;
}
