/* SPDX-License-Identifier: MIT */
/*
 * What a malloc must live through in a process that it is preloaded into:
 * calls before main and after exit's handlers, fork among threads, thread-
 * specific destructors, dlopen, signals between the calls. Prints one
 * line a test as TAP; run it under LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int number;
static char *early;

static void report(int good, const char *what)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
    fflush(stdout);
}

__attribute__((constructor)) static void before_main(void)
{
    early = malloc(1000);
    memset(early, 'e', 1000);
}

static void at_exit(void)
{
    char *p = malloc(100000);

    memset(p, 1, 100000);
    free(realloc(p, 2000000));
    free(early);
    report(1, "malloc works in an exit handler");
}

__attribute__((destructor)) static void after_exit(void)
{
    free(malloc(3000));
    report(1, "and in a destructor");
}

/* ---- threads that allocate until they are told to stop --------------- */

static int stop;

static void *churn(void *arg)
{
    void *held[100] = {0};
    unsigned n = 1;

    (void)arg;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        void **p = &held[(n = n * 1103515245 + 12345) >> 8 & 63];

        free(*p);
        *p = malloc(n >> 16 & 8191);
    }
    for (int i = 0; i < 100; i++)
        free(held[i]);
    return NULL;
}

static int child_works(void)
{
    void *held[500];
    pthread_t t;

    for (int i = 0; i < 500; i++)
        memset(held[i] = malloc(i * 100u), i, i * 100u);
    for (int i = 0; i < 500; i++)
        free(held[i]);
    if (pthread_create(&t, NULL, (void *(*)(void *))malloc, (void *)100))
        return 1;
    pthread_join(t, &held[0]);
    free(held[0]);
    return 0;
}

static void fork_among_threads(void)
{
    pthread_t thread[3];
    int good = 1;

    for (int i = 0; i < 3; i++)
        pthread_create(&thread[i], NULL, churn, NULL);
    for (int i = 0; i < 100; i++) {
        int status = -1;
        const pid_t child = fork();

        if (child == 0) {
            alarm(20);
            _exit(child_works());
        }
        waitpid(child, &status, 0);
        good &= status == 0;
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    report(good, "100 forks while three threads allocate");
}

/* ---- destructors of thread-specific data ----------------------------- */

static pthread_key_t key;
static int destroyed;

static void destroy(void *value)
{
    free(value);
    free(malloc(500));
    if (__atomic_add_fetch(&destroyed, 1, __ATOMIC_RELAXED) % 2)
        pthread_setspecific(key, malloc(50));
}

static void *specific(void *arg)
{
    (void)arg;
    pthread_setspecific(key, malloc(200));
    return malloc(300);
}

static void thread_ends(void)
{
    pthread_key_create(&key, destroy);
    for (int i = 0; i < 2000; i++) {
        pthread_t t;
        void *left;

        pthread_create(&t, NULL, specific, NULL);
        pthread_join(t, &left);
        free(left);
    }
    report(destroyed == 4000, "2000 threads whose destructors allocate");
}

/* ---- the rest -------------------------------------------------------- */

static volatile sig_atomic_t ticks;

static void tick(int sig)
{
    (void)sig;
    ticks++;
}

static void signals(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGALRM};
    const struct itimerspec often = {{0, 100000}, {0, 100000}};
    char *p[64] = {0};

    signal(SIGALRM, tick);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &often, NULL);
    for (unsigned i = 0; ticks < 200; i++) {
        free(p[i % 64]);
        p[i % 64] = malloc(i % 3000);
    }
    timer_delete(timer);
    for (int i = 0; i < 64; i++)
        free(p[i]);
    report(1, "interrupted by signals all the time");
}

static void load_library(void)
{
    void *lib = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
    char *line = NULL;

    report(lib && dlsym(lib, "cos"), "dlopen");
    if (lib)
        dlclose(lib);
    report(asprintf(&line, "%d", 42) == 2 && strcmp(line, "42") == 0,
           "what the C library allocates can be freed");
    free(line);
}

int main(void)
{
    report(early && early[999] == 'e', "a block from before main");
    atexit(at_exit);
    fork_among_threads();
    thread_ends();
    signals();
    load_library();
    return 0;
}
