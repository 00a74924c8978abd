/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the input is a program of calls. Four bytes are one: what
 * to do and in which of three threads, an argument, and a size. One thread
 * runs at a time, so that an input always does the same.
 *
 * Every block is written to its last usable byte, and what was written
 * must be there when it is resized or freed. Wrong frees are among the
 * calls: they must end in abort(), which is caught here, and have changed
 * nothing. Now and then the kernel refuses: the linker sends calls of mmap,
 * mremap, munmap and madvise here. At the end no blocks overlap, and when
 * all are freed and idle memory is trimmed, little may be left.
 *
 *     malloc_fuzz [libFuzzer's options] tests/corpus/malloc
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../code/malloc/malloc.h"
#include "../common/fuzz.h"
#include "refuse.h"

#ifndef PW_MALLOC_CHECKED
#define PW_MALLOC_CHECKED 0
#endif

#define MIB ((size_t)1 << 20)

/* Loops over bytes are not what the fuzzer should look at. */
#define UNSEEN __attribute__((no_sanitize("coverage")))

enum {
    MOST = 5000, /* blocks held */
    HELPERS = 2, /* threads besides the first */
    PAST = 64,   /* addresses of freed blocks remembered */
    ERRNO = 4711,
};

static struct held {
    unsigned char *p;
    size_t usable;
    unsigned tag;
} held[MOST];
static size_t nheld, held_bytes;

static void *past[PAST];
static unsigned npast;

static size_t cap = 64 * MIB; /* of idle memory, as set by mallopt */
static size_t idle;           /* bytes that may be */

static bool hungry; /* this operation may fail */

/* ---- blocks ---------------------------------------------------------- */

/* All bytes of a small block, the ends and samples of a larger one. */
UNSEEN static size_t next(size_t i, size_t usable)
{
    const size_t step = usable < 65536 ? 37 : usable / 256 | 1;

    if (i < 64 || i + 64 >= usable)
        return i + 1;
    return i + step < usable - 64 ? i + step : usable - 64;
}

UNSEEN static unsigned char value(unsigned tag, size_t i)
{
    return (unsigned char)(tag + i + i / 256);
}

UNSEEN static void verify(const struct held *h, size_t size)
{
    for (size_t i = 0; i < h->usable && i < size; i = next(i, h->usable))
        REQUIRE(h->p[i] == value(h->tag, i));
}

UNSEEN static void keep(void *p, size_t size, size_t align)
{
    static unsigned tag;
    struct held *h = &held[nheld++];

    REQUIRE((uintptr_t)p % 16 == 0 && (uintptr_t)p % align == 0);
    *h = (struct held){p, pw_malloc_usable_size(p), tag += 77};
    REQUIRE(h->usable >= size);
    for (size_t i = 0; i < h->usable; i = next(i, h->usable))
        h->p[i] = value(h->tag, i);
    held_bytes += h->usable;
}

static struct held forget(size_t i)
{
    const struct held h = held[i];

    held[i] = held[--nheld];
    held_bytes -= h.usable;
    past[npast++ % PAST] = h.p;
    return h;
}

static void drop(size_t i)
{
    const struct held h = forget(i);

    verify(&h, h.usable);
    errno = ERRNO;
    pw_free(h.p);
    REQUIRE(errno == ERRNO);
}

static int by_address(const void *a, const void *b)
{
    const struct held *l = a, *r = b;

    return l->p < r->p ? -1 : l->p > r->p;
}

static void verify_all(void)
{
    qsort(held, nheld, sizeof(*held), by_address);
    for (size_t i = 0; i < nheld; i++) {
        verify(&held[i], held[i].usable);
        REQUIRE(pw_malloc_usable_size(held[i].p) == held[i].usable);
        REQUIRE(i == 0 || held[i - 1].p + held[i - 1].usable <= held[i].p);
    }
}

/* ---- calls that allocate --------------------------------------------- */

/* Small ones, the borders of classes and of regions, impossible ones. */
static size_t size_from(unsigned v)
{
    const size_t huge[] = {SIZE_MAX,           PTRDIFF_MAX,
                           SIZE_MAX / 2 + 2,   PTRDIFF_MAX,
                           SIZE_MAX - 2 * MIB, (size_t)1 << 46,
                           4096 * MIB,         PTRDIFF_MAX - MIB};

    switch (v >> 13) {
    case 0: return v % 128;
    case 1:
    case 2: return v % 1024;
    case 3: return ((size_t)(4 + v % 4) << v / 4 % 16) + v / 64 % 4 - 1;
    case 4: return v % 8192 * (size_t)17;
    case 5: return v % 8192 * (size_t)257;
    case 6:
        return 2 * MIB * (1 + v % 4) + v / 4 % 64 * 128 - 4096 +
               v / 256 % 4 - 1;
    default: return huge[v % 8] - v / 8 % 32 * 8;
    }
}

static bool too_much(size_t size)
{
    return nheld == MOST || (held_bytes > 64 * MIB && size > 4096);
}

/* May a call fail? When no machine has that much, or when told to. */
static bool may_fail(size_t size)
{
    return errno == ENOMEM && (size > 64 * MIB || hungry);
}

static bool given(void *p, size_t size, size_t align)
{
    if (p) {
        REQUIRE(size <= PTRDIFF_MAX);
        keep(p, size, align);
        return true;
    }
    REQUIRE(may_fail(size > align ? size : align));
    return false;
}

static void many(unsigned n, size_t size)
{
    n *= size <= 64 ? 8 : size <= 1024 ? 1 : 0;
    do {
        if (too_much(size) || !given(pw_malloc(size), size, 1))
            return;
    } while (n-- > 0);
}

static void zeroed(unsigned arg, size_t size)
{
    const size_t n = arg % 3 ? arg % 3 : 1;
    size_t bytes;
    const bool over = __builtin_mul_overflow(n, size, &bytes);
    unsigned char *p = pw_calloc(n, size);

    REQUIRE(!p || !over);
    for (size_t i = 0; p && i < bytes; i = next(i, bytes))
        REQUIRE(p[i] == 0);
    given(p, over ? SIZE_MAX : bytes, 1);
}

static void aligned(unsigned arg, size_t size)
{
    const size_t align = (size_t)1 << arg % 64;
    void *p;

    if (align > 16 * MIB && align < PTRDIFF_MAX / 4)
        return; /* it may have that many addresses, or not */
    p = pw_aligned_alloc(align, size);
    given(p, size, align);
    if (align > 2) {
        errno = 0;
        REQUIRE(!pw_aligned_alloc(align - 1, size) && errno == EINVAL);
    }
}

static void posix_aligned(unsigned arg, size_t size)
{
    const size_t align = arg % 32 * ((size_t)1 << arg / 32);
    void *p = past;
    const int err = pw_posix_memalign(&p, align, size);

    if (align < 8 || (align & (align - 1)))
        REQUIRE(err == EINVAL);
    if (err) {
        REQUIRE(p == past);
        REQUIRE(err == EINVAL || may_fail(size));
    } else {
        given(p, size, align);
    }
}

/* Larger, smaller, or gone; a failure leaves the block as it is. */
static void resize(size_t i, size_t size, size_t n)
{
    size_t bytes;
    const bool over = __builtin_mul_overflow(n, size, &bytes);
    const struct held h = held[i];
    void *p;

    errno = ERRNO;
    p = n == 1 ? pw_realloc(h.p, size) : pw_reallocarray(h.p, n, size);
    if (!p && (over || bytes != 0)) {
        REQUIRE(may_fail(over ? SIZE_MAX : bytes));
        verify(&h, h.usable);
        return;
    }
    forget(i);
    if (bytes == 0) {
        REQUIRE(!p && errno == ERRNO);
        return;
    }
    verify(&(struct held){p, h.usable, h.tag}, bytes);
    keep(p, bytes, 1);
    REQUIRE(held[nheld - 1].usable <= 2 * bytes + 8 * MIB);
}

/* ---- wrong frees ----------------------------------------------------- */

static sigjmp_buf back;

static void caught(int sig)
{
    siglongjmp(back, sig);
}

static bool free_aborts(void *p)
{
    const struct sigaction catch = {.sa_handler = caught};
    struct sigaction before;
    volatile bool aborted = true;

    sigaction(SIGABRT, &catch, &before);
    if (sigsetjmp(back, 1) == 0) {
        pw_free(p);
        aborted = false;
    }
    sigaction(SIGABRT, &before, NULL);
    return aborted;
}

static bool is_held(const void *p)
{
    for (size_t i = 0; i < nheld; i++)
        if (held[i].p == p)
            return true;
    return false;
}

/* In the checked build any address; in the other, within large blocks. */
static void wrong_free(unsigned arg, unsigned v)
{
    struct held *h = nheld ? &held[v % nheld] : NULL;
    void *p = &arg;

    if (!PW_MALLOC_CHECKED || arg % 4 == 0) {
        if (!h || (!PW_MALLOC_CHECKED && h->usable <= MIB))
            return;
        p = h->p + 1 + arg * (size_t)v % (h->usable - 1);
    } else if (arg % 4 == 1) {
        p = past[v % PAST];
    } else if (arg % 4 == 2) {
        p = (void *)((v + ((uintptr_t)arg << 16)) << arg / 8 % 32);
    }
    if ((uintptr_t)p > 4 * MIB && !is_held(p))
        REQUIRE(free_aborts(p));
}

/* ---- the rest -------------------------------------------------------- */

static void trim(size_t pad)
{
    const size_t before = pw_mallinfo2().keepcost;
    const int some = pw_malloc_trim(pad);

    REQUIRE(some == 0 || some == 1);
    REQUIRE(before <= pad || some == 1 || hungry);
    REQUIRE(pw_mallinfo2().keepcost <= pad || hungry);
}

static void option(unsigned arg, size_t size)
{
    const int what = (int)(arg % 4) - 2, value = (int)size;
    const bool fits = what == -1 && value >= 0;

    REQUIRE(pw_mallopt(what, value) == fits);
    if (fits)
        cap = (size_t)value;
    idle = pw_mallinfo2().keepcost;
}

/* A child has all blocks, and can free them. */
static void in_child(void)
{
    int status = -1;
    const pid_t child = fork();

    if (child == 0) {
        verify_all();
        while (nheld)
            drop(nheld - 1);
        _exit(0);
    }
    REQUIRE(child < 0 || (waitpid(child, &status, 0) == child && !status));
}

/* Where the kernel has refused, nobody would take what lies idle. */
static void check_idle(void)
{
    const size_t now = pw_mallinfo2().keepcost;

    idle = idle > cap ? idle : cap;
    if (hungry && now > idle)
        idle = now;
    REQUIRE(now <= idle);
}

static void operation(const uint8_t *op)
{
    const unsigned arg = op[1], v = op[2] * 256u + op[3];
    const size_t size = size_from(v);
    const size_t i = nheld ? v % nheld : 0;

    if (op[0] % 16 < 7 && too_much(size))
        return;
    hungry = refuse != 0;
    errno = ERRNO;
    switch (op[0] % 16) {
    case 0: given(pw_malloc(size), size, 1); break;
    case 1: zeroed(arg, size); break;
    case 2: given(pw_realloc(NULL, size), size, 1); break;
    case 3: given(pw_valloc(size), size, 4096); break;
    case 4: aligned(arg, size); break;
    case 5: posix_aligned(arg, size); break;
    case 6: many(arg, size); break;
    case 7:
    case 8:
        if (nheld)
            resize(arg % nheld, size, 1);
        break;
    case 9:
        if (nheld)
            resize(arg % nheld, size, arg / 32);
        break;
    case 10:
        if (nheld)
            drop(i);
        break;
    case 11:
        for (unsigned n = arg * 8; n > 0 && nheld; n--)
            drop(v & 1 ? nheld - 1 : (i + n) % nheld);
        break;
    case 12: wrong_free(arg, v); break;
    case 13: trim(arg & 1 ? 0 : size); break;
    case 14:
        if (arg % 4 == 0)
            refuse = arg / 4;
        else
            option(arg, size);
        break;
    default:
        if (arg % 16 == 9)
            in_child();
        pw_malloc_stats();
        REQUIRE(pw_malloc_info((int)arg % 2, stderr) == (arg % 2 ? -1 : 0));
        pw_free(NULL);
        verify_all();
    }
    check_idle();
}

/* ---- threads --------------------------------------------------------- */

static struct helper {
    pthread_t thread;
    sem_t go, done;
    bool alive;
    const uint8_t *op; /* NULL: end */
} helper[HELPERS];

static void *help(void *arg)
{
    struct helper *me = arg;

    for (;;) {
        while (sem_wait(&me->go) != 0)
            ;
        if (!me->op)
            return NULL;
        operation(me->op);
        sem_post(&me->done);
    }
}

static void run(struct helper *h, const uint8_t *op)
{
    if (!h->alive) {
        sem_init(&h->go, 0, 0);
        sem_init(&h->done, 0, 0);
        REQUIRE(pthread_create(&h->thread, NULL, help, h) == 0);
        h->alive = true;
    }
    h->op = op;
    sem_post(&h->go);
    while (sem_wait(&h->done) != 0)
        ;
}

static void retire(struct helper *h)
{
    if (!h->alive)
        return;
    h->op = NULL;
    sem_post(&h->go);
    pthread_join(h->thread, NULL);
    h->alive = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 3 < size; i += 4) {
        const unsigned thread = data[i] / 64;

        if (thread == 0 || data[i] / 16 % 4 == 0)
            operation(data + i);
        else if (thread == 3)
            retire(&helper[data[i] / 16 % HELPERS]);
        else
            run(&helper[thread - 1], data + i);
    }
    refuse = 0;
    verify_all();
    while (nheld)
        drop(nheld - 1);
    for (int i = 0; i < HELPERS; i++)
        retire(&helper[i]);
    REQUIRE(pw_mallopt(-1, 64 * (int)MIB) == 1);
    cap = idle = 64 * MIB;
    hungry = false;
    trim(0);
    REQUIRE(pw_mallinfo2().hblkhd == 0);
    REQUIRE(pw_mallinfo2().arena <= 64 * MIB);
    return 0;
}
