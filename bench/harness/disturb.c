/* SPDX-License-Identifier: MIT */
/* Finding disturbed runs: see disturb.h. */
#define _GNU_SOURCE
#include "disturb.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

static struct {
    uint64_t stolen; /* ticks, when the run began */
    long switches;
    long told; /* those of other processes, by bench_switched() */
    size_t runs, repeated, by_steal, by_switch, kept;
} book;

/* Ticks that the hypervisor took from all processors; 0 if not told. */
static uint64_t stolen(void)
{
    static int fd = -1;
    char line[256];
    uint64_t ticks = 0;
    ssize_t n;

    if (fd < 0)
        fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    n = pread(fd, line, sizeof(line) - 1, 0);
    line[n > 0 ? n : 0] = '\0';
    sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &ticks);
    return ticks;
}

static long switches(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_nivcsw;
}

void bench_switched(long n)
{
    book.told += n;
}

void disturb_begin(void)
{
    book.stolen = stolen();
    book.told = 0;
    book.switches = switches();
}

bool disturb_end(uint64_t took, bool count_switches)
{
    const bool switched =
        count_switches && switches() - book.switches + book.told > 0;
    const uint64_t tick = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    const uint64_t taken = (stolen() - book.stolen) * tick;
    const bool robbed = taken > 0 && taken * 100 > took;

    book.runs++;
    book.by_steal += robbed;
    book.by_switch += switched && !robbed;
    book.kept += robbed || switched;
    return robbed || switched;
}

bool disturb_repeat(unsigned tries)
{
    if (tries >= DISTURB_REPEATS ||
        book.repeated * DISTURB_SHARE > book.runs)
        return false;
    book.repeated++;
    book.kept--; /* it is not, its repetition may be */
    return true;
}

void disturb_write(FILE *out)
{
    fprintf(out,
            "%zu of %zu timed runs (disturbed by steal %zu, by "
            "context switches %zu; kept although disturbed %zu)\n",
            book.repeated, book.runs - book.repeated, book.by_steal,
            book.by_switch, book.kept);
}
