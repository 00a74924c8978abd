/* SPDX-License-Identifier: MIT */
/*
 * Workloads for a malloc: programs of the kinds that allocate, made small.
 * Each does a fixed amount of work with a fixed seed, touches what it
 * allocates, and returns a number that depends on all that it read back:
 * the same under every malloc, or the malloc has lost something.
 */
#ifndef PW_MALLOC_WORK_H
#define PW_MALLOC_WORK_H

#include <stddef.h>
#include <stdint.h>

struct workload {
    const char *name;
    uint64_t (*run)(unsigned scale); /* 100: about a tenth of a second */
    const char *what;
};

/* Each list ends with one that has no name. */
extern const struct workload structures[], texts[], lifetimes[], threaded[];

/* splitmix64, and a number below n. */
static inline uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline size_t below(uint64_t *state, size_t n)
{
    return (size_t)(((draw(state) >> 32) * (uint64_t)n) >> 32);
}

/* Sizes as programs ask for them: mostly small, a long tail. */
static inline size_t usual_size(uint64_t *state)
{
    const uint64_t r = draw(state);
    const unsigned doubling = (unsigned)__builtin_ctzll(r | 1 << 9);

    return ((size_t)16 << doubling) + (r >> 40) % ((size_t)16 << doubling);
}

/* malloc that ends the program rather than return NULL. */
void *need(size_t size);

#endif
