/* SPDX-License-Identifier: MIT */
/* What blocks cost: addresses, page tables, memory, time. */
#include "report.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

static void limit(int what, size_t bytes)
{
    const struct rlimit r = {bytes, bytes};

    setrlimit(what, &r);
}

/* ---- a block costs what it holds ------------------------------------- */

/* 1.13 times its size and a page: what can be used, and the addresses. */
static int usable(void)
{
    for (size_t size = 1; size < 40 * MIB; size += 1 + size / 37) {
        char *p = malloc(size);
        const size_t have = malloc_usable_size(p);

        if (!p || have < size || (double)have > 1.13 * (double)size + 4096)
            return 1;
        memset(p, 1, size < MIB ? have : 1);
        if (realloc(p, have) != p)
            return 2;
        free(p);
    }
    return 0;
}

static size_t fill(size_t size)
{
    size_t n = 0;

    while (malloc(size))
        n++;
    return n * size;
}

static size_t fill_size;

static int filled(void)
{
    return fill(fill_size) < 512 * MIB / 100 * 86;
}

static int under(int what)
{
    static const size_t size[] = {100,    20000,   100000,  140000,
                                  200000, 1100000, 2200000, 20000000};
    int good = 1;

    limit(what, 512 * MIB);
    for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
        fill_size = size[i];
        good &= survives(filled);
    }
    return !good;
}

static int under_as(void)
{
    return under(RLIMIT_AS);
}

static int under_data(void)
{
    return under(RLIMIT_DATA);
}

/* 20,000 blocks of which a page each is touched. */
static int tables(void)
{
    static char *p[20000];
    const long before = status_of("VmPTE");

    for (int i = 0; i < 20000; i++)
        (p[i] = malloc(140000))[0] = 1;
    return status_of("VmPTE") - before > 8000 ||
           status_of("VmSize") > 3400000 || status_of("VmRSS") > 100000;
}

/* With pages of memory locked, every address costs. */
static int locked(void)
{
    const long before = status_of("VmLck");

    if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
        return 0; /* not permitted here */
    for (int i = 0; i < 1000; i++)
        if (!malloc(150000))
            return 1;
    return status_of("VmLck") - before > 190000;
}

/* ---- nothing leaks where the kernel refuses, or moves a part --------- */

static int refused_growth(void)
{
    char *p, *q;
    long size;

    limit(RLIMIT_AS, 1000 * MIB);
    p = malloc(400 * MIB);
    p[0] = 1;
    size = status_of("VmSize");
    for (int i = 0; i < 3; i++)
        if (realloc(p, 1200 * MIB))
            return 1;
    if (status_of("VmSize") > size + 5000 || p[0] != 1)
        return 2;
    q = realloc(p, 560 * MIB);
    p = q ? q : p;
    free(p);
    p = malloc(500 * MIB);
    return p == NULL;
}

/* When nothing is left, a block can still be made smaller. */
static int full(void)
{
    char *p, *q;
    static void *head;

    limit(RLIMIT_AS, 300 * MIB);
    p = malloc(100 * MIB);
    p[999] = 7;
    for (size_t size = MIB; size >= 16; size /= 2)
        while ((q = malloc(size))) {
            *(void **)q = head;
            head = q;
        }
    q = realloc(p, 50 * MIB);
    if (!q || q[999] != 7)
        return 1;
    for (size_t size = MIB; size >= 16; size /= 2)
        while ((p = malloc(size))) {
            *(void **)p = head;
            head = p;
        }
    p = realloc(q, 1000);
    return !p || p[999] != 7;
}

static char advice;

static int advised(void)
{
    const long before = status_of("VmSize");

    for (int round = 0; round < 300; round++) {
        char *p = malloc(3000000), *q;
        char *at = (char *)(((uintptr_t)p + 4095) & ~(uintptr_t)4095);

        memset(p, 7, 100);
        switch (advice) {
        case 'd': madvise(at + 81920, 36864, MADV_DONTFORK); break;
        case 'h': madvise(at, 2990000, MADV_NOHUGEPAGE); break;
        case 'm': madvise(at + 81920, 40960, MADV_DONTDUMP); break;
        case 'l': mlock(at + 8192, 4096); break;
        }
        q = realloc(p, 9000000);
        if (!q || q[99] != 7)
            return 1;
        q[8999999] = 1;
        munlock((void *)((uintptr_t)q & ~(uintptr_t)4095), 9000000);
        free(q);
    }
    return status_of("VmSize") > before + 100000;
}

/* From now on the kernel refuses this call. */
static int forbid(unsigned call)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {4, code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static unsigned forbidden;

/* All contents stay, and what was freed serves what comes next. */
static int refused(void)
{
    unsigned state = 3;
    unsigned char *p[64] = {0};
    size_t size[64] = {0}, later;

    for (int i = 0; i < 2000; i++) {
        const unsigned k = draw(&state) % 64;
        const size_t n = 1 + draw(&state) % (i % 3 ? 5000 : 3000000);
        unsigned char *q;

        if (i == 500 && forbid(forbidden))
            return 0; /* no filters here */
        q = i % 2 ? realloc(p[k], n) : malloc(n);
        if (!q)
            continue;
        if (i % 2 == 0)
            free(p[k]);
        else if (size[k] && *q != k)
            return 1;
        p[k] = q;
        size[k] = n;
        q[0] = q[n - 1] = (unsigned char)k;
        if (i % 100 == 99)
            malloc_trim(0);
    }
    for (unsigned k = 0; k < 64; k++) {
        if (p[k] && (p[k][0] != k || p[k][size[k] - 1] != k))
            return 2;
        free(p[k]);
    }
    later = mallinfo2().arena + mallinfo2().hblkhd;
    for (int i = 0; i < 1000; i++)
        free(malloc(100000 + (size_t)i * 100));
    return mallinfo2().arena + mallinfo2().hblkhd > later + 2 * MIB;
}

/* ---- time ------------------------------------------------------------ */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Processor time of replacing one of n live blocks. */
static double replace(size_t n, size_t size)
{
    char **p = calloc(n, sizeof(*p));
    unsigned state = 7;
    double start;

    for (size_t i = 0; i < n; i++)
        p[i] = malloc(size + i % 3 * size / 4);
    start = now();
    for (int i = 0; i < 30000; i++) {
        const size_t k = draw(&state) % n;

        free(p[k]);
        p[k] = malloc(size + (unsigned)i % 3 * size / 4);
    }
    start = now() - start;
    for (size_t i = 0; i < n; i++)
        free(p[i]);
    free(p);
    return start;
}

/* A hundred times as many cost caches, but nothing like a hundred. */
static int many(void)
{
    static const size_t size[] = {100, 20000, 100000, 1000000};
    int good = 1;

    for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
        const size_t n = size[i] < 500000 ? 50000 : 10000;

        good &= replace(n, size[i]) < 20 * replace(n / 100, size[i]) + 0.1;
    }
    return !good;
}

/* By a kibibyte at a time: each byte is moved a few times at most. */
static int growth(void)
{
    double small = now(), large;
    char *p = NULL;

    for (size_t n = 1; n < 4 * MIB; n += 1024)
        (p = realloc(p, n))[n - 1] = 1;
    free(p);
    small = now() - small;
    p = NULL;
    large = now();
    for (size_t n = 1; n < 64 * MIB; n += 1024) {
        p = realloc(p, n);
        if (n % 65536 == 1) /* somebody takes the next place */
            free(malloc(70000));
        p[n - 1] = 1;
    }
    free(p);
    return now() - large > 60 * small + 0.3;
}

int main(void)
{
    char line[80];
    static const struct {
        unsigned call;
        const char *name;
    } calls[] = {{SYS_mmap, "mmap"},
                 {SYS_munmap, "munmap"},
                 {SYS_mremap, "mremap"},
                 {SYS_madvise, "madvise"}};

    report(survives(usable), "no block is much larger than asked for");
    report(survives(under_as), "512 MiB of addresses hold nearly that");
    report(survives(under_data), "512 MiB of data hold nearly that");
    report(survives(tables), "page tables of 20,000 sparse blocks");
    report(survives(locked), "locked blocks take what they hold");
    report(survives(refused_growth), "growth that is refused is free");
    report(survives(full), "a block is made smaller when nothing is left");
    for (const char *a = "dhml"; *a; a++) {
        advice = *a;
        snprintf(line, sizeof(line), "blocks with advice %c do not leak",
                 *a);
        report(survives(advised), line);
    }
    for (int i = 0; i < 4; i++) {
        forbidden = calls[i].call;
        snprintf(line, sizeof(line), "%s may be refused", calls[i].name);
        report(survives(refused), line);
    }
    report(survives(many), "cost does not grow with what lives");
    report(survives(growth), "growth step by step in linear time");
    return 0;
}
