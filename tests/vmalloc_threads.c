/* SPDX-License-Identifier: MIT */
/*
 * Threads on one space, meant to run under TSan. Each holds some areas,
 * hands some over to others, frees what others took, and signs every page
 * of all that it holds. A frame or an address with two owners would show
 * in the signatures, and a missing lock to TSan.
 *
 *     vmalloc_threads STEPS
 */
#include <stdio.h>
#include <stdlib.h>

#include "../code/vmalloc/vmalloc.h"

#define FRAMES 3000
#define PAGES 6000
#define HELD 12
#define POSTS 16
#define MOST_THREADS (PORT_CPUS + 8)

struct area {
    size_t *p;
    size_t n; /* pages */
};

static struct area posts[POSTS]; /* areas on their way to a thread */
static pthread_mutex_t post_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned steps;

static void die(const char *what)
{
    fprintf(stderr, "tests/vmalloc_threads.c: %s\n", what);
    exit(1);
}

static unsigned rnd(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static size_t *page(const struct area *a, size_t i)
{
    return a->p + i * PORT_PAGE_SIZE / sizeof(size_t);
}

static void take(struct area *a, size_t n)
{
    a->p = pw_vmalloc(n * PORT_PAGE_SIZE);
    a->n = n;
    for (size_t i = 0; a->p && i < n; i++)
        *page(a, i) = (size_t)a->p + i;
}

static void give_back(struct area *a)
{
    for (size_t i = 0; i < a->n; i++) {
        if (*page(a, i) != (size_t)a->p + i)
            die("a page has two owners");
        if (!pw_vmalloc_to_page(page(a, i)))
            die("a page has no frame");
    }
    if (pw_vfree(a->p) != 0)
        die("a right free was refused");
    a->p = NULL;
}

static void swap_by_post(struct area *a, unsigned slot)
{
    struct area other;

    pthread_mutex_lock(&post_lock);
    other = posts[slot];
    posts[slot] = *a;
    *a = other;
    pthread_mutex_unlock(&post_lock);
}

static void list_some(size_t at)
{
    struct pw_vspace_stat stat;
    char line[200];

    pw_vmallocinfo(&at, line, sizeof(line));
    pw_vspace_stat(&pw_vmalloc_space, &stat);
    if (stat.used + stat.lazy > PAGES)
        die("more is used than there is");
}

static void one_step(struct area *a, unsigned dice, unsigned n)
{
    if (a->p && dice < 55)
        give_back(a);
    else if (!a->p && dice < 90)
        take(a, 1 + n % 9);
    else if (dice < 97)
        swap_by_post(a, n);
    else if (dice < 98)
        pw_vspace_purge(&pw_vmalloc_space);
    else
        list_some(n * 100);
}

static void *work(void *arg)
{
    struct area held[HELD] = {{NULL, 0}};
    unsigned state = (unsigned)(uintptr_t)arg * 7919u + 1;

    for (unsigned i = 0; i < steps; i++) {
        const unsigned slot = rnd(&state, HELD), dice = rnd(&state, 100);

        one_step(&held[slot], dice, rnd(&state, POSTS));
    }
    for (unsigned i = 0; i < HELD; i++)
        if (held[i].p)
            give_back(&held[i]);
    return NULL;
}

static void round_of(unsigned threads)
{
    pthread_t ids[MOST_THREADS];

    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work,
                           (void *)(uintptr_t)(threads * 100 + i)) != 0)
            die("no thread");
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

/* All areas are back: one range again, and all frames with the zone. */
static void settle(void)
{
    struct pw_vspace_stat stat;
    struct pw_zone_stat frames;

    for (unsigned i = 0; i < POSTS; i++)
        if (posts[i].p)
            give_back(&posts[i]);
    pw_vspace_purge(&pw_vmalloc_space);
    pw_vspace_stat(&pw_vmalloc_space, &stat);
    pw_zone_stat(&pw_contig_zone, &frames);
    if (stat.largest != PAGES - 1 || frames.used != 0)
        die("pages or frames were lost");
    if (pw_vmalloc_check(&pw_vmalloc_space) != 0)
        die("the space is corrupt");
}

int main(int argc, char **argv)
{
    static const unsigned rounds[] = {2, 4, 1, 8, MOST_THREADS, 3};

    steps = argc > 1 ? (unsigned)atoi(argv[1]) : 5000;
    if (pw_page_init(FRAMES) != 0 || pw_vmalloc_init(PAGES) != 0)
        die("no space");
    for (unsigned i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
        round_of(rounds[i]);
        settle();
    }
    pw_vmalloc_exit();
    pw_page_exit();
    puts("6 rounds of up to 72 threads, nothing lost");
    return 0;
}
