/* SPDX-License-Identifier: MIT */
/*
 * Programs of the kinds that users have reported against one malloc or
 * another. Each prints one line a report as TAP; run them under
 * LD_PRELOAD, with -fno-builtin, so that no call is optimised away.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static int report_number;

static inline void report(int good, const char *what)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++report_number, what);
    fflush(stdout);
}

/* In a process of its own, which an alarm ends: did it return 0? */
static inline int survives(int (*body)(void))
{
    int status = -1;
    const pid_t child = fork();

    if (child == 0) {
        alarm(20);
        _exit(body());
    }
    waitpid(child, &status, 0);
    return status == 0;
}

/* A line of /proc/self/status, in KiB. Allocates nothing of ours. */
static inline long status_of(const char *key)
{
    char text[4096];
    FILE *file = fopen("/proc/self/status", "r");
    long value = -1;

    while (file && fgets(text, sizeof(text), file))
        if (strncmp(text, key, strlen(key)) == 0)
            value = atol(text + strlen(key) + 1);
    if (file)
        fclose(file);
    return value;
}

static inline unsigned draw(unsigned *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Allocates and frees, of all sizes, until it is told to stop. */
static int report_stop;

static inline void *churn(void *seed)
{
    unsigned state = (unsigned)(uintptr_t)seed * 77 + 1;
    void *held[128] = {0};

    while (!__atomic_load_n(&report_stop, __ATOMIC_RELAXED)) {
        const unsigned k = draw(&state) % 128, kind = draw(&state) % 100;

        free(held[k]);
        held[k] = malloc(draw(&state) % (kind < 30 ? 3000000 : 3000));
    }
    for (int i = 0; i < 128; i++)
        free(held[i]);
    return NULL;
}

static inline void in_thread(void *(*body)(void *), void *arg)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, body, arg) == 0)
        pthread_join(thread, NULL);
}
