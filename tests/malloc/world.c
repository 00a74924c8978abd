/* SPDX-License-Identifier: MIT */
/*
 * What a malloc must live through in a process that it is preloaded into:
 * calls before main and after exit's handlers, fork among threads, thread-
 * specific destructors, libraries that come and go, signals at any moment.
 * Prints one line a test as TAP; run it under LD_PRELOAD:
 *
 *     malloc_world LIBRARY      that allocates while it is loaded
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

/* Every 64th block is one that the kernel is asked for. */
static void *churn(void *arg)
{
    void *held[64] = {0};
    unsigned n = 1;

    (void)arg;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        void **p = &held[(n = n * 1103515245 + 12345) >> 8 & 63];

        free(*p);
        *p = malloc(n >> 26 ? n >> 16 & 8191 : n >> 8 & 0x3fffff);
    }
    for (int i = 0; i < 64; i++)
        free(held[i]);
    return NULL;
}

/* Made by a thread that the child does not have. */
static char *heirloom[200];
static int made;

static void *make_heirlooms(void *arg)
{
    for (int i = 0; i < 200; i++)
        memset(heirloom[i] = malloc(i * 900u + 1), i, i * 900u + 1);
    __atomic_store_n(&made, 1, __ATOMIC_RELEASE);
    return churn(arg);
}

static void *takes(void *size)
{
    return malloc((size_t)size);
}

static int child_works(void)
{
    void *held[500];
    pthread_t t;

    for (int i = 0; i < 200; i++) {
        if (heirloom[i][0] != (char)i || heirloom[i][i * 900] != (char)i)
            return 2;
        free(heirloom[i]);
    }
    for (int i = 0; i < 500; i++)
        memset(held[i] = malloc(i * 1000u), i, i * 10u);
    for (int i = 0; i < 500; i++)
        free(held[i]);
    if (pthread_create(&t, NULL, takes, (void *)100))
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
        pthread_create(&thread[i], NULL, i ? churn : make_heirlooms, NULL);
    while (!__atomic_load_n(&made, __ATOMIC_ACQUIRE))
        usleep(1000);
    for (int i = 0; i < 100 && good; i++) {
        int status = -1;
        const pid_t child = fork();

        if (child == 0) {
            alarm(10);
            _exit(child_works());
        }
        waitpid(child, &status, 0);
        good &= status == 0;
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 200; i++)
        free(heirloom[i]);
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

/* ---- signals --------------------------------------------------------- */

static volatile sig_atomic_t ticks;

/* Does not allocate, but uses its stack and a good deal of time. */
static void tick(int sig)
{
    volatile char mess[4000];

    for (size_t i = 0; i < sizeof(mess); i++)
        mess[i] = (char)(sig + (int)i);
    ticks++;
}

static int is_filled(const char *p, size_t size, char with)
{
    for (size_t i = 0; i < size; i++)
        if (p[i] != with)
            return 0;
    return 1;
}

/* Blocks of all sizes, half of them freed by whoever is not interrupted. */
static void *checked_run(void *until)
{
    static char *shared[64];
    char *own[64] = {0}, *p;
    size_t size[64] = {0};
    long good = 1;

    for (unsigned i = 0; good && ticks < *(int *)until; i++) {
        const unsigned n = i * 2654435761u, k = n >> 26;

        good &= is_filled(own[k], size[k], (char)k);
        size[k] = n >> 20 & 63 ? n >> 8 & 2047 : n & 0x3ffff;
        own[k] = realloc(own[k], size[k] + 1);
        memset(own[k], (int)k, size[k]);
        p = memset(malloc(n >> 14 & 16383), 1, 1);
        free(__atomic_exchange_n(&shared[k], p, __ATOMIC_ACQ_REL));
    }
    for (int i = 0; i < 64; i++) {
        free(own[i]);
        free(__atomic_exchange_n(&shared[i], NULL, __ATOMIC_ACQ_REL));
    }
    return (void *)good;
}

/* The first 2000 reach this thread, the others a second one. */
static void signals(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGALRM};
    const struct itimerspec often = {{0, 50000}, {0, 50000}};
    pthread_t other;
    int half = 2000, all = 4000;
    void *good;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    signal(SIGALRM, tick);
    pthread_create(&other, NULL, checked_run, &all);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &often, NULL);
    report(checked_run(&half) != NULL, "interrupted by 2000 signals");
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    report(checked_run(&all) != NULL, "a thread beside one that is");
    pthread_join(other, &good);
    timer_delete(timer);
    report(good != NULL, "and that one, by 2000 more");
}

/* ---- libraries ------------------------------------------------------- */

static void load_library(const char *path)
{
    void *lib = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
    char *line = NULL;
    int good = 1;

    report(lib && dlsym(lib, "cos"), "dlopen");
    if (lib)
        dlclose(lib);
    for (int i = 0; i < 20 && good; i++) {
        char *(*left)(void), *p = NULL;

        lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        good = lib != NULL;
        if (lib) {
            *(void **)&left = dlsym(lib, "left");
            p = left();
            dlclose(lib);
        }
        good &= p && strcmp(p, "by the library") == 0;
        free(p);
    }
    report(good, "20 times a library that allocates as it comes and goes");
    report(asprintf(&line, "%d", 42) == 2 && strcmp(line, "42") == 0,
           "what the C library allocates can be freed");
    free(line);
}

int main(int argc, char **argv)
{
    report(early && early[999] == 'e', "a block from before main");
    atexit(at_exit);
    fork_among_threads();
    thread_ends();
    signals();
    load_library(argc > 1 ? argv[1] : "");
    return 0;
}
