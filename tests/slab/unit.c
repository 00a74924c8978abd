/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/slab: each promise of slab.h once, in the smallest
 * case that shows it. (slab_shape.c: sizes, alignment, waste, colours;
 * slab_refused.c: what is refused, to the letter.)
 */
#include "../common/unit.h"

#include "../../code/slab/slab.h"
#include "one.h"

/* ---- the three lists ---- */

static void assert_lists(size_t full, size_t partial, size_t empty)
{
    const struct pw_cache_stat stat = stat_of();

    assert_int_equal(stat.slabs[PW_SLABS_FULL], full);
    assert_int_equal(stat.slabs[PW_SLABS_PARTIAL], partial);
    assert_int_equal(stat.slabs[PW_SLABS_EMPTY], empty);
}

static void slabs_move_between_the_three_lists(void **state)
{
    (void)state;
    make(512, 0, PW_CACHE_NO_MAGAZINES, NULL); /* 8 a slab */
    assert_lists(0, 0, 0);
    alloc(1);
    assert_lists(0, 1, 0);
    alloc_from(1, 8);
    assert_lists(1, 1, 0);
    for (int i = 1; i < 8; i++)
        assert_int_equal(pw_cache_free(cache, objects[i]), 0);
    assert_lists(0, 2, 0);
    assert_int_equal(pw_cache_free(cache, objects[0]), 0);
    assert_lists(0, 1, 1);
    assert_int_equal(stat_of().active, 1);
    pw_cache_shrink(cache);
    assert_lists(0, 1, 0);
    assert_int_equal(pw_cache_free(cache, objects[8]), 0);
    assert_lists(0, 0, 1);
    unmake();
}

/* One that was full waits behind the others for more to come home. */
static void slabs_that_were_full_queue_up(void **state)
{
    (void)state;
    make(512, 0, PW_CACHE_NO_MAGAZINES, NULL);
    alloc(24);
    for (int i = 0; i < 24; i += 8)
        assert_int_equal(pw_cache_free(cache, objects[i]), 0);
    for (int i = 0; i < 24; i += 8)
        assert_ptr_equal(pw_cache_alloc(cache), objects[i]);
    release(24);
    unmake();
}

static int count_slabs(const struct pw_slab_view *view, void *arg)
{
    size_t *n = arg, bits = 0;

    for (int w = 0; w < 2; w++)
        for (uint64_t b = view->free[w]; b; b &= b - 1)
            bits++;
    assert_int_equal(bits + view->inuse, 126);
    assert_true(view->list >= n[3]); /* in the lists' order */
    n[3] = view->list;
    n[view->list]++;
    return n[0] == 2; /* stop at the second full one */
}

static void a_walk_visits_the_lists_in_their_order(void **state)
{
    size_t n[4] = {0};

    (void)state;
    make(32, 0, PW_CACHE_NO_MAGAZINES, NULL);
    alloc(126 + 126);
    assert_int_equal(pw_cache_free(cache, objects[0]), 0);
    assert_int_equal(pw_cache_walk(cache, count_slabs, n), 0);
    assert_int_equal(n[PW_SLABS_FULL], 1);
    assert_int_equal(n[PW_SLABS_PARTIAL], 1);
    alloc(1);
    memset(n, 0, sizeof(n));
    assert_int_equal(pw_cache_walk(cache, count_slabs, n), 1);
    release(252);
    memset(n, 0, sizeof(n));
    assert_int_equal(pw_cache_walk(cache, count_slabs, n), 0);
    assert_int_equal(n[PW_SLABS_EMPTY], 2);
    unmake();
}

/* ---- the constructor ---- */

static int constructed, refuse_at;

static int construct(void *object)
{
    if (++constructed == refuse_at)
        return -EIO;
    memcpy(object, "made", 5);
    return 0;
}

static void the_constructor_runs_once_for_each_object(void **state)
{
    (void)state;
    constructed = refuse_at = 0;
    make(64, 0, 0, construct);
    for (int round = 0; round < 3; round++) {
        alloc(65);
        for (int i = 0; i < 65; i++)
            assert_string_equal(objects[i], "made");
        release(65);
    }
    assert_int_equal(constructed, 128); /* two slabs of 64 */
    assert_true(pw_cache_shrink(cache) >= 2);
    alloc(1);
    assert_int_equal(constructed, 192);
    release(1);
    unmake();
}

static void a_constructor_that_fails_takes_its_slab_with_it(void **state)
{
    size_t before;

    (void)state;
    constructed = 0;
    refuse_at = 100;
    make(64, 0, 0, construct);
    assert_int_equal(pw_cache_alloc_bulk(cache, 64, objects), 64);
    before = pages_used();
    assert_null(pw_cache_alloc(cache)); /* the 36th of the second slab */
    assert_int_equal(pages_used(), before);
    assert_lists(1, 0, 0);
    assert_non_null(objects[64] = pw_cache_alloc(cache));
    release(65);
    unmake();
}

static void a_poisoned_object_is_constructed_each_time(void **state)
{
    (void)state;
    constructed = 0;
    refuse_at = 3;
    make(64, 0, PW_CACHE_POISON, construct);
    alloc(1);
    assert_string_equal(objects[0], "made");
    release(1);
    alloc(1);
    assert_int_equal(constructed, 2);
    assert_null(pw_cache_alloc(cache)); /* the third is refused */
    assert_int_equal(stat_of().active, 1);
    release(1);
    unmake();
}

/* ---- magazines ---- */

static void the_object_freed_last_is_the_next_one_given(void **state)
{
    void *a, *b;

    (void)state;
    make(100, 0, 0, NULL);
    a = pw_cache_alloc(cache);
    b = pw_cache_alloc(cache);
    assert_int_equal(pw_cache_free(cache, a), 0);
    assert_int_equal(pw_cache_free(cache, b), 0);
    assert_ptr_equal(pw_cache_alloc(cache), b);
    assert_ptr_equal(pw_cache_alloc(cache), a);
    assert_int_equal(pw_cache_free(cache, a), 0);
    assert_int_equal(pw_cache_free(cache, b), 0);
    unmake();
}

static void magazines_and_depot_keep_to_their_limits(void **state)
{
    size_t most;

    (void)state;
    make(256, 0, 0, NULL);
    most = ((1 << 20) / (63 * 256) + 2) * 63;
    alloc(2 * most);
    release(2 * most);
    assert_true(stat_of().cached <= most);
    assert_true(stat_of().cached > most - 63);
    assert_int_equal(stat_of().active, 0);
    assert_int_equal(pw_cache_check(cache), 0);
    assert_true(pw_cache_shrink(cache) * 16 >= 2 * most);
    assert_int_equal(stat_of().objects, 0);
    unmake();
}

static void *fill_magazines(void *arg)
{
    void *mine[100];

    (void)arg;
    for (int i = 0; i < 100; i++)
        mine[i] = pw_cache_alloc(cache);
    for (int i = 0; i < 100; i++)
        pw_cache_free(cache, mine[i]);
    return NULL;
}

static void magazines_of_ended_threads_are_inherited(void **state)
{
    size_t objects_at_first = 0;

    (void)state;
    make(64, 0, 0, NULL);
    for (int i = 0; i < 100; i++) {
        pthread_t thread;

        pthread_create(&thread, NULL, fill_magazines, NULL);
        pthread_join(thread, NULL);
        if (i == 0)
            objects_at_first = stat_of().objects;
    }
    assert_true(stat_of().cached > 0);
    assert_int_equal(stat_of().objects, objects_at_first);
    assert_int_equal(stat_of().active, 0);
    unmake();
}

struct other {
    pthread_barrier_t turn;
    size_t before, asked, after;
};

static void *hold_and_free_one_more(void *arg)
{
    struct other *o = arg;
    void *last;

    fill_magazines(NULL);
    last = pw_cache_alloc(cache);
    o->before = stat_of().cached;
    pthread_barrier_wait(&o->turn); /* main asks */
    pthread_barrier_wait(&o->turn);
    o->asked = stat_of().cached;
    pw_cache_free(cache, last);
    o->after = stat_of().cached;
    return NULL;
}

static void a_cpu_that_is_asked_gives_back_when_it_next_frees(void **state)
{
    pthread_t thread;
    struct other o;

    (void)state;
    make(64, 0, 0, NULL);
    pthread_barrier_init(&o.turn, NULL, 2);
    pthread_create(&thread, NULL, hold_and_free_one_more, &o);
    pthread_barrier_wait(&o.turn);
    pw_cache_shrink(cache);
    pthread_barrier_wait(&o.turn);
    pthread_join(thread, NULL);
    assert_true(o.before > 90);
    assert_true(o.asked > 60); /* less what was in the depot */
    assert_int_equal(o.after, 1);
    unmake();
}

/* ---- bulk, and running out ---- */

static void bulk_gives_what_there_is(void **state)
{
    size_t got;

    (void)state;
    make(4096, 0, 0, NULL);
    assert_int_equal(pw_cache_alloc_bulk(cache, 0, objects), 0);
    got = pw_cache_alloc_bulk(cache, MOST, objects);
    assert_true(got > FRAMES - FRAMES / 50 && got < FRAMES);
    assert_null(pw_cache_alloc(cache));
    assert_int_equal(stat_of().active, got);
    assert_int_equal(pw_cache_free_bulk(cache, got, objects), 0);
    assert_int_equal(stat_of().active, 0);
    unmake();
}

static void a_cache_that_runs_out_reaps_the_others(void **state)
{
    struct pw_cache *other = cache;
    size_t got;

    (void)state;
    make(64, 0, 0, NULL);
    other = cache;
    got = pw_cache_alloc_bulk(cache, MOST, objects);
    assert_int_equal(got, MOST);
    assert_int_equal(pw_cache_free_bulk(cache, got, objects), 0);
    make(4096, 0, 0, NULL);
    got = pw_cache_alloc_bulk(cache, MOST, objects);
    assert_true(got > FRAMES - FRAMES / 50);
    assert_int_equal(pw_cache_free_bulk(cache, got, objects), 0);
    unmake();
    cache = other;
    unmake();
}

static void shrink_gives_back_what_is_empty(void **state)
{
    (void)state;
    make(2000, 0, 0, NULL);
    alloc(1000);
    release(999);
    assert_true(pw_cache_shrink(cache) > 490);
    assert_int_equal(stat_of().objects, 2);
    assert_int_equal(pw_cache_free(cache, objects[999]), 0);
    assert_true(pw_cache_reap(&zone) >= 1);
    assert_int_equal(pages_used(), 0);
    unmake();
}

static void slabinfo_has_the_kernels_shape(void **state)
{
    char line[200], cut[20];
    int length;

    (void)state;
    make(100, 0, 0, NULL);
    alloc(40);
    length = pw_slabinfo(cache, line, sizeof(line));
    assert_string_equal(line, "test                  40     78    104   39"
                              "    1 : tunables  126   63  160 : slabdata"
                              "      2      2      0");
    assert_int_equal(length, strlen(line));
    assert_int_equal(pw_slabinfo(cache, cut, sizeof(cut)), length);
    assert_int_equal(strlen(cut), sizeof(cut) - 1);
    release(40);
    unmake();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(slabs_move_between_the_three_lists),
        TEST(slabs_that_were_full_queue_up),
        TEST(a_walk_visits_the_lists_in_their_order),
        TEST(the_constructor_runs_once_for_each_object),
        TEST(a_constructor_that_fails_takes_its_slab_with_it),
        TEST(a_poisoned_object_is_constructed_each_time),
        TEST(the_object_freed_last_is_the_next_one_given),
        TEST(magazines_and_depot_keep_to_their_limits),
        TEST(magazines_of_ended_threads_are_inherited),
        TEST(a_cpu_that_is_asked_gives_back_when_it_next_frees),
        TEST(bulk_gives_what_there_is),
        TEST(a_cache_that_runs_out_reaps_the_others),
        TEST(shrink_gives_back_what_is_empty),
        TEST(slabinfo_has_the_kernels_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
