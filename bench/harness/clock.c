/* SPDX-License-Identifier: MIT */
/*
 * The clock, the dice and the CPUs: what the harness and the worker
 * processes, which are programs without the harness, both need. See
 * bench.h.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <sched.h>
#include <time.h>

uint64_t bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t bench_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The CPUs that the process was given, as the first caller finds them. */
static const cpu_set_t *given(void)
{
    static cpu_set_t set;

    if (CPU_COUNT(&set) == 0)
        sched_getaffinity(0, sizeof(set), &set);
    return &set;
}

unsigned bench_cpus(void)
{
    return (unsigned)CPU_COUNT(given());
}

bool bench_tie(unsigned n)
{
    cpu_set_t one;
    int cpu = -1;

    if (bench_cpus() == 0)
        return true;
    n %= bench_cpus();
    do {
        while (!CPU_ISSET(++cpu, given()))
            ;
    } while (n-- > 0);
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return sched_setaffinity(0, sizeof(one), &one) == 0;
}
