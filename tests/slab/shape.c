/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/slab: what slabs and objects look like, for every
 * size and alignment.
 */
#include "../common/unit.h"

#include "../../code/slab/slab.h"
#include "../../code/slab/slab_core.h"
#include "one.h"

static void check_object(char *object, size_t size, size_t align, int mark)
{
    assert_int_equal((uintptr_t)object % align, 0);
    assert_ptr_equal(pw_cache_of(&zone, object), cache);
    assert_ptr_equal(pw_cache_of(&zone, object + size - 1), cache);
    memset(object, mark, size);
}

/* Every object of two and a half slabs is whole, aligned and alone. */
static void try_size(size_t size, size_t align, unsigned flags)
{
    size_t n;

    make(size, align, flags, NULL);
    n = 5 * stat_of().per_slab / 2;
    alloc(n);
    for (size_t i = 0; i < n; i++)
        check_object(objects[i], size, align ? align : 8, (int)i & 0xff);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < size; k += size / 8 + 1)
            assert_int_equal(((unsigned char *)objects[i])[k], i & 0xff);
    assert_int_equal(pw_cache_check(cache), 0);
    release(n);
    unmake();
}

static void objects_of_every_size_are_whole_aligned_and_alone(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 700; size += size / 20 + 1)
        for (size_t align = 0; align <= 256; align = align ? 4 * align : 4)
            try_size(size, align, 0);
    for (size_t size = 700; size <= PW_OBJECT_MAX; size += size / 7)
        try_size(size, 0, PW_CACHE_NO_MAGAZINES);
    try_size(PW_OBJECT_MAX, 4096, 0);
    try_size(24, 4096, 0);
    try_size(100, 0, PW_CACHE_OFF_SLAB);
    try_size(3000, 0, PW_CACHE_ON_SLAB);
    try_size(4096, 0, PW_CACHE_ON_SLAB);
    try_size(77, 0, PW_CACHE_RED_ZONE | PW_CACHE_POISON);
    try_size(1000, 64, PW_CACHE_RED_ZONE);
    try_size(5000, 0, PW_CACHE_RED_ZONE | PW_CACHE_POISON);
}

static void hwalign_aligns_to_the_part_of_a_line_that_fits(void **state)
{
    static const size_t cases[][2] = {{8, 8},   {9, 16},  {16, 16},
                                      {17, 32}, {33, 64}, {200, 64}};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        make(cases[i][0], 0, PW_CACHE_HWALIGN, NULL);
        assert_int_equal(stat_of().stride % cases[i][1], 0);
        assert_true(stat_of().stride < cases[i][0] + cases[i][1]);
        alloc(3);
        for (int k = 0; k < 3; k++)
            assert_int_equal((uintptr_t)objects[k] % cases[i][1], 0);
        release(3);
        unmake();
    }
}

/* The arithmetic without division, for every stride and every offset. */
static void the_index_is_right_for_every_offset(void **state)
{
    struct pw_cache c;
    struct pw_page page = {.mark = 4096};
    uint32_t at;

    (void)state;
    for (uint32_t stride = 8; stride <= PW_OBJECT_MAX;
         stride += stride < 1024 ? 8 : 1032) {
        const uint32_t n = ((uint32_t)PORT_PAGE_SIZE << 5) / stride;

        c.stride = stride;
        c.span = n * stride;
        c.inverse = UINT32_MAX / stride + 1;
        for (uint32_t o = 0; o < c.span + 10; o++) {
            const bool is = pw_object_index(
                &c, &page, (void *)(uintptr_t)(4096 + o), &at);

            if (is != (o % stride == 0 && o < c.span) ||
                (is && at != o / stride))
                fail_msg("stride %u, offset %u", stride, o);
        }
        for (uint32_t o = 1; o < 4096; o++)
            if (pw_object_index(&c, &page, (void *)(uintptr_t)(4096 - o),
                                &at))
                fail_msg("stride %u, offset -%u", stride, o);
    }
}

static void little_is_wasted_whatever_the_size(void **state)
{
    (void)state;
    for (size_t size = 32; size <= PW_OBJECT_MAX; size += 8) {
        struct pw_cache_stat stat;
        double bytes, off;

        make(size, 0, 0, NULL);
        stat = stat_of();
        bytes = (double)(PORT_PAGE_SIZE << stat.order);
        off = stat.off_slab ? 40 + stat.per_slab / 8.0 : 0;
        if ((bytes + off) / (double)(stat.per_slab * size) > 1.15)
            fail_msg("%zu bytes: %u in %u pages", size, stat.per_slab,
                     1 << stat.order);
        unmake();
    }
}

static void colours_take_turns(void **state)
{
    uintptr_t seen[8];

    (void)state;
    make(1000, 0, PW_CACHE_NO_MAGAZINES, NULL); /* 4, and 96 left over */
    assert_int_equal(stat_of().colours, 2);
    alloc(16);
    for (int i = 0; i < 4; i++)
        seen[i] = (uintptr_t)objects[4 * i] % PORT_PAGE_SIZE;
    assert_int_equal(seen[0], 0);
    assert_int_equal(seen[1], 64);
    assert_int_equal(seen[2], 0);
    assert_int_equal(seen[3], 64);
    release(16);
    unmake();
    make(1000, 0, PW_CACHE_NO_COLOUR, NULL);
    assert_int_equal(stat_of().colours, 1);
    unmake();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(objects_of_every_size_are_whole_aligned_and_alone),
        TEST(hwalign_aligns_to_the_part_of_a_line_that_fits),
        TEST(the_index_is_right_for_every_offset),
        TEST(little_is_wasted_whatever_the_size),
        TEST(colours_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
