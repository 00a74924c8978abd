/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests of code/kmalloc begin and end with: frames and size
 * classes for each test, and in the end nothing may be in use.
 */
#ifndef PW_TESTS_KMALLOC_H
#define PW_TESTS_KMALLOC_H

#include "../common/unit.h"

#include "../../code/kmalloc/kmalloc.h"
#include "../../code/kmalloc/kmalloc_core.h"

enum { FRAMES = 4096, RESERVE = 8, PAGE = 4096 };

static const pw_gfp_t quiet = PW_GFP_NOWAIT | PW_GFP_NOWARN;

static inline int begin_with(unsigned cache_flags)
{
    return pw_page_init(FRAMES) || pw_kmalloc_init(RESERVE, cache_flags);
}

static inline int begin(void **state)
{
    (void)state;
    return begin_with(0);
}

static inline int begin_no_magazines(void **state)
{
    (void)state;
    return begin_with(PW_CACHE_NO_MAGAZINES);
}

static inline struct pw_kmalloc_stat stat_of(void)
{
    struct pw_kmalloc_stat stat;

    pw_kmalloc_stat(&stat);
    return stat;
}

static inline size_t frames_used(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&pw_contig_zone, &stat);
    return stat.used;
}

static inline int end(void **state)
{
    (void)state;
    pw_reserve_fill();
    if (pw_kmalloc_check() || stat_of().reserve != RESERVE ||
        pw_kmalloc_exit() || frames_used() ||
        pw_zone_check(&pw_contig_zone))
        return -1;
    pw_page_exit();
    return 0;
}

/* Allocate until nothing more comes; a list through the first words. */
static inline void **use_up(size_t size, pw_gfp_t flags)
{
    void **first = NULL, **block;

    while ((block = pw_kmalloc(size, flags | PW_GFP_NOWARN)) != NULL) {
        *block = first;
        first = block;
    }
    return first;
}

static inline size_t free_all(void **first)
{
    size_t n = 0;

    for (; first; n++) {
        void **next = *first;

        assert_int_equal(pw_kfree(first), 0);
        first = next;
    }
    return n;
}

static inline void assert_bytes(const void *at, size_t from, size_t to,
                                int value)
{
    for (size_t i = from; i < to; i++)
        if (((const unsigned char *)at)[i] != value)
            fail_msg("byte %zu is not 0x%02x", i, value);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
