/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/kmalloc: what each flag allows when memory is short.
 */
#include "begin.h"

/* Everything but the reserve is used, in whole frames and then in small
 * blocks; freed by give_all(). */
static void **pages, **rests[2];

static void use_all(void)
{
    pages = use_up(16 * PAGE, PW_GFP_KERNEL);
    rests[0] = use_up(2 * PAGE, PW_GFP_KERNEL);
    rests[1] = use_up(PAGE, PW_GFP_KERNEL);
}

static void give_all(void)
{
    free_all(pages);
    free_all(rests[0]);
    free_all(rests[1]);
}

static void below_the_mark_only_atomic_requests_are_served(void **state)
{
    void *block[RESERVE];

    (void)state;
    use_all();
    assert_null(pw_kmalloc(PAGE, quiet));
    assert_null(pw_kmalloc(PAGE, PW_GFP_KERNEL | PW_GFP_NOWARN));
    assert_int_equal(stat_of().reserve, RESERVE);
    for (size_t i = 0; i < RESERVE; i++) {
        block[i] = pw_kmalloc(PAGE, PW_GFP_ATOMIC);
        assert_non_null(block[i]);
        assert_int_equal(stat_of().reserve, RESERVE - 1 - i);
        memset(block[i], 0x66, PAGE);
    }
    assert_null(pw_kmalloc(PAGE, PW_GFP_ATOMIC | PW_GFP_NOWARN));
    for (size_t i = 0; i < RESERVE; i++)
        assert_int_equal(pw_kfree(block[i]), 0);
    assert_int_equal(stat_of().reserve, RESERVE);
    give_all();
}

/* A small request in need gets a frame, all of it, zeroed if asked. */
static void a_block_of_the_reserve_is_a_whole_frame(void **state)
{
    void **small, *block;

    (void)state;
    use_all();
    small = use_up(64, PW_GFP_KERNEL);
    block = pw_kmalloc(64, PW_GFP_ATOMIC);
    assert_int_equal(pw_ksize(block), PAGE);
    assert_int_equal((uintptr_t)block % PAGE, 0);
    memset(block, 0x66, PAGE);
    assert_int_equal(stat_of().frames % 2, 1);
    assert_int_equal(pw_kmalloc_check(), 0);
    assert_int_equal(pw_kfree(block), 0);
    block = pw_kzalloc(64, PW_GFP_ATOMIC);
    assert_bytes(block, 0, PAGE, 0);
    assert_int_equal(pw_kfree(block), 0);
    assert_null(pw_kmalloc(PAGE + 1, PW_GFP_ATOMIC | PW_GFP_NOWARN));
    assert_int_equal(stat_of().reserve, RESERVE);
    free_all(small);
    give_all();
}

/* A block of the reserve can be resized like any other. */
static void a_block_of_the_reserve_can_grow(void **state)
{
    char *block, *other;

    (void)state;
    use_all();
    block = pw_kmalloc(PAGE, PW_GFP_ATOMIC);
    memset(block, 0x12, PAGE);
    assert_null(pw_krealloc(block, PAGE + 1, quiet));
    give_all();
    other = pw_krealloc(block, PAGE + 1, PW_GFP_KERNEL);
    assert_non_null(other);
    assert_bytes(other, 0, PAGE, 0x12);
    assert_int_equal(stat_of().reserve, RESERVE);
    assert_int_equal(pw_kfree(other), 0);
}

static void the_reserve_is_filled_before_others_are_served(void **state)
{
    void *two[2] = {pw_kmalloc(PAGE, 0), pw_kmalloc(PAGE, 0)}, *block;

    (void)state;
    use_all();
    block = pw_kmalloc(PAGE, PW_GFP_ATOMIC);
    assert_non_null(block);
    assert_int_equal(stat_of().reserve, RESERVE - 1);
    /* One frame comes back, past kmalloc: the reserve's, not ours. */
    assert_int_equal(pw_kfree(two[0]), 0);
    assert_int_equal(pw_cache_reap(&pw_contig_zone), 1);
    assert_null(pw_kmalloc(PAGE, quiet));
    assert_int_equal(stat_of().reserve, RESERVE);
    give_all();
    assert_int_equal(pw_kfree(two[1]), 0);
    assert_int_equal(pw_kfree(block), 0); /* to the page allocator */
}

/* Frames sit in empty slabs of another class. */
static void who_may_wait_has_the_caches_reaped(void **state)
{
    void **small = use_up(64, PW_GFP_KERNEL), *block;

    (void)state;
    free_all(small);
    assert_null(pw_kmalloc(PAGE, quiet));
    assert_null(pw_kmalloc(8 * PAGE, quiet));
    block = pw_kmalloc(PAGE, PW_GFP_KERNEL);
    assert_non_null(block);
    assert_int_equal(pw_kfree(block), 0);
}

/* ... so that neighbours merge, and a large block can be had. */
static void who_may_wait_can_have_large_blocks(void **state)
{
    void **small = use_up(64, PW_GFP_KERNEL), *block;

    (void)state;
    free_all(small);
    assert_null(pw_kmalloc(64 * PAGE, PW_GFP_ATOMIC | PW_GFP_NOWARN));
    block = pw_kmalloc(64 * PAGE, PW_GFP_KERNEL);
    assert_non_null(block);
    assert_int_equal(pw_kfree(block), 0);
}

/* An atomic request that finds no frame leaves other caches alone. */
static void an_atomic_request_takes_the_reserve_instead(void **state)
{
    void **small = use_up(64, PW_GFP_KERNEL), *block;
    struct pw_cache_stat before, after;

    (void)state;
    free_all(small);
    pw_cache_stat(pw_kmalloc_cache(64), &before);
    block = pw_kmalloc(PAGE, PW_GFP_ATOMIC);
    pw_cache_stat(pw_kmalloc_cache(64), &after);
    assert_non_null(block);
    assert_int_equal(stat_of().reserve, RESERVE - 1);
    assert_int_equal(before.objects, after.objects);
    assert_int_equal(pw_kfree(block), 0);
}

/* Both flags: first what can be reclaimed, then the reserve. */
static void who_may_both_reclaims_first(void **state)
{
    void **small = use_up(64, PW_GFP_KERNEL), *block;

    (void)state;
    free_all(small);
    block = pw_kmalloc(PAGE, PW_GFP_KERNEL | PW_GFP_HIGH);
    assert_non_null(block);
    assert_int_equal(stat_of().reserve, RESERVE);
    assert_int_equal(pw_kfree(block), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(below_the_mark_only_atomic_requests_are_served),
        TEST(a_block_of_the_reserve_is_a_whole_frame),
        TEST(a_block_of_the_reserve_can_grow),
        TEST(the_reserve_is_filled_before_others_are_served),
        TEST(who_may_wait_has_the_caches_reaped),
        TEST(who_may_wait_can_have_large_blocks),
        TEST(an_atomic_request_takes_the_reserve_instead),
        TEST(who_may_both_reclaims_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
