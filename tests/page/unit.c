/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/page: each promise of page.h once, in the smallest
 * case that shows it, and every refusal with the exact line it prints.
 */
#include "../common/unit.h"

#include <sys/resource.h>

#include "../../code/page/page.h"
#include "../common/says.h"

static struct pw_zone zone;

static void make_zone(size_t nframes, unsigned batch)
{
    assert_int_equal(pw_zone_init(&zone, nframes, batch), 0);
}

static void end_zone(void)
{
    assert_int_equal(pw_zone_check(&zone), 0);
    pw_zone_exit(&zone);
}

static size_t used(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&zone, &stat);
    return stat.used;
}

/* ---- what a zone is ---- */

static void a_zone_of_any_size_is_cut_into_largest_blocks(void **state)
{
    static const struct {
        size_t nframes;
        uint32_t blocks[PW_ORDERS];
    } cases[] = {
        {1, {1}},
        {1024, {[10] = 1}},
        {1023, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}},
        {3000, {0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 2}},
    };
    struct pw_zone_stat stat;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        make_zone(cases[i].nframes, PW_BATCH);
        pw_zone_stat(&zone, &stat);
        assert_memory_equal(stat.nr_free, cases[i].blocks,
                            sizeof(stat.nr_free));
        assert_int_equal(stat.free, cases[i].nframes);
        assert_int_equal(stat.used + stat.cached, 0);
        end_zone();
    }
}

static void a_zone_refuses_impossible_sizes(void **state)
{
    (void)state;
    assert_int_equal(pw_zone_init(&zone, 0, PW_BATCH), -EINVAL);
    assert_int_equal(pw_zone_init(&zone, SIZE_MAX, 0), -EINVAL);
    assert_int_equal(pw_zone_init(&zone, UINT32_MAX, 0), -EINVAL);
    assert_int_equal(pw_zone_init(&zone, 16, PW_BATCH + 1), -EINVAL);
}

static void a_zone_without_memory_says_so(void **state)
{
    struct rlimit old, tight;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
    tight = old;
    tight.rlim_cur = (rlim_t)256 << 20;
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    const int err = pw_zone_init(&zone, 1 << 20, PW_BATCH);
    assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
    assert_int_equal(err, -ENOMEM);
    make_zone(1 << 20, PW_BATCH);
    end_zone();
}

static void many_zones_leave_nothing_behind(void **state)
{
    int probe, before, after;

    (void)state;
    before = probe = dup(0);
    close(probe);
    for (int i = 0; i < 2000; i++) {
        make_zone(1 + (size_t)i % 50, PW_BATCH);
        assert_non_null(pw_zone_alloc(&zone, 0));
        end_zone();
    }
    after = probe = dup(0);
    close(probe);
    assert_int_equal(before, after);
}

/* ---- blocks ---- */

static void blocks_are_aligned_and_their_memory_is_usable(void **state)
{
    (void)state;
    make_zone(4096, 0);
    for (unsigned order = 0; order < PW_ORDERS; order++) {
        const size_t size = PORT_PAGE_SIZE << order;
        struct pw_page *page = pw_zone_alloc(&zone, order);
        unsigned char *at;

        assert_non_null(page);
        at = pw_page_address(&zone, page);
        assert_int_equal((uintptr_t)at % size, 0);
        memset(at, (int)order + 1, size);
        assert_int_equal(at[0] + at[size - 1], 2 * (order + 1));
        assert_ptr_equal(pw_virt_to_page(&zone, at), page);
        assert_ptr_equal(pw_virt_to_page(&zone, at + size - 1),
                         page + ((size_t)1 << order) - 1);
        assert_int_equal(pw_zone_free(&zone, page, order), 0);
    }
    assert_int_equal(used(), 0);
    end_zone();
}

static void one_frame_splits_every_order_and_merges_back(void **state)
{
    struct pw_zone_stat stat;
    struct pw_page *page;

    (void)state;
    make_zone(1024, 0);
    page = pw_zone_alloc(&zone, 0);
    pw_zone_stat(&zone, &stat);
    for (unsigned order = 0; order < PW_MAX_ORDER; order++)
        assert_int_equal(stat.nr_free[order], 1);
    assert_int_equal(stat.nr_free[PW_MAX_ORDER], 0);
    assert_int_equal(pw_zone_check(&zone), 0);
    assert_int_equal(pw_zone_free(&zone, page, 0), 0);
    pw_zone_stat(&zone, &stat);
    assert_int_equal(stat.nr_free[PW_MAX_ORDER], 1);
    end_zone();
}

static void a_full_zone_gives_null_and_recovers(void **state)
{
    struct pw_page *pages[37];

    (void)state;
    make_zone(37, PW_BATCH);
    for (int i = 0; i < 37; i++)
        assert_non_null(pages[i] = pw_zone_alloc(&zone, 0));
    assert_null(pw_zone_alloc(&zone, 0));
    assert_null(pw_zone_alloc(&zone, PW_MAX_ORDER));
    assert_int_equal(used(), 37);
    for (int i = 0; i < 37; i++)
        assert_int_equal(pw_zone_free(&zone, pages[i], 0), 0);
    /* All are in this CPU's list, yet a block of 32 can be had. */
    struct pw_page *block = pw_zone_alloc(&zone, 5);
    assert_non_null(block);
    assert_int_equal(pw_zone_free(&zone, block, 5), 0);
    end_zone();
}

static void the_frame_freed_last_is_the_next_one_given(void **state)
{
    struct pw_page *a, *b;

    (void)state;
    make_zone(256, PW_BATCH);
    a = pw_zone_alloc(&zone, 0);
    b = pw_zone_alloc(&zone, 0);
    assert_int_equal(pw_zone_free(&zone, b, 0), 0);
    assert_int_equal(pw_zone_free(&zone, a, 0), 0);
    assert_ptr_equal(pw_zone_alloc(&zone, 0), a);
    assert_ptr_equal(pw_zone_alloc(&zone, 0), b);
    end_zone();
}

static void the_cpu_lists_keep_to_their_limit(void **state)
{
    struct pw_page *pages[200];
    struct pw_zone_stat stat;

    (void)state;
    make_zone(1024, PW_BATCH);
    for (int i = 0; i < 200; i++)
        pages[i] = pw_zone_alloc(&zone, 0);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(pw_zone_free(&zone, pages[i], 0), 0);
        pw_zone_stat(&zone, &stat);
        assert_true(stat.cached <= 2 * PW_BATCH);
        assert_int_equal(stat.used + stat.cached + stat.free, 1024);
    }
    pw_zone_drain(&zone);
    pw_zone_stat(&zone, &stat);
    assert_int_equal(stat.cached, 0);
    assert_int_equal(stat.nr_free[PW_MAX_ORDER], 1);
    end_zone();
}

static void bulk_gives_what_there_is(void **state)
{
    struct pw_page *pages[100];

    (void)state;
    make_zone(70, PW_BATCH);
    assert_int_equal(pw_zone_alloc_bulk(&zone, 0, pages), 0);
    assert_int_equal(pw_zone_alloc_bulk(&zone, 40, pages), 40);
    assert_int_equal(pw_zone_alloc_bulk(&zone, 60, pages + 40), 30);
    assert_int_equal(used(), 70);
    assert_int_equal(pw_zone_free_bulk(&zone, 70, pages), 0);
    assert_int_equal(used(), 0);
    end_zone();
}

static void buddyinfo_has_the_kernels_shape(void **state)
{
    char line[200], cut[20];
    int length;

    (void)state;
    make_zone(1024 + 5, 0);
    length = pw_buddyinfo(&zone, "Normal", line, sizeof(line));
    assert_string_equal(line, "Node 0, zone   Normal      1      0      1"
                              "      0      0      0      0      0      0"
                              "      0      1 ");
    assert_int_equal(length, strlen(line));
    assert_int_equal(pw_buddyinfo(&zone, "Normal", cut, sizeof(cut)),
                     length);
    assert_int_equal(strlen(cut), sizeof(cut) - 1);
    end_zone();
}

/* ---- what is refused, and how it is said ---- */

static void an_order_above_the_largest_is_refused(void **state)
{
    (void)state;
    make_zone(4096, PW_BATCH);
    says_begin();
    assert_null(pw_zone_alloc(&zone, PW_MAX_ORDER + 1));
    assert_says("pagewise: pw_zone_alloc: order 11; the largest is 10\n");
    says_begin();
    assert_null(pw_zone_alloc(&zone, UINT32_MAX));
    assert_says("pagewise: pw_zone_alloc: order 4294967295; the largest "
                "is 10\n");
    assert_int_equal(used(), 0);
    end_zone();
}

static void free_twice(unsigned order, unsigned batch)
{
    struct pw_page *page;

    make_zone(1024, batch);
    page = pw_zone_alloc(&zone, order);
    assert_int_equal(pw_zone_free(&zone, page, order), 0);
    says_begin();
    assert_int_equal(pw_zone_free(&zone, page, order), -EALREADY);
    assert_says("pagewise: free of frame %zu, order %u: it is free "
                "already; free a block once\n",
                pw_page_to_pfn(&zone, page), order);
    end_zone();
}

static void a_double_free_is_refused(void **state)
{
    (void)state;
    free_twice(0, 0);        /* merged into the largest block */
    free_twice(0, PW_BATCH); /* on a CPU's list */
    free_twice(4, PW_BATCH);
    free_twice(10, PW_BATCH);
}

static void a_wrong_order_is_refused(void **state)
{
    struct pw_page *page;

    (void)state;
    make_zone(1024, PW_BATCH);
    page = pw_zone_alloc(&zone, 3);
    assert_int_equal(pw_page_to_pfn(&zone, page), 0);
    says_begin();
    assert_int_equal(pw_zone_free(&zone, page, 0), -EINVAL);
    assert_says("pagewise: free of frame 0, order 0: it was allocated with "
                "order 3; free it with that\n");
    says_begin();
    assert_int_equal(pw_zone_free(&zone, page, 77), -EINVAL);
    assert_says("pagewise: free of frame 0, order 77: it was allocated "
                "with order 3; free it with that\n");
    assert_int_equal(pw_zone_free(&zone, page, 3), 0);
    end_zone();
}

static void the_inside_of_a_block_is_refused(void **state)
{
    struct pw_page *page;

    (void)state;
    make_zone(1024, PW_BATCH);
    page = pw_zone_alloc(&zone, 3);
    says_begin();
    assert_int_equal(pw_zone_free(&zone, page + 4, 2), -EINVAL);
    assert_says("pagewise: free of frame 4, order 2: it lies inside a "
                "block; free its first frame\n");
    assert_int_equal(pw_zone_free(&zone, page, 3), 0);
    end_zone();
}

static void a_foreign_frame_is_refused(void **state)
{
    static struct pw_page stranger[2];
    static const char want[] = "pagewise: free of a frame that is not in "
                               "this zone; free it where it was "
                               "allocated\n";
    struct pw_zone other;

    (void)state;
    make_zone(100, PW_BATCH);
    assert_int_equal(pw_zone_init(&other, 100, 0), 0);
    says_begin();
    assert_int_equal(pw_zone_free(&zone, stranger, 0), -EFAULT);
    assert_says(want);
    says_begin();
    assert_int_equal(pw_zone_free(&zone, pw_zone_alloc(&other, 0), 0),
                     -EFAULT);
    assert_says(want);
    says_begin(); /* the frame behind the last one */
    assert_int_equal(pw_zone_free(&zone, zone.pages + 100, 0), -EFAULT);
    assert_says(want);
    says_begin();
    assert_int_equal(pw_zone_free(&zone, NULL, 0), -EFAULT);
    assert_says(want);
    pw_zone_exit(&other);
    end_zone();
}

static void a_bulk_free_frees_the_good_and_names_the_bad(void **state)
{
    struct pw_page *pages[3];

    (void)state;
    make_zone(64, 0);
    assert_int_equal(pw_zone_alloc_bulk(&zone, 2, pages), 2);
    pages[2] = pages[0];
    says_begin();
    assert_int_equal(pw_zone_free_bulk(&zone, 3, pages), -EALREADY);
    assert_says("pagewise: free of frame 0, order 0: it is free already; "
                "free a block once\n");
    assert_int_equal(used(), 0);
    end_zone();
}

/* ---- the kernel's names ---- */

static void the_front_gives_addresses(void **state)
{
    char *one, *eight;

    (void)state;
    assert_int_equal(pw_page_init(1000), 0);
    assert_non_null(one = pw_get_free_page());
    memset(one, 0xff, PORT_PAGE_SIZE);
    assert_int_equal(pw_free_page(one), 0);
    assert_ptr_equal(pw_get_zeroed_page(), one);
    for (size_t i = 0; i < PORT_PAGE_SIZE; i++)
        assert_int_equal(one[i], 0);
    assert_non_null(eight = pw_get_free_pages(3));
    assert_int_equal((uintptr_t)eight % (8 * PORT_PAGE_SIZE), 0);
    assert_int_equal(pw_free_pages(eight, 3), 0);
    assert_int_equal(pw_free_pages(one, 0), 0);
    assert_int_equal(pw_free_pages(NULL, 0), 0);
    assert_int_equal(pw_zone_check(&pw_contig_zone), 0);
    pw_page_exit();
}

static void there_is_one_zone_for_all(void **state)
{
    void *page;

    (void)state;
    says_begin();
    assert_null(pw_get_free_page());
    assert_says("pagewise: pw_alloc_pages: no frames; call pw_page_init() "
                "first\n");
    assert_int_equal(pw_page_init(64), 0);
    assert_non_null(page = pw_get_free_page());
    assert_int_equal(pw_page_init(64), -EBUSY);
    assert_int_equal(pw_page_init(1000), -EBUSY);
    assert_int_equal(pw_contig_zone.nframes, 64);
    assert_int_equal(pw_free_page(page), 0);
    pw_page_exit();
    assert_int_equal(pw_page_init(1000), 0); /* and then again */
    pw_page_exit();
}

static void refuse_address(void *address, unsigned order, int err,
                           const char *form)
{
    says_begin();
    assert_int_equal(pw_free_pages(address, order), err);
    assert_says(form, address, order);
}

static void a_wild_or_misaligned_address_is_refused(void **state)
{
    static const char wild[] = "pagewise: free of %p, order %u: not an "
                               "address of this zone; free it where it "
                               "was allocated\n";
    static const char odd[] = "pagewise: free of %p, order %u: not the "
                              "address of a page; free what the "
                              "allocation returned\n";
    char *page, local;

    (void)state;
    assert_int_equal(pw_page_init(1000), 0);
    page = pw_get_free_page();
    refuse_address(&local, 0, -EFAULT, wild);
    refuse_address((void *)8, 2, -EFAULT, wild);
    refuse_address((void *)UINTPTR_MAX, 10, -EFAULT, wild);
    refuse_address(page + 1000 * PORT_PAGE_SIZE, 0, -EFAULT, wild);
    refuse_address(page + 1, 0, -EINVAL, odd);
    refuse_address(page + PORT_PAGE_SIZE - 1, 3, -EINVAL, odd);
    assert_int_equal(pw_free_page(page), 0);
    pw_page_exit();
}

static void a_corrupt_zone_is_noticed(void **state)
{
    (void)state;
    make_zone(64, 0);
    zone.pages[0].state = PW_USED;
    says_begin();
    assert_int_equal(pw_zone_check(&zone), -EINVAL);
    assert_says("pagewise: zone is corrupt at 0: a block is on the wrong "
                "free list; a caller wrote where it should not\n");
    zone.pages[0].state = PW_FREE;
    end_zone();
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_zone_of_any_size_is_cut_into_largest_blocks),
        TEST(a_zone_refuses_impossible_sizes),
        TEST(a_zone_without_memory_says_so),
        TEST(many_zones_leave_nothing_behind),
        TEST(blocks_are_aligned_and_their_memory_is_usable),
        TEST(one_frame_splits_every_order_and_merges_back),
        TEST(a_full_zone_gives_null_and_recovers),
        TEST(the_frame_freed_last_is_the_next_one_given),
        TEST(the_cpu_lists_keep_to_their_limit),
        TEST(bulk_gives_what_there_is),
        TEST(buddyinfo_has_the_kernels_shape),
        TEST(an_order_above_the_largest_is_refused),
        TEST(a_double_free_is_refused),
        TEST(a_wrong_order_is_refused),
        TEST(the_inside_of_a_block_is_refused),
        TEST(a_foreign_frame_is_refused),
        TEST(a_bulk_free_frees_the_good_and_names_the_bad),
        TEST(the_front_gives_addresses),
        TEST(there_is_one_zone_for_all),
        TEST(a_wild_or_misaligned_address_is_refused),
        TEST(a_corrupt_zone_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
