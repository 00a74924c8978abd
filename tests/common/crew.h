/* SPDX-License-Identifier: MIT */
/*
 * What the tests with threads share, all meant to run under TSan. Crews
 * of threads come and go, in one round more than there are CPU slots.
 * Each holds some things, hands some over to others by post, and frees
 * what others took. A thing is whatever the allocator gives; the test
 * signs it when it is taken and looks at the signature when it goes back.
 *
 *     NAME_threads STEPS
 */
#ifndef PW_TESTS_CREW_H
#define PW_TESTS_CREW_H

#include "../../code/port/port.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_THREADS (PORT_CPUS + 8)
#define MOST_HELD 400
#define POSTS 64

struct thing {
    void *at; /* NULL: none */
    size_t n; /* its order, its pages, its cache: the test's affair */
};

struct crew {
    unsigned held; /* things that a thread holds at most */
    unsigned steps;
    void (*step)(struct thing *thing, unsigned *dice);
    void (*give_back)(struct thing *thing);
    void (*settle)(void); /* between rounds, when all is given back */
};

static const struct crew *crew;
static struct thing posts[POSTS]; /* things on their way to a thread */
static pthread_mutex_t post_lock = PTHREAD_MUTEX_INITIALIZER;

#define die(what) die_in(__FILE__, what)

static inline void die_in(const char *file, const char *what)
{
    fprintf(stderr, "%s: %s\n", file, what);
    exit(1);
}

static inline unsigned rnd(unsigned *dice, unsigned below)
{
    *dice = *dice * 1664525u + 1013904223u;
    return (*dice >> 8) % below;
}

static inline void swap_by_post(struct thing *thing, unsigned slot)
{
    struct thing other;

    pthread_mutex_lock(&post_lock);
    other = posts[slot];
    posts[slot] = *thing;
    *thing = other;
    pthread_mutex_unlock(&post_lock);
}

static inline void give_back_all(struct thing *things, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (things[i].at)
            crew->give_back(&things[i]);
}

static inline void *work(void *arg)
{
    struct thing held[MOST_HELD] = {{NULL, 0}};
    unsigned dice = (unsigned)(uintptr_t)arg * 7919u + 1;

    for (unsigned i = 0; i < crew->steps; i++)
        crew->step(&held[rnd(&dice, crew->held)], &dice);
    give_back_all(held, crew->held);
    return NULL;
}

static inline void round_of(unsigned threads)
{
    pthread_t ids[MOST_THREADS];

    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work,
                           (void *)(uintptr_t)(threads * 100 + i)) != 0)
            die("no thread");
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

static inline void rounds_of(struct crew *of, int argc, char **argv)
{
    static const unsigned rounds[] = {2, 4, 1, 8, MOST_THREADS, 3};

    crew = of;
    if (argc > 1)
        of->steps = (unsigned)atoi(argv[1]);
    for (unsigned i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
        round_of(rounds[i]);
        give_back_all(posts, POSTS);
        crew->settle();
    }
    puts("6 rounds of up to 72 threads, nothing lost");
}

#endif
