/* SPDX-License-Identifier: MIT */
/*
 * What the property tests share: random numbers that a seed repeats, and
 * a REQUIRE that says at which step of which seed it was broken.
 *
 *     NAME_model OPERATIONS... [SEED]
 */
#ifndef PW_TESTS_MODEL_H
#define PW_TESTS_MODEL_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed, step, failed, refused;

#define REQUIRE(what) \
    do { \
        if (!(what)) \
            die(#what, __FILE__, __LINE__); \
    } while (0)

static inline void die(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: step %llu, seed %llu: %s\n", file, line,
            (unsigned long long)step, (unsigned long long)seed, what);
    exit(1);
}

/* xorshift64*: Marsaglia 2003, Vigna 2016. */
static uint64_t rnd_state;

static inline uint64_t rnd(uint64_t below)
{
    rnd_state ^= rnd_state >> 12;
    rnd_state ^= rnd_state << 25;
    rnd_state ^= rnd_state >> 27;
    return (rnd_state * 2685821657736338717u >> 32) % below;
}

/* Argument i as a number, or what stands for it. */
static inline uint64_t number(int argc, char **argv, int i, uint64_t other)
{
    return i < argc ? strtoull(argv[i], NULL, 10) : other;
}

static inline void plant_seed(uint64_t from)
{
    seed = from;
    rnd_state = seed * 0x9e3779b97f4a7c15u + 1;
}

static inline void say_what_was_done(void)
{
    printf("%llu operations, %llu found no room, %llu wrong frees "
           "refused\n",
           (unsigned long long)step, (unsigned long long)failed,
           (unsigned long long)refused);
}

#endif
