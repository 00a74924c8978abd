/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/malloc: each promise of malloc.h once, in the
 * smallest case that shows it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../code/malloc/malloc.h"

/* Not to be folded by a compiler that knows what these sizes mean. */
static volatile size_t huge = SIZE_MAX, over = (size_t)PTRDIFF_MAX + 1;

static void blocks_of_size_0_are_unique(void **state)
{
    void *p = pw_malloc(0), *q = pw_malloc(0), *r = pw_calloc(0, 8);

    (void)state;
    assert_non_null(p);
    assert_non_null(q);
    assert_non_null(r);
    assert_ptr_not_equal(p, q);
    assert_ptr_not_equal(q, r);
    pw_free(p);
    pw_free(q);
    pw_free(r);
}

static void every_size_is_aligned_and_usable(void **state)
{
    (void)state;
    for (size_t size = 1; size < 5000000; size += 1 + size / 30) {
        char *p = pw_malloc(size);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(pw_malloc_usable_size(p) >= size);
        memset(p, 1, pw_malloc_usable_size(p));
        pw_free(p);
    }
    assert_int_equal(pw_malloc_usable_size(NULL), 0);
}

/* A class wastes a quarter of what was asked for at most. */
static void no_block_is_much_too_large(void **state)
{
    (void)state;
    for (size_t size = 64; size <= 128 * 1024; size += 1 + size / 50) {
        void *p = pw_malloc(size);

        assert_true(pw_malloc_usable_size(p) <= size + size / 4);
        pw_free(p);
    }
}

static void impossible_sizes_are_refused(void **state)
{
    void *p = pw_malloc(100);

    (void)state;
    errno = 0;
    assert_null(pw_malloc(huge));
    assert_int_equal(errno, ENOMEM);
    assert_null(pw_malloc(over));
    assert_null(pw_malloc(over - 1));
    assert_null(pw_calloc(huge / 2, 3));
    assert_null(pw_calloc(huge, huge));
    assert_null(pw_realloc(p, huge));
    assert_null(pw_realloc(p, over));
    assert_null(pw_reallocarray(p, huge, huge));
    errno = 0;
    assert_null(pw_reallocarray(p, huge / 2, 3));
    assert_int_equal(errno, ENOMEM);
    assert_null(pw_aligned_alloc(64, huge));
    assert_null(pw_aligned_alloc(over, 1));
    assert_null(pw_aligned_alloc(over, huge));
    assert_null(pw_aligned_alloc(over, over - 1000000));
    assert_null(pw_valloc(huge));
    pw_free(p);
}

static void free_keeps_errno(void **state)
{
    static const size_t size[] = {1, 3000, 300000, 3000000, 80000000};

    (void)state;
    pw_free(NULL);
    for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
        void *p = pw_malloc(size[i]);

        errno = 4711;
        pw_free(p);
        assert_int_equal(errno, 4711);
    }
}

static void every_alignment_is_kept(void **state)
{
    (void)state;
    for (size_t align = 1; align <= (size_t)64 << 20; align *= 2)
        for (size_t size = 0; size < 3000000; size = size * 3 + 1) {
            char *p = pw_aligned_alloc(align, size);

            assert_non_null(p);
            assert_int_equal((uintptr_t)p % align, 0);
            assert_true(pw_malloc_usable_size(p) >= size);
            memset(p, 1, size);
            p = pw_realloc(p, size + 100);
            assert_true(size == 0 || p[size - 1] == 1);
            pw_free(p);
        }
}

/* Also where a block begins far behind the beginning of its region. */
static void large_aligned_blocks_do_not_overlap(void **state)
{
    const size_t align = (size_t)1 << 20;
    char *p[8];

    (void)state;
    pw_malloc_trim(0);
    for (int i = 0; i < 8; i++) {
        p[i] = pw_aligned_alloc(align, 300000);
        assert_in_range(pw_malloc_usable_size(p[i]), 300000, align);
        memset(p[i], i, pw_malloc_usable_size(p[i]));
    }
    for (int i = 0; i < 8; i++) {
        for (size_t k = pw_malloc_usable_size(p[i]); k-- > 0;)
            assert_int_equal(p[i][k], i);
        pw_free(p[i]);
    }
}

static void wrong_alignments_are_refused(void **state)
{
    char here;
    void *const was = &here, *p = was;

    (void)state;
    errno = 0;
    assert_null(pw_aligned_alloc(24, 100));
    assert_int_equal(errno, EINVAL);
    assert_null(pw_aligned_alloc(0, 100));
    assert_int_equal(pw_posix_memalign(&p, 24, 100), EINVAL);
    assert_int_equal(pw_posix_memalign(&p, 4, 100), EINVAL);
    assert_int_equal(pw_posix_memalign(&p, 0, 100), EINVAL);
    assert_int_equal(pw_posix_memalign(&p, 64, huge), ENOMEM);
    assert_ptr_equal(p, was);
    assert_int_equal(pw_posix_memalign(&p, 8, 0), 0);
    assert_ptr_not_equal(p, was);
    pw_free(p);
}

static void calloc_is_zero_after_use(void **state)
{
    static const size_t size[] = {1,     16,     100,     1024,   4096,
                                  50000, 300000, 1000000, 9000000};

    (void)state;
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
            char *p = pw_calloc(size[i], 1), *q = pw_malloc(size[i]);

            for (size_t k = 0; k < size[i]; k++)
                assert_int_equal(p[k], 0);
            memset(p, 0x55, size[i]);
            memset(q, 0x55, size[i]);
            pw_free(p);
            pw_free(q);
        }
}

static void realloc_keeps_contents(void **state)
{
    unsigned char *p = NULL;
    size_t had = 0;

    (void)state;
    for (size_t step = 0; step < 400; step++) {
        const size_t size = 1 + (step * step * 7919) % (step * 40000 + 100);

        p = pw_realloc(p, size);
        assert_non_null(p);
        for (size_t i = 0; i < size && i < had; i += 61)
            assert_int_equal(p[i], (unsigned char)(i * 31));
        for (size_t i = 0; i < size; i++)
            p[i] = (unsigned char)(i * 31);
        had = size;
    }
    assert_null(pw_realloc(p, 0));
    assert_int_equal(pw_malloc_usable_size(pw_realloc(NULL, 10)), 16);
}

static void a_block_made_smaller_gives_back(void **state)
{
    char *p = pw_realloc(pw_malloc(100000), 1000), *q;
    size_t large;

    (void)state;
    assert_in_range(pw_malloc_usable_size(p), 1000, 2000);
    pw_free(p);
    large = pw_mallinfo2().hblkhd;
    p = pw_realloc(pw_malloc(50000000), 5000000);
    assert_in_range(pw_mallinfo2().hblkhd - large, 5000000, 8000000);
    q = pw_realloc(p, 100);
    assert_in_range(pw_malloc_usable_size(q), 100, 200);
    assert_int_equal(pw_mallinfo2().hblkhd, large);
    pw_free(q);
}

static void valloc_gives_whole_pages(void **state)
{
    void *p = pw_valloc(1), *q = pw_valloc(5000);

    (void)state;
    assert_int_equal((uintptr_t)p % 4096, 0);
    assert_int_equal((uintptr_t)q % 4096, 0);
    assert_int_equal(pw_malloc_usable_size(p), 4096);
    assert_int_equal(pw_malloc_usable_size(q), 8192);
    pw_free(p);
    pw_free(q);
}

static void what_is_idle_can_be_trimmed(void **state)
{
    char *p = pw_malloc(20000000);

    (void)state;
    memset(p, 1, 20000000);
    assert_true(pw_mallinfo2().hblkhd >= 20000000);
    pw_free(p);
    assert_true(pw_mallinfo2().keepcost >= 20000000);
    assert_int_equal(pw_malloc_trim(0), 1);
    assert_int_equal(pw_mallinfo2().keepcost, 0);
}

static void *trim_nothing(void *answer)
{
    *(int *)answer = pw_malloc_trim(0);
    return NULL;
}

/* A thread that has allocated nothing, while nothing is idle. */
static void where_nothing_is_idle_nothing_is_trimmed(void **state)
{
    pthread_t thread;
    int answer = -1;

    (void)state;
    pw_malloc_trim(0);
    assert_int_equal(pthread_create(&thread, NULL, trim_nothing, &answer),
                     0);
    pthread_join(thread, NULL);
    assert_int_equal(answer, 0);
}

/* The occasion is the free of another large block. */
static void what_was_idle_for_two_seconds_is_given_back(void **state)
{
    const struct timespec two = {2, 100000000};
    char *p = pw_malloc(20000000), *q = pw_malloc(300000);

    (void)state;
    pw_free(memset(p, 1, 20000000));
    assert_true(pw_mallinfo2().keepcost >= 20000000);
    nanosleep(&two, NULL);
    pw_free(q);
    assert_true(pw_mallinfo2().keepcost < 20000000);
}

/* Blocks that nobody has touched cost no memory, but addresses. */
static void few_addresses_lie_idle(void **state)
{
    static void *p[1000];
    size_t before;

    (void)state;
    pw_malloc_trim(0);
    before = pw_mallinfo2().arena;
    for (size_t i = 0; i < 1000; i++)
        assert_non_null(p[i] = pw_malloc(1000000));
    for (size_t i = 0; i < 1000; i++)
        pw_free(p[i]);
    assert_true(pw_mallinfo2().arena <= before + ((size_t)160 << 20));
    pw_malloc_trim(0);
    assert_true(pw_mallinfo2().arena <= before + ((size_t)2 << 20));
}

static void nothing_stays_idle_if_so_wished(void **state)
{
    (void)state;
    assert_int_equal(pw_mallopt(12345, 1), 0);
    assert_int_equal(pw_mallopt(-1, 0), 1);
    pw_free(memset(pw_malloc(20000000), 1, 20000000));
    assert_int_equal(pw_mallinfo2().keepcost, 0);
    assert_int_equal(pw_mallopt(-1, 64 << 20), 1);
}

/* What was touched once is idle later, whatever the block became. */
static void a_shrunken_block_leaves_what_it_touched(void **state)
{
    char *p = memset(pw_malloc(1900000), 1, 1900000);

    (void)state;
    pw_malloc_trim(0);
    p = pw_realloc(p, 200000);
    for (int use = 0; use < 2; use++) {
        pw_free(p);
        assert_true(pw_mallinfo2().keepcost >= 1900000);
        p = pw_malloc(200000);
    }
    pw_free(p);
}

/* ---- memory that other threads free, or leave behind --------------- */

enum { BATCH = 1000, ROUNDS = 1000 };

static char *batch[BATCH];

static void *make_batch(void *unused)
{
    for (size_t i = 0; i < BATCH; i++)
        batch[i] = memset(pw_malloc(1 + i), 1, 1 + i);
    return unused;
}

static void *drop_batch(void *unused)
{
    for (size_t i = 0; i < BATCH; i++)
        pw_free(batch[i]);
    return unused;
}

static void in_a_thread(void *(*what)(void *))
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, what, NULL), 0);
    pthread_join(thread, NULL);
}

/* Half a megabyte a round; the pages of a few rounds may be left. */
static void assert_little_more_than(size_t before)
{
    assert_true(pw_mallinfo2().uordblks <= before + 4000000);
}

static void a_million_blocks_freed_by_others_come_home(void **state)
{
    const size_t before = pw_mallinfo2().uordblks;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        make_batch(NULL);
        in_a_thread(drop_batch);
    }
    assert_little_more_than(before);
}

static pthread_barrier_t turn;

/* Frees another's blocks, and allocates a few. */
static void *trade(void *unused)
{
    void *own[BATCH / 10];

    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&turn);
        drop_batch(NULL);
        for (size_t i = 0; i < BATCH / 10; i++)
            own[i] = pw_malloc(500);
        for (size_t i = 0; i < BATCH / 10; i++)
            pw_free(own[i]);
        pthread_barrier_wait(&turn);
    }
    return unused;
}

static void what_a_trader_does_not_use_comes_home(void **state)
{
    const size_t before = pw_mallinfo2().uordblks;
    pthread_t trader;

    (void)state;
    pthread_barrier_init(&turn, NULL, 2);
    assert_int_equal(pthread_create(&trader, NULL, trade, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        make_batch(NULL);
        pthread_barrier_wait(&turn);
        pthread_barrier_wait(&turn);
    }
    pthread_join(trader, NULL);
    assert_little_more_than(before);
}

static void trim_takes_home_what_others_freed(void **state)
{
    const size_t before = pw_mallinfo2().uordblks;
    static void *p[40000];

    (void)state;
    for (int round = 0; round < 40; round++) {
        make_batch(NULL);
        memcpy(p + round * BATCH, batch, sizeof(batch));
    }
    for (int round = 0; round < 40; round++) {
        memcpy(batch, p + round * BATCH, sizeof(batch));
        in_a_thread(drop_batch);
    }
    pw_malloc_trim(0);
    assert_little_more_than(before);
}

static void what_ended_threads_leave_is_used_again(void **state)
{
    const size_t before = pw_mallinfo2().uordblks;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        in_a_thread(make_batch);
        drop_batch(NULL);
    }
    assert_little_more_than(before);
}

/* Every class in turn takes 16 MB; the pages of one are the next one's. */
static void what_one_size_leaves_serves_the_next(void **state)
{
    const size_t most = pw_mallinfo2().arena + 40000000;
    static void *p[16000000 / 500];

    (void)state;
    for (size_t size = 500; size < 130000; size += size / 4) {
        const size_t n = 16000000 / size;

        for (size_t i = 0; i < n; i++)
            p[i] = pw_malloc(size);
        for (size_t i = 0; i < n; i++)
            pw_free(p[i]);
        pw_malloc_trim(0);
        assert_true(pw_mallinfo2().arena <= most);
    }
}

static void malloc_info_writes_a_document(void **state)
{
    char text[1000] = "";
    FILE *to = fmemopen(text, sizeof(text), "w");

    (void)state;
    assert_int_equal(pw_malloc_info(1, to), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(pw_malloc_info(0, to), 0);
    fclose(to);
    assert_non_null(strstr(text, "<malloc "));
    assert_non_null(strstr(text, "</malloc>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_size_0_are_unique),
        cmocka_unit_test(every_size_is_aligned_and_usable),
        cmocka_unit_test(no_block_is_much_too_large),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(free_keeps_errno),
        cmocka_unit_test(every_alignment_is_kept),
        cmocka_unit_test(large_aligned_blocks_do_not_overlap),
        cmocka_unit_test(wrong_alignments_are_refused),
        cmocka_unit_test(calloc_is_zero_after_use),
        cmocka_unit_test(realloc_keeps_contents),
        cmocka_unit_test(a_block_made_smaller_gives_back),
        cmocka_unit_test(valloc_gives_whole_pages),
        cmocka_unit_test(what_is_idle_can_be_trimmed),
        cmocka_unit_test(where_nothing_is_idle_nothing_is_trimmed),
        cmocka_unit_test(what_was_idle_for_two_seconds_is_given_back),
        cmocka_unit_test(few_addresses_lie_idle),
        cmocka_unit_test(nothing_stays_idle_if_so_wished),
        cmocka_unit_test(a_shrunken_block_leaves_what_it_touched),
        cmocka_unit_test(a_million_blocks_freed_by_others_come_home),
        cmocka_unit_test(what_a_trader_does_not_use_comes_home),
        cmocka_unit_test(trim_takes_home_what_others_freed),
        cmocka_unit_test(what_ended_threads_leave_is_used_again),
        cmocka_unit_test(what_one_size_leaves_serves_the_next),
        cmocka_unit_test(malloc_info_writes_a_document),
    };

    return cmocka_run_group_tests_name("malloc", tests, NULL, NULL);
}
