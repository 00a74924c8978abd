/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/kmalloc: each promise of kmalloc.h once, in the
 * smallest case that shows it. (kmalloc_flags.c: what a request may do
 * when memory is short; kmalloc_refused.c: what is refused, to the
 * letter.)
 */
#include "begin.h"

/* ---- sizes --------------------------------------------------------- */

/* Sizes from 1: all of them up to two pages more than the largest class,
 * then some on both sides of every doubling. */
static size_t next_size(size_t size)
{
    if (size < PW_KMALLOC_SMALL + 2 * PAGE)
        return size + 1;
    if ((size & (size - 1)) == 0)
        return size + 1;
    if (((size - 1) & (size - 2)) == 0)
        return size + size / 3;
    return (size_t)1 << (64 - __builtin_clzll(size));
}

static void every_size_gets_enough_and_all_of_it(void **state)
{
    (void)state;
    for (size_t size = 1; size <= PW_KMALLOC_MAX; size = next_size(size)) {
        unsigned char *block = pw_kmalloc(size, PW_GFP_KERNEL);
        unsigned char *next = pw_kmalloc(size, PW_GFP_KERNEL);
        const size_t given = pw_ksize(block);

        assert_non_null(block);
        assert_non_null(next);
        assert_true(given >= size);
        assert_int_equal(given, pw_kmalloc_size_roundup(size));
        memset(next, 0x11, given);
        memset(block, 0x22, given);
        assert_true(next[0] == 0x11 && next[given - 1] == 0x11);
        assert_int_equal(pw_kfree(block), 0);
        assert_int_equal(pw_kfree(next), 0);
    }
}

static void powers_of_two_are_naturally_aligned(void **state)
{
    (void)state;
    for (size_t size = 1; size <= PW_KMALLOC_MAX; size *= 2) {
        void **blocks = NULL;
        const size_t n = size > 65536 ? 3 : 1000 * 8 / (8 + size / 8) + 5;

        for (size_t i = 0; i < n; i++) {
            void **block = pw_kmalloc(size < 8 ? 8 : size, PW_GFP_KERNEL);

            assert_int_equal((uintptr_t)block % size, 0);
            *block = blocks;
            blocks = block;
        }
        assert_int_equal(free_all(blocks), n);
    }
}

/* The kernel's classes, by their last and the next one's first size. */
static void the_classes_are_the_kernels(void **state)
{
    static const size_t ends[] = {8,    16,   32,   64,    96,
                                  128,  192,  256,  512,   1024,
                                  2048, 4096, 8192, 16384, 32768};

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(ends) / sizeof(*ends); i++) {
        assert_int_equal(pw_kmalloc_size_roundup(ends[i]), ends[i]);
        assert_int_equal(pw_kmalloc_size_roundup(ends[i] + 1), ends[i + 1]);
    }
    assert_int_equal(pw_kmalloc_size_roundup(0), 0);
    assert_int_equal(pw_kmalloc_size_roundup(PW_KMALLOC_MAX),
                     PW_KMALLOC_MAX);
    assert_int_equal(pw_kmalloc_size_roundup(PW_KMALLOC_MAX + 1), 0);
    assert_int_equal(pw_kmalloc_size_roundup(SIZE_MAX), 0);
}

static void table_and_arithmetic_agree_on_every_size(void **state)
{
    (void)state;
    for (size_t size = 1; size <= PW_KMALLOC_SMALL; size++) {
        struct pw_cache *cache = pw_cache_by_table(size);

        assert_ptr_equal(pw_cache_by_step(size), cache);
        assert_ptr_equal(pw_kmalloc_cache(size), cache);
        assert_true(cache->size >= size);
        assert_true(size <= 8 || pw_cache_by_table(size - 1) == cache ||
                    pw_cache_by_table(size - 1)->size == size - 1);
    }
    assert_null(pw_kmalloc_cache(0));
    assert_null(pw_kmalloc_cache(PW_KMALLOC_SMALL + 1));
    assert_null(pw_kmalloc_cache(SIZE_MAX));
}

static void large_blocks_come_straight_from_pages(void **state)
{
    struct pw_kmalloc_stat stat;
    const size_t before = frames_used();
    void *block = pw_kmalloc(8193, PW_GFP_KERNEL);

    (void)state;
    assert_int_equal(frames_used(), before + 4);
    assert_null(pw_cache_of(&pw_contig_zone, block));
    stat = stat_of();
    assert_int_equal(stat.large, 1);
    assert_int_equal(stat.frames, 4);
    assert_int_equal(stat.active, 0);
    assert_int_equal(pw_kfree(block), 0);
    assert_int_equal(frames_used(), before);
    assert_int_equal(stat_of().large, 0);
    assert_int_equal(stat_of().frames, 0);
}

static void nothing_is_a_pointer_that_is_no_block(void **state)
{
    void *nothing = pw_kmalloc(0, PW_GFP_KERNEL);

    (void)state;
    assert_ptr_equal(nothing, PW_ZERO_SIZE_PTR);
    assert_ptr_equal(pw_kzalloc(0, PW_GFP_ATOMIC), PW_ZERO_SIZE_PTR);
    assert_ptr_equal(pw_kcalloc(0, 8, PW_GFP_KERNEL), PW_ZERO_SIZE_PTR);
    assert_int_equal(pw_ksize(nothing), 0);
    assert_int_equal(pw_ksize(NULL), 0);
    assert_int_equal(pw_kfree(nothing), 0);
    assert_int_equal(pw_kfree(NULL), 0);
    assert_int_equal(stat_of().active, 0);
}

static void any_caches_object_can_be_freed(void **state)
{
    struct pw_cache *cache = pw_cache_create("things", 100, 0, 0, NULL);
    void *object = pw_cache_alloc(cache);

    (void)state;
    assert_int_equal(pw_ksize(object), 100);
    assert_int_equal(pw_kfree(object), 0);
    assert_ptr_equal(pw_cache_alloc(cache), object);
    assert_int_equal(pw_kfree(object), 0);
    assert_int_equal(pw_cache_destroy(cache), 0);
}

/* ---- zeroing ------------------------------------------------------- */

static void zeroed_blocks_are_zero_to_their_end(void **state)
{
    static const size_t sizes[] = {1, 8, 50, 97, 1000, 8191, 8193, 70000};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        void *block = pw_kmalloc(sizes[i], PW_GFP_KERNEL);
        const size_t given = pw_ksize(block);

        memset(block, 0x5a, given);
        assert_int_equal(pw_kfree(block), 0);
        block = pw_kzalloc(sizes[i], PW_GFP_KERNEL);
        assert_bytes(block, 0, given, 0);
        memset(block, 0x5a, given);
        assert_int_equal(pw_kfree(block), 0);
        block = pw_kmalloc(sizes[i], PW_GFP_ATOMIC | PW_GFP_ZERO);
        assert_bytes(block, 0, given, 0);
        assert_int_equal(pw_kfree(block), 0);
    }
}

/* ---- arrays -------------------------------------------------------- */

static void arrays_have_room_for_all_elements(void **state)
{
    int *numbers = pw_kmalloc_array(30, sizeof(int), PW_GFP_KERNEL);

    (void)state;
    assert_int_equal(pw_ksize(numbers), 128);
    memset(numbers, 1, 128);
    numbers = pw_krealloc_array(numbers, 40, sizeof(int), PW_GFP_KERNEL);
    assert_int_equal(pw_ksize(numbers), 192);
    assert_bytes(numbers, 0, 128, 1);
    assert_int_equal(pw_kfree(numbers), 0);
    numbers = pw_kcalloc(1000, sizeof(int), PW_GFP_KERNEL);
    assert_bytes(numbers, 0, 4096, 0);
    assert_int_equal(pw_kfree(numbers), 0);
}

/* ---- resizing ------------------------------------------------------ */

static void a_block_that_fits_stays_where_it_is(void **state)
{
    char *block = pw_kmalloc(97, PW_GFP_KERNEL);

    (void)state;
    assert_ptr_equal(pw_krealloc(block, 128, PW_GFP_KERNEL), block);
    assert_ptr_equal(pw_krealloc(block, 1, PW_GFP_KERNEL), block);
    assert_int_equal(pw_ksize(block), 128);
    assert_int_equal(pw_kfree(block), 0);
}

static void a_block_that_grows_keeps_its_contents(void **state)
{
    char *block = NULL;
    size_t before = 0;

    (void)state;
    for (size_t size = 1; size <= 100000; size += size / 2 + 1) {
        block = pw_krealloc(block, size, PW_GFP_KERNEL);
        assert_bytes(block, 0, before, 0x77);
        memset(block, 0x77, size);
        before = size;
    }
    assert_int_equal(stat_of().active + stat_of().large, 1);
    assert_ptr_equal(pw_krealloc(block, 0, PW_GFP_KERNEL),
                     PW_ZERO_SIZE_PTR);
    assert_int_equal(stat_of().active + stat_of().large, 0);
    block = pw_krealloc(PW_ZERO_SIZE_PTR, 10, PW_GFP_KERNEL);
    assert_non_null(block);
    assert_int_equal(pw_kfree(block), 0);
}

/* Larger, smaller, larger: what lies beyond the size is always 0. */
static void what_grows_is_zero_if_it_always_was(void **state)
{
    static const size_t sizes[] = {10, 60,  20,   64, 50,    200,
                                   3,  190, 9000, 17, 16384, 20000};
    char *block = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        block = pw_krealloc(block, sizes[i], PW_GFP_KERNEL | PW_GFP_ZERO);
        assert_bytes(block, sizes[i], pw_ksize(block), 0);
        if (i && sizes[i] > sizes[i - 1])
            assert_bytes(block, sizes[i - 1], sizes[i], 0);
        memset(block, 0x33, sizes[i]);
    }
    assert_int_equal(pw_kfree(block), 0);
}

static void a_block_that_cannot_grow_is_as_it_was(void **state)
{
    char *block = pw_kmalloc(PW_KMALLOC_MAX, PW_GFP_KERNEL);
    const pw_gfp_t flags = PW_GFP_KERNEL | PW_GFP_NOWARN;

    (void)state;
    memset(block, 0x44, PW_KMALLOC_MAX);
    assert_null(pw_krealloc(block, PW_KMALLOC_MAX + 1, flags));
    assert_null(pw_krealloc_array(block, SIZE_MAX / 2, 3, flags));
    assert_bytes(block, 0, PW_KMALLOC_MAX, 0x44);
    assert_int_equal(pw_kfree(block), 0);
}

/* ---- init and exit ------------------------------------------------- */

static void it_can_be_had_once_and_again(void **state)
{
    (void)state;
    assert_int_equal(pw_page_init(64), 0);
    assert_int_equal(pw_kmalloc_exit(), 0); /* nothing to do */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pw_kmalloc_init(32, 0), 0);
        assert_int_equal(pw_kmalloc_init(0, 0), -EBUSY);
        assert_int_equal(pw_kfree(pw_kmalloc(10, PW_GFP_KERNEL)), 0);
        assert_int_equal(pw_kmalloc_exit(), 0);
        assert_int_equal(frames_used(), 0);
    }
    pw_page_exit();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(every_size_gets_enough_and_all_of_it),
        TEST(powers_of_two_are_naturally_aligned),
        TEST(the_classes_are_the_kernels),
        TEST(table_and_arithmetic_agree_on_every_size),
        TEST(large_blocks_come_straight_from_pages),
        TEST(nothing_is_a_pointer_that_is_no_block),
        TEST(any_caches_object_can_be_freed),
        TEST(zeroed_blocks_are_zero_to_their_end),
        TEST(arrays_have_room_for_all_elements),
        TEST(a_block_that_fits_stays_where_it_is),
        TEST(a_block_that_grows_keeps_its_contents),
        TEST(what_grows_is_zero_if_it_always_was),
        TEST(a_block_that_cannot_grow_is_as_it_was),
        cmocka_unit_test(it_can_be_had_once_and_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
