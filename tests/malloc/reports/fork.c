/* SPDX-License-Identifier: MIT */
/* Children: of fork, of what is not fork, and of signal handlers. */
#include "report.h"

/* ---- a handler that allocates, registered before the first malloc -- */

static void prepare(void)
{
    free(malloc(1));
    free(malloc(5000000));
}

static void *forks(void *good)
{
    for (int i = 0; i < 20; i++) {
        int status = -1;
        const pid_t child = fork();

        if (child == 0)
            _exit(malloc(100) == NULL);
        waitpid(child, &status, 0);
        *(int *)good &= status == 0;
    }
    return NULL;
}

static int prepared(void)
{
    int good = 1;

    pthread_atfork(prepare, prepare, prepare);
    in_thread(forks, &good);
    return !good;
}

/* A handler that waits for a thread which allocates meanwhile. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static void *guarded(void *unused)
{
    while (!__atomic_load_n(&report_stop, __ATOMIC_RELAXED)) {
        pthread_mutex_lock(&guard);
        for (int i = 0; i < 20; i++)
            free(malloc(100000));
        pthread_mutex_unlock(&guard);
    }
    return unused;
}

static void guard_lock(void)
{
    pthread_mutex_lock(&guard);
}

static void guard_unlock(void)
{
    pthread_mutex_unlock(&guard);
}

static int waits(void)
{
    pthread_t thread;
    int good = 1;

    pthread_atfork(guard_lock, guard_unlock, guard_unlock);
    pthread_create(&thread, NULL, guarded, NULL);
    forks(&good);
    report_stop = 1;
    pthread_join(thread, NULL);
    return !good;
}

/* ---- children that no handler sees, of a process with threads -------- */

static int works(void)
{
    void *p = malloc(2000000);

    alarm(5);
    free(p);
    for (size_t i = 0; i < 500; i++)
        free(malloc(i * 100));
    return p == NULL;
}

static int unseen(void)
{
    pthread_t thread[2];
    int good = 1;

    for (uintptr_t i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, churn, (void *)i);
    for (int i = 0; i < 100; i++) {
        int status = -1;
        const pid_t child =
            i % 2 ? _Fork()
                  : (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

        if (child == 0)
            _exit(works());
        waitpid(child, &status, 0);
        good &= status == 0;
    }
    report_stop = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return !good;
}

/* ---- a fork in a handler that has interrupted malloc ----------------- */

static volatile sig_atomic_t handled, failed;

static void fork_here(int sig)
{
    int status = -1;
    const pid_t child = fork();

    (void)sig;
    if (child == 0)
        _exit(works());
    waitpid(child, &status, 0);
    handled++;
    failed |= status != 0;
}

static int interrupted(void)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    unsigned state = 5;
    void *held[64] = {0};

    signal(SIGALRM, fork_here);
    setitimer(ITIMER_REAL, &often, NULL);
    while (handled < 300 && !failed) {
        const unsigned k = draw(&state) % 64;

        free(held[k]);
        held[k] = malloc(draw(&state) % 300000);
    }
    return failed;
}

/* ---- forks and statistics while others allocate ---------------------- */

static void *statistics(void *unused)
{
    while (!__atomic_load_n(&report_stop, __ATOMIC_RELAXED)) {
        malloc_stats();
        (void)mallinfo2();
        malloc_trim(0);
    }
    return unused;
}

static int crowded(void)
{
    pthread_t thread[4];
    int good = 1;

    if (!freopen("/dev/null", "w", stderr))
        return 1;
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, i < 2 ? churn : statistics,
                       (void *)i);
    for (int i = 0; i < 3; i++)
        forks(&good);
    report_stop = 1;
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    return !good;
}

/* What a child's only thread frees and takes is sound. */
static int grandchildren(void)
{
    char *p[200];
    int good = 1;

    for (int i = 0; i < 200; i++)
        memset(p[i] = malloc(i * 3000u + 1), i, i * 3000u + 1);
    for (int i = 0; i < 200; i++) {
        good &= p[i][i * 3000] == (char)i;
        if (i % 2)
            free(p[i]);
    }
    for (int round = 0; round < 3 && good; round++)
        good &= survives(works);
    return !good;
}

int main(void)
{
    report(survives(prepared), "handlers that allocate before a fork");
    report(survives(waits), "a handler that waits for who allocates");
    report(survives(unseen), "children of _Fork and clone allocate");
    report(survives(interrupted), "a fork in a handler amid malloc");
    report(survives(crowded), "forks amid allocations and statistics");
    report(survives(grandchildren), "children of children");
    return 0;
}
