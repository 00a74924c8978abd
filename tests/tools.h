/* SPDX-License-Identifier: MIT */
/*
 * What the model, thread and fuzz tests share: a condition that ends the
 * program, random numbers, a crew of threads. (kmalloc uses it; the
 * others have these still to themselves.)
 */
#ifndef PW_TESTS_TOOLS_H
#define PW_TESTS_TOOLS_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Set by the test, said when something fails. */
static uint64_t tools_step, tools_seed;

#define REQUIRE(what) \
    do { \
        if (!(what)) \
            tools_die(__FILE__, __LINE__, #what); \
    } while (0)

static inline void tools_die(const char *file, int line, const char *what)
{
    printf("%s:%d: step %llu, seed %llu: %s\n", file, line,
           (unsigned long long)tools_step, (unsigned long long)tools_seed,
           what);
    fflush(stdout);
    abort();
}

/* xorshift64*: Marsaglia 2003, Vigna 2016. The state must not be 0. */
static inline uint64_t rnd_of(uint64_t *state, uint64_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 2685821657736338717u >> 32) % below;
}

static inline uint64_t rnd_start(uint64_t seed)
{
    return seed * 0x9e3779b97f4a7c15u + 1;
}

/* Run work(number) in so many threads, numbers 0 to n - 1, to its end. */
static inline void crew_run(unsigned n, void *(*work)(void *))
{
    pthread_t *ids = calloc(n, sizeof(*ids));

    REQUIRE(ids);
    for (unsigned i = 0; i < n; i++)
        REQUIRE(!pthread_create(&ids[i], NULL, work, (void *)(uintptr_t)i));
    for (unsigned i = 0; i < n; i++)
        pthread_join(ids[i], NULL);
    free(ids);
}

#endif
