/* SPDX-License-Identifier: MIT */
/* Trim, threads that end, and what runs after they have. */
#include "report.h"

#include <dlfcn.h>

enum { BLOCKS = 60000 };
static char *blocks[BLOCKS];

static int resident_less_than(long kib)
{
    return status_of("VmRSS") < kib;
}

/* ---- trim reaches what other threads have or had --------------------- */

static pthread_barrier_t turn;
static int frees_itself;

static void fill_blocks(void)
{
    for (int i = 0; i < BLOCKS; i++)
        memset(blocks[i] = malloc(1000), 1, 1000);
}

static void free_blocks(void)
{
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
}

/* Allocates 60 MB, perhaps frees them, and waits for ever. */
static void *sleeper(void *unused)
{
    fill_blocks();
    if (frees_itself)
        free_blocks();
    pthread_barrier_wait(&turn);
    pause();
    return unused;
}

static int trims_a_sleeper(void)
{
    pthread_t thread;

    pthread_barrier_init(&turn, NULL, 2);
    pthread_create(&thread, NULL, sleeper, NULL);
    pthread_barrier_wait(&turn);
    if (!frees_itself)
        free_blocks();
    malloc_trim(0);
    return !resident_less_than(12000);
}

static int sleeper_frees(void)
{
    frees_itself = 1;
    return trims_a_sleeper();
}

static void *leaves(void *unused)
{
    fill_blocks();
    return unused;
}

static int trims_the_dead(void)
{
    in_thread(leaves, NULL);
    free_blocks();
    malloc_trim(0);
    return !resident_less_than(12000);
}

/* What nobody uses for two seconds goes back, without a trim. */
static int idles(void)
{
    const struct timespec three = {3, 100000000};
    void *p;

    fill_blocks();
    free_blocks();
    p = malloc(300000);
    nanosleep(&three, NULL);
    free(p);
    return !resident_less_than(12000);
}

/* ---- the last rounds of destructors ---------------------------------- */

static pthread_key_t keys[40];

static void destroy(void *value)
{
    const size_t left = (size_t)value;

    free(malloc(300));
    free(calloc(10, 70000));
    if (left > 1)
        pthread_setspecific(keys[left % 40], (void *)(left - 1));
}

static void *ends(void *unused)
{
    for (int i = 0; i < 40; i++)
        pthread_setspecific(keys[i], (void *)(uintptr_t)200);
    free(malloc(100));
    return unused;
}

/* Heaps that are lost would add up. */
static int destructors(void)
{
    long before = 0;

    for (int i = 0; i < 40; i++)
        pthread_key_create(&keys[i], destroy);
    for (int i = 0; i < 1500; i++) {
        in_thread(ends, NULL);
        if (i == 500)
            before = status_of("VmRSS");
    }
    return status_of("VmRSS") > before + 1000;
}

/* No key is left for the malloc. */
static int keyless(void)
{
    pthread_key_t key;
    long before = 0;

    while (pthread_key_create(&key, NULL) == 0)
        ;
    for (int i = 0; i < 1500; i++) {
        in_thread(ends, NULL);
        if (i == 500)
            before = status_of("VmRSS");
    }
    return status_of("VmRSS") > before + 1000;
}

/* ---- libraries that go while threads live on ------------------------- */

static const char *library;

static void *uses(void *pw_malloc)
{
    void *(*call)(size_t);

    *(void **)&call = pw_malloc;
    call(100);
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn);
    return NULL;
}

static int unloaded(void)
{
    void *lib = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    pthread_t thread;

    if (!lib || !dlsym(lib, "pw_malloc"))
        return 1;
    pthread_barrier_init(&turn, NULL, 2);
    pthread_create(&thread, NULL, uses, dlsym(lib, "pw_malloc"));
    pthread_barrier_wait(&turn);
    dlclose(lib);
    pthread_barrier_wait(&turn);
    pthread_join(thread, NULL);
    return 0;
}

/* ---- before main, and cancelled -------------------------------------- */

static int resolved;

static int chosen(void)
{
    return resolved;
}

/* Runs while the program is being relocated. */
__attribute__((used)) static int (*resolve(void))(void)
{
    free(malloc(100));
    free(calloc(1, 300000));
    resolved = 1;
    return chosen;
}

int chooses(void) __attribute__((ifunc("resolve")));

static int early(void)
{
    return chooses() != 1;
}

static void *prints(void *unused)
{
    for (;;) {
        malloc_stats();
        pthread_testcancel();
    }
    return unused;
}

static int cancelled(void)
{
    pthread_t thread;

    if (!freopen("/dev/null", "w", stderr))
        return 1;
    for (int i = 0; i < 200; i++) {
        pthread_create(&thread, NULL, prints, NULL);
        usleep(100);
        pthread_cancel(thread);
        pthread_join(thread, NULL);
        malloc_stats();
        fputs("still written\n", stderr);
    }
    return 0;
}

/* ---- no memory, for many at once ------------------------------------- */

static int lost;

static void *hungry(void *unused)
{
    void *head = NULL, *p;

    for (int round = 0; round < 5; round++) {
        while ((p = malloc(round % 2 ? 3000 : 100000))) {
            *(void **)p = head;
            head = p;
        }
        for (; head; head = p) {
            p = *(void **)head;
            free(head);
        }
        if (!(p = malloc(1000)))
            __atomic_add_fetch(&lost, 1, __ATOMIC_RELAXED);
        free(p);
    }
    return unused;
}

static int starved(void)
{
    const struct rlimit r = {300 * MIB, 300 * MIB};
    pthread_t thread[6];

    setrlimit(RLIMIT_AS, &r);
    for (int i = 0; i < 6; i++)
        if (pthread_create(&thread[i], NULL, hungry, NULL))
            return 2;
    for (int i = 0; i < 6; i++)
        pthread_join(thread[i], NULL);
    return malloc(30 * MIB) == NULL || malloc(100) == NULL;
}

int main(int argc, char **argv)
{
    library = argc > 1 ? argv[1] : "";
    report(survives(sleeper_frees), "trim: freed by a thread that sleeps");
    report(survives(trims_a_sleeper), "trim: allocated by one that sleeps");
    report(survives(trims_the_dead), "trim: of threads that have ended");
    report(survives(idles), "what nobody uses goes back by itself");
    report(survives(destructors), "destructors after ours");
    report(survives(keyless), "threads where no key is left");
    report(survives(unloaded), "a library closed before its threads end");
    report(survives(early), "a resolver that allocates");
    report(survives(cancelled), "statistics, cancelled");
    report(survives(starved), "six threads without memory");
    return 0;
}
