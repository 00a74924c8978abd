/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/kmalloc: every refusal with the line it prints, to
 * the letter, and that nothing has changed after it.
 */
#include "begin.h"
#include "../common/says.h"

static const char strange[] = "pagewise: pw_kfree(%p): no block of ours; "
                              "free it where it was allocated\n";

static const char of_the_pages[] = "pagewise: pw_kfree(%p): it belongs to "
                                   "pw_alloc_pages(); free it there\n";

/* ---- requests ------------------------------------------------------ */

static void refuse(size_t size, pw_gfp_t flags, const char *want)
{
    says_begin();
    assert_null(pw_kmalloc(size, flags));
    assert_says(want);
    says_begin();
    assert_null(pw_kmalloc(size, flags | PW_GFP_NOWARN));
    assert_says("");
}

static void an_absurd_size_is_refused(void **state)
{
    (void)state;
    refuse(PW_KMALLOC_MAX + 1, PW_GFP_KERNEL,
           "pagewise: pw_kmalloc: 4194305 bytes; the largest is 4194304, "
           "ask for less or use pw_vmalloc()\n");
    refuse(SIZE_MAX, PW_GFP_ATOMIC | PW_GFP_ZERO,
           "pagewise: pw_kmalloc: 18446744073709551615 bytes; the largest "
           "is 4194304, ask for less or use pw_vmalloc()\n");
}

static void unknown_flags_are_refused(void **state)
{
    (void)state;
    refuse(8, 16, "pagewise: pw_kmalloc: flags 0x10; use PW_GFP_...\n");
    refuse(8, ~(pw_gfp_t)PW_GFP_NOWARN,
           "pagewise: pw_kmalloc: flags 0xfffffff7; use PW_GFP_...\n");
}

static void it_wants_to_be_initialised(void **state)
{
    char local;

    (void)state;
    refuse(8, PW_GFP_KERNEL,
           "pagewise: pw_kmalloc: no caches; call pw_kmalloc_init() "
           "first\n");
    assert_ptr_equal(pw_kmalloc(0, PW_GFP_KERNEL), PW_ZERO_SIZE_PTR);
    assert_int_equal(pw_kfree(NULL), 0);
    assert_int_equal(pw_kfree(PW_ZERO_SIZE_PTR), 0);
    says_begin();
    assert_int_equal(pw_kfree(&local), -EFAULT);
    assert_says(strange, (void *)&local);
}

static void no_memory_is_said_once(void **state)
{
    void **pages, **all;

    (void)state;
    pages = use_up(PW_KMALLOC_MAX / 64, PW_GFP_KERNEL);
    all = use_up(PAGE, PW_GFP_KERNEL);
    refuse(PAGE, PW_GFP_KERNEL,
           "pagewise: pw_kmalloc: no memory for 4096 bytes, flags 0x1; "
           "free some\n");
    refuse(100000, PW_GFP_ATOMIC,
           "pagewise: pw_kmalloc: no memory for 100000 bytes, flags 0x2; "
           "free some or use PW_GFP_KERNEL\n");
    free_all(pages);
    free_all(all);
}

static void an_array_that_overflows_is_refused(void **state)
{
    void *block = pw_kmalloc(10, PW_GFP_KERNEL);

    (void)state;
    says_begin();
    assert_null(pw_kmalloc_array(SIZE_MAX / 2, 3, PW_GFP_KERNEL));
    assert_says("pagewise: pw_kmalloc_array: 9223372036854775807 elements "
                "of 3 bytes are more than there are addresses; check where "
                "the number comes from\n");
    says_begin();
    assert_null(pw_kcalloc(3, SIZE_MAX / 2, PW_GFP_KERNEL));
    assert_says("pagewise: pw_kcalloc: 3 elements of 9223372036854775807 "
                "bytes are more than there are addresses; check where the "
                "number comes from\n");
    says_begin();
    assert_null(pw_krealloc_array(block, SIZE_MAX, SIZE_MAX, 0));
    assert_says("pagewise: pw_krealloc_array: 18446744073709551615 "
                "elements of 18446744073709551615 bytes are more than "
                "there are addresses; check where the number comes from\n");
    says_begin();
    assert_null(pw_kmalloc_array(SIZE_MAX, 2, quiet));
    assert_null(pw_kmalloc_array((size_t)1 << 32, (size_t)1 << 32, quiet));
    assert_says("");
    assert_int_equal(pw_kfree(block), 0);
}

/* ---- frees --------------------------------------------------------- */

/* pw_kfree() fails with err and says `form`, with the block in it. */
static void refuse_free(void *block, int err, const char *form)
{
    const struct pw_kmalloc_stat before = stat_of();
    struct pw_kmalloc_stat after;

    says_begin();
    assert_int_equal(pw_kfree(block), err);
    assert_says(form, block);
    after = stat_of();
    assert_memory_equal(&before, &after, sizeof(after));
}

static const char twice[] = "pagewise: pw_kfree(%p): it is free already; "
                            "free a block once and forget its address\n";

static void a_strange_address_is_refused(void **state)
{
    struct pw_page *page = pw_alloc_pages(0);
    char local, *pages = pw_page_address(&pw_contig_zone, page);

    (void)state;
    refuse_free(&local, -EFAULT, strange);
    refuse_free((void *)1, -EFAULT, strange);
    refuse_free((void *)UINTPTR_MAX, -EFAULT, strange);
    refuse_free(pages, -EFAULT, of_the_pages);
    refuse_free(pages + 8, -EFAULT, of_the_pages);
    assert_int_equal(pw_free_page(pages), 0);
    refuse_free(pages, -EALREADY, twice);
}

static void the_middle_of_a_block_is_refused(void **state)
{
    char *small = pw_kmalloc(192, PW_GFP_KERNEL);
    char *large = pw_kmalloc(30000, PW_GFP_KERNEL), form[200];

    (void)state;
    for (int i = 1; i < 192; i++) {
        snprintf(form, sizeof(form),
                 "pagewise: free of %%p to cache kmalloc-192: it points %d "
                 "bytes into an object; free what the allocation "
                 "returned\n",
                 i);
        refuse_free(small + i, -EINVAL, form);
    }
    for (int i = 1; i < 32768; i += i < 10 ? 1 : 1021) {
        snprintf(form, sizeof(form),
                 "pagewise: pw_kfree(%%p): it points %d bytes into a "
                 "block; use what the allocation returned\n",
                 i);
        refuse_free(large + i, -EINVAL, form);
    }
    assert_int_equal(pw_kfree(small), 0);
    assert_int_equal(pw_kfree(large), 0);
}

static void a_second_free_is_refused(void **state)
{
    char *small = pw_kmalloc(192, PW_GFP_KERNEL);
    char *large = pw_kmalloc(30000, PW_GFP_KERNEL);

    (void)state;
    assert_int_equal(pw_kfree(small), 0);
    refuse_free(small, -EALREADY,
                "pagewise: free of %p to cache kmalloc-192: it is free "
                "already; free an object once\n");
    assert_int_equal(pw_kfree(large), 0);
    refuse_free(large, -EALREADY, twice);
    refuse_free(large + PAGE, -EALREADY, twice);
}

/* Without magazines every one is, not only the last. */
static void any_second_free_is_refused_without_magazines(void **state)
{
    char *block[300];

    (void)state;
    for (int i = 0; i < 300; i++)
        block[i] = pw_kmalloc(60, PW_GFP_KERNEL);
    for (int i = 0; i < 300; i++)
        assert_int_equal(pw_kfree(block[i]), 0);
    for (int i = 0; i < 300; i++)
        refuse_free(block[i], -EALREADY,
                    "pagewise: free of %p to cache kmalloc-64: it is free "
                    "already; free an object once\n");
}

static void a_frame_of_the_reserve_is_no_ones(void **state)
{
    refuse_free(
        pw_page_address(&pw_contig_zone, pw_km.reserve.frames[RESERVE / 2]),
        -EALREADY, twice);
    (void)state;
}

/* ---- resizing and asking ------------------------------------------- */

static void refuse_resize(void *block, const char *form)
{
    says_begin();
    assert_null(pw_krealloc(block, 500, PW_GFP_KERNEL));
    assert_says(form, block);
}

static void a_freed_block_cannot_be_resized(void **state)
{
    static const char freed[] = "pagewise: pw_krealloc(%p): it is free "
                                "already; free a block once and forget "
                                "its address\n";
    char *other = pw_kmalloc(50, PW_GFP_KERNEL);
    char *small = pw_kmalloc(50, PW_GFP_KERNEL);
    char *large = pw_kmalloc(50000, PW_GFP_KERNEL);

    (void)state;
    assert_int_equal(pw_kfree(small), 0);
    refuse_resize(small, freed);
    assert_int_equal(pw_kfree(other), 0);
    pw_cache_shrink(pw_kmalloc_cache(50)); /* from magazine to slab */
    refuse_resize(small, freed);
    assert_int_equal(pw_kfree(large), 0);
    refuse_resize(large, freed);
}

static void what_is_no_block_has_no_size(void **state)
{
    char *block = pw_kmalloc(50, PW_GFP_KERNEL), local;

    (void)state;
    refuse_resize(block + 8,
                  "pagewise: pw_krealloc(%p): it points into an object of "
                  "cache kmalloc-64; use what the allocation returned\n");
    refuse_resize(&local,
                  "pagewise: pw_krealloc(%p): no block of ours; free "
                  "it where it was allocated\n");
    says_begin();
    assert_int_equal(pw_ksize(block + 1), 0);
    assert_says("pagewise: pw_ksize(%p): it points into an object of cache "
                "kmalloc-64; use what the allocation returned\n",
                (void *)(block + 1));
    assert_int_equal(pw_kfree(block), 0);
}

/* ---- writing where one should not ---------------------------------- */

static int begin_red(void **state)
{
    (void)state;
    return begin_with(PW_CACHE_RED_ZONE | PW_CACHE_POISON);
}

static void a_write_beyond_a_block_is_found(void **state)
{
    char *block = pw_kmalloc(60, PW_GFP_KERNEL);

    (void)state;
    assert_int_equal(pw_ksize(block), 64);
    assert_int_equal((uintptr_t)block % 64, 0);
    memset(block, 0, 64); /* all of it */
    block[64] = 1;
    refuse_free(block, -ERANGE,
                "pagewise: cache kmalloc-64: object %p: written beyond its "
                "end: byte 64 is 0x01, should be 0xcc; look for its last "
                "owner\n");
    block[64] = (char)0xcc;
    assert_int_equal(pw_kfree(block), 0);
}

/* ---- init and exit ------------------------------------------------- */

static void refuse_init(size_t reserve, unsigned flags, const char *want)
{
    says_begin();
    assert_int_equal(pw_kmalloc_init(reserve, flags), -EINVAL);
    assert_says(want);
}

static void init_wants_frames_and_sense(void **state)
{
    (void)state;
    refuse_init(0, 0,
                "pagewise: pw_kmalloc_init: no frames; call pw_page_init() "
                "first\n");
    assert_int_equal(pw_page_init(64), 0);
    refuse_init(
        33, 0,
        "pagewise: pw_kmalloc_init: more than half of all frames in "
        "reserve; set fewer aside\n");
    refuse_init(0, PW_CACHE_HWALIGN,
                "pagewise: pw_kmalloc_init: a flag that is not for these "
                "caches; see kmalloc.h\n");
    pw_page_exit();
}

static void exit_names_what_is_in_use(void **state)
{
    void *small = pw_kmalloc(50, PW_GFP_KERNEL);
    void *large = pw_kmalloc(50000, PW_GFP_KERNEL);

    (void)state;
    says_begin();
    assert_int_equal(pw_kmalloc_exit(), -EBUSY);
    assert_says("pagewise: pw_kmalloc_exit: 1 blocks of pages are in use; "
                "free them first\n");
    assert_int_equal(pw_kfree(large), 0);
    says_begin();
    assert_int_equal(pw_kmalloc_exit(), -EBUSY);
    assert_says("pagewise: pw_cache_destroy(kmalloc-64): 1 objects are in "
                "use: %p; free them first\n",
                small);
    assert_int_equal(pw_kfree(small), 0);
}

static void a_wrong_table_is_noticed(void **state)
{
    (void)state;
    pw_km.class_of[50 / 8]++;
    says_begin();
    assert_int_equal(pw_kmalloc_check(), -EINVAL);
    assert_says("pagewise: kmalloc is corrupt at 49: the table leads to "
                "the wrong class; a caller wrote where it should not\n");
    pw_km.class_of[50 / 8]--;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_absurd_size_is_refused),
        TEST(unknown_flags_are_refused),
        cmocka_unit_test(it_wants_to_be_initialised),
        TEST(no_memory_is_said_once),
        TEST(an_array_that_overflows_is_refused),
        TEST(a_strange_address_is_refused),
        TEST(the_middle_of_a_block_is_refused),
        TEST(a_second_free_is_refused),
        cmocka_unit_test_setup_teardown(
            any_second_free_is_refused_without_magazines,
            begin_no_magazines, end),
        TEST(a_frame_of_the_reserve_is_no_ones),
        TEST(a_freed_block_cannot_be_resized),
        TEST(what_is_no_block_has_no_size),
        cmocka_unit_test_setup_teardown(a_write_beyond_a_block_is_found,
                                        begin_red, end),
        cmocka_unit_test(init_wants_frames_and_sense),
        TEST(exit_names_what_is_in_use),
        TEST(a_wrong_table_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
