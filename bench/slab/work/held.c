/* SPDX-License-Identifier: MIT */
/*
 * The worker's memory: how much an allocator holds for its live objects.
 *
 * The job "Memory SIZE FLAGS LIVE 1 SEED" fills LIVE objects to the last
 * byte; frees all but a tenth, drawn by lot; asks the allocator to give
 * back what it does not need; frees the rest; and asks again. The answer
 * is the bytes held after each of these five.
 *
 * Held is what the process has more in memory than before the job (its
 * resident set, /proc/self/statm). Frames of a zone of ours stay resident
 * once they were touched, although the zone is free to give them to
 * anybody; so for code/slab it is the frames that the zone has given out
 * and what else the process has more: descriptors, magazines.
 */
#define _GNU_SOURCE
#include "pair.h"

#include <dlfcn.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAMES = 131072, CACHES = 128 };

const char *loaded_malloc(void)
{
#ifdef PW_WORK
    return "pw";
#else
    if (dlsym(RTLD_DEFAULT, "mallctl"))
        return "jemalloc";
    if (dlsym(RTLD_DEFAULT, "mi_malloc"))
        return "mimalloc";
    return dlsym(RTLD_DEFAULT, "tc_malloc") ? "tcmalloc" : "glibc";
#endif
}

#ifdef PW_WORK
void prepare(struct job *job)
{
    static struct job known[CACHES];
    size_t i = 0;

    if (!pw_contig_zone.pages && pw_page_init(FRAMES) != 0)
        bench_die("no memory for a zone", "free some");
    while (known[i].cache &&
           (known[i].size != job->size || known[i].flags != job->flags))
        i++;
    if (!known[i].cache) {
        known[i] = *job;
        known[i].cache =
            pw_cache_create("bench", job->size, 0, job->flags, NULL);
    }
    job->cache = known[i].cache;
    if (!job->cache || i == CACHES - 1)
        bench_die("no cache", "raise CACHES in bench/slab/work/held.c");
}

static void trim(void)
{
    pw_cache_reap(NULL);
    pw_zone_drain(&pw_contig_zone);
}
#else
void prepare(struct job *job)
{
    job->cache = NULL;
}

/* Each allocator has its own way to be asked. */
static void trim(void)
{
    int (*mallctl)(const char *, void *, size_t *, void *, size_t);
    void (*mi_collect)(bool);
    void (*release)(void);

    *(void **)&mallctl = dlsym(RTLD_DEFAULT, "mallctl");
    *(void **)&mi_collect = dlsym(RTLD_DEFAULT, "mi_collect");
    *(void **)&release =
        dlsym(RTLD_DEFAULT, "MallocExtension_ReleaseFreeMemory");
    if (mallctl) {
        mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
        mallctl("arena.4096.purge", NULL, NULL, NULL, 0);
    } else if (mi_collect) {
        mi_collect(true);
    } else if (release) {
        release();
    } else {
        malloc_trim(0);
    }
}
#endif

/* Bytes in memory: all of them, or without shared ones and files. */
static size_t resident(void)
{
    size_t all = 0, shared = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%*u %zu %zu", &all, &shared) != 2)
        bench_die("/proc/self/statm cannot be read", "mount /proc");
    fclose(f);
#ifdef PW_WORK
    struct pw_zone_stat stat;

    pw_zone_stat(&pw_contig_zone, &stat);
    all += stat.used + stat.cached - shared;
#endif
    return all * (size_t)sysconf(_SC_PAGESIZE);
}

/* Memory that no allocator under test knows. */
static void *own(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    if (p == MAP_FAILED)
        bench_die("out of memory", "free some");
    return p;
}

static void swap(void **a, void **b)
{
    void *c = *a;

    *a = *b;
    *b = c;
}

void held_report(const struct job *job)
{
    void **held = own(job->live * sizeof(*held));
    const size_t rest = job->live / 10;
    uint64_t state = job->ops;
    size_t before, bytes[5];

    give(job, take(job)); /* what comes with the first is not counted */
    before = resident();
    for (size_t i = 0; i < job->live; i++) {
        held[i] = take(job);
        memset(held[i], 1, job->size);
    }
    bytes[0] = resident() - before;
    for (size_t i = job->live - 1; i > 0; i--)
        swap(&held[i], &held[bench_random(&state) % (i + 1)]);
    for (size_t i = rest; i < job->live; i++)
        give(job, held[i]);
    bytes[1] = resident() - before;
    trim();
    bytes[2] = resident() - before;
    for (size_t i = 0; i < rest; i++)
        give(job, held[i]);
    bytes[3] = resident() - before;
    trim();
    bytes[4] = resident() > before ? resident() - before : 0;
    munmap(held, job->live * sizeof(*held));
    printf("%zu %zu %zu %zu %zu\n", bytes[0], bytes[1], bytes[2], bytes[3],
           bytes[4]);
}
