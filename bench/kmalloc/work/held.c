/* SPDX-License-Identifier: MIT */
/*
 * What a worker of kmalloc has beside workers/work.c: sizes drawn by
 * lot, and the job "Measure SIZE 0 N 1 1", whose answer is how many bytes
 * N blocks of the sizes from SIZE on have in all.
 */
#define _GNU_SOURCE
#include "pair.h"

#include <dlfcn.h>
#include <malloc.h>

enum { FRAMES = 131072, DOUBLINGS = 10 };

uint16_t kmalloc_sizes[DRAWN];
size_t kmalloc_next;

const char *loaded_malloc(void)
{
    static const char *const known[][2] = {{"mallctl", "jemalloc"},
                                           {"mi_malloc", "mimalloc"},
                                           {"tc_malloc", "tcmalloc"}};

#ifdef PW_WORK
    return "pw";
#endif
    for (size_t i = 0; i < 3; i++)
        if (dlsym(RTLD_DEFAULT, known[i][0]))
            return known[i][1];
    return "glibc";
}

static void draw(void)
{
    uint64_t state = 1988;

    for (size_t i = 0; i < DRAWN; i++) {
        const uint64_t half = 8u << bench_random(&state) % DOUBLINGS;

        kmalloc_sizes[i] =
            (uint16_t)(half + 1 + bench_random(&state) % half);
    }
}

void prepare(struct job *job)
{
    job->cache = NULL;
    if (kmalloc_sizes[0])
        return;
    draw();
#ifdef PW_WORK
    if (pw_page_init(FRAMES) != 0 || pw_kmalloc_init(64, 0) != 0)
        bench_die("no memory for a zone", "free some");
#endif
}

static size_t given(void *block)
{
#ifdef PW_WORK
    return pw_ksize(block);
#else
    return malloc_usable_size(block);
#endif
}

void held_report(const struct job *job)
{
    struct job each = *job;
    size_t all = 0;

    for (size_t i = 0; i < job->live; i++, each.size++) {
        void *block = take(&each);

        if (!block)
            bench_die("an allocator had no memory", "free some");
        all += given(block);
        give(&each, block);
    }
    printf("%zu\n", all);
}
