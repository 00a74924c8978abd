/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests of code/slab share: one zone, one cache, and what a
 * test holds. Every test ends with all pages back where they came from.
 */
#ifndef PW_TESTS_SLAB_ONE_H
#define PW_TESTS_SLAB_ONE_H

enum { FRAMES = 4096, MOST = 20000 };

static struct pw_zone zone;
static struct pw_cache *cache;
static void *objects[MOST];

static inline int begin(void **state)
{
    (void)state;
    return pw_zone_init(&zone, FRAMES, PW_BATCH);
}

static inline size_t pages_used(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&zone, &stat);
    return stat.used;
}

static inline int end(void **state)
{
    (void)state;
    if (pages_used() != 0 || pw_zone_check(&zone) != 0)
        return -1;
    pw_zone_exit(&zone);
    return 0;
}

static inline void make(size_t size, size_t align, unsigned flags,
                        pw_ctor_t ctor)
{
    cache = pw_cache_create_in(&zone, "test", size, align, flags, ctor);
    assert_non_null(cache);
}

static inline void unmake(void)
{
    assert_int_equal(pw_cache_check(cache), 0);
    assert_int_equal(pw_cache_destroy(cache), 0);
}

static inline struct pw_cache_stat stat_of(void)
{
    struct pw_cache_stat stat;

    pw_cache_stat(cache, &stat);
    return stat;
}

static inline void alloc_from(size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++)
        assert_non_null(objects[i] = pw_cache_alloc(cache));
}

static inline void alloc(size_t n)
{
    alloc_from(0, n);
}

static inline void release(size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pw_cache_free(cache, objects[i]), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
