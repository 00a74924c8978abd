/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/slab: every refusal with the line it prints, to the
 * letter, and that nothing has changed after it.
 */
#include "../common/unit.h"

#include "../../code/slab/slab.h"
#include "../common/says.h"

static struct pw_zone zone;
static struct pw_cache *cache;

static int begin(void **state)
{
    (void)state;
    return pw_zone_init(&zone, 1024, PW_BATCH);
}

static int end(void **state)
{
    struct pw_zone_stat stat;

    (void)state;
    pw_zone_stat(&zone, &stat);
    if (stat.used != 0 || pw_zone_check(&zone) != 0)
        return -1;
    pw_zone_exit(&zone);
    return 0;
}

static struct pw_cache *make(const char *name, size_t size, unsigned flags)
{
    struct pw_cache *new =
        pw_cache_create_in(&zone, name, size, 0, flags, NULL);

    assert_non_null(new);
    return new;
}

static void unmake(struct pw_cache *old)
{
    assert_int_equal(pw_cache_check(old), 0);
    assert_int_equal(pw_cache_destroy(old), 0);
}

/* A free of `object` says `form` with the object and fails with `err`. */
static void refuse(struct pw_cache *from, void *object, int err,
                   const char *form)
{
    struct pw_cache_stat before, after;

    memset(&before, 0, sizeof(before));
    memset(&after, 0, sizeof(after));
    pw_cache_stat(from, &before);
    says_begin();
    assert_int_equal(pw_cache_free(from, object), err);
    assert_says(form, object);
    pw_cache_stat(from, &after);
    assert_memory_equal(&before, &after, sizeof(after));
}

/* ---- what cannot be created ---- */

static void create(struct pw_zone *in, size_t size, size_t align,
                   unsigned flags, const char *want)
{
    says_begin();
    assert_null(pw_cache_create_in(in, "bad", size, align, flags, NULL));
    assert_says(want);
}

static void impossible_caches_are_refused(void **state)
{
    struct pw_zone none = {0};

    (void)state;
    create(&none, 8, 0, 0,
           "pagewise: pw_cache_create(bad): the zone is not initialised; "
           "initialise it first\n");
    create(&zone, 0, 0, 0,
           "pagewise: pw_cache_create(bad): size 0; ask for at least a "
           "byte\n");
    create(&zone, 16385, 0, 0,
           "pagewise: pw_cache_create(bad): too large for a slab; allocate "
           "pages\n");
    create(&zone, SIZE_MAX, 0, 0,
           "pagewise: pw_cache_create(bad): too large for a slab; allocate "
           "pages\n");
    create(&zone, 16384, 0, PW_CACHE_RED_ZONE,
           "pagewise: pw_cache_create(bad): too large with its red zones; "
           "leave them out\n");
    create(&zone, 8, 24, 0,
           "pagewise: pw_cache_create(bad): the alignment is not a power "
           "of two up to a page; use one\n");
    create(&zone, 8, 8192, 0,
           "pagewise: pw_cache_create(bad): the alignment is not a power "
           "of two up to a page; use one\n");
    create(&zone, 8, 0, 1u << 31,
           "pagewise: pw_cache_create(bad): a flag that does not exist; "
           "use PW_CACHE_...\n");
}

static void the_front_wants_its_zone(void **state)
{
    (void)state;
    says_begin();
    assert_null(pw_cache_create(NULL, 8, 0, 0, NULL));
    assert_says("pagewise: pw_cache_create((no name)): the zone is not "
                "initialised; initialise it first\n");
    assert_int_equal(pw_page_init(64), 0);
    cache = pw_cache_create("front", 8, 0, 0, NULL);
    assert_non_null(cache);
    assert_int_equal(pw_cache_free(cache, pw_cache_alloc(cache)), 0);
    unmake(cache);
    pw_page_exit();
}

static void there_are_no_more_caches_than_tags(void **state)
{
    static struct pw_cache *many[PW_CACHES];
    int n = 0;

    (void)state;
    while ((many[n] = pw_cache_create_in(&zone, "many", 8, 0, 0, NULL)))
        n++;
    assert_int_equal(n, PW_CACHES - 1);
    while (n-- > 0)
        unmake(many[n]);
}

/* ---- what cannot be freed ---- */

static const char twice[] = "pagewise: free of %p to cache objects: it is "
                            "free already; free an object once\n";
static const char nowhere[] = "pagewise: free of %p to cache objects: it "
                              "lies in no slab; free it where it was "
                              "allocated\n";
static const char of_the_pages[] =
    "pagewise: free of %p to cache objects: it belongs to "
    "pw_alloc_pages(); free it there\n";
static const char beside[] = "pagewise: free of %p to cache objects: it "
                             "points beside the objects of a slab; free "
                             "what the allocation returned\n";

static void a_double_free_is_refused(void **state)
{
    void *a, *b;

    (void)state;
    cache = make("objects", 64, 0);
    a = pw_cache_alloc(cache);
    b = pw_cache_alloc(cache);
    assert_int_equal(pw_cache_free(cache, a), 0);
    refuse(cache, a, -EALREADY, twice); /* with room in the magazine */
    assert_int_equal(pw_cache_free(cache, b), 0);
    refuse(cache, b, -EALREADY, twice); /* and with none */
    unmake(cache);

    cache = make("objects", 64, PW_CACHE_NO_MAGAZINES);
    a = pw_cache_alloc(cache);
    b = pw_cache_alloc(cache);
    assert_int_equal(pw_cache_free(cache, a), 0);
    refuse(cache, a, -EALREADY, twice);
    assert_int_equal(pw_cache_free(cache, b), 0);
    refuse(cache, a, -EALREADY, twice);
    refuse(cache, b, -EALREADY, twice);
    unmake(cache);
}

/* Behind a magazine a double free is found when the object comes home. */
static void a_late_double_free_is_found_at_the_slab(void **state)
{
    void *a, *b;

    (void)state;
    cache = make("objects", 64, 0);
    a = pw_cache_alloc(cache);
    b = pw_cache_alloc(cache);
    assert_int_equal(pw_cache_free(cache, a), 0);
    assert_int_equal(pw_cache_free(cache, b), 0);
    assert_int_equal(pw_cache_free(cache, a), 0); /* not seen */
    says_begin();
    assert_int_equal(pw_cache_check(cache), -EINVAL);
    assert_says("pagewise: cache objects is corrupt at %p: freed twice, "
                "in a magazine; a caller wrote where it should not, or "
                "freed twice\n",
                a);
    says_begin();
    pw_cache_shrink(cache);
    assert_says(twice, a);
    unmake(cache);
}

static void *free_it(void *object)
{
    assert_int_equal(pw_cache_free(cache, object), 0);
    return NULL;
}

/* ... even if its slab has gone meanwhile. */
static void a_double_free_may_outlive_its_slab(void **state)
{
    pthread_t thread;
    void *a;

    (void)state;
    cache = make("objects", 4096, 0);
    a = pw_cache_alloc(cache);
    pthread_create(&thread, NULL, free_it, a);
    pthread_join(thread, NULL);
    free_it(a); /* not seen: it is in another CPU's magazine */
    assert_true(pw_cache_shrink(cache) > 0);
    refuse(cache, a, -EFAULT, nowhere);
    says_begin();
    assert_int_equal(pw_cache_destroy(cache), 0);
    assert_says(twice, a);
}

static void an_object_of_another_cache_is_refused(void **state)
{
    struct pw_cache *other = make("others", 64, 0);
    void *object = pw_cache_alloc(other);

    (void)state;
    cache = make("objects", 64, 0);
    refuse(cache, object, -EINVAL,
           "pagewise: free of %p to cache objects: it is of cache others; "
           "free it there\n");
    assert_int_equal(pw_cache_free(other, object), 0);
    unmake(other);
    unmake(cache);
}

static void a_wild_address_is_refused(void **state)
{
    struct pw_zone elsewhere;
    struct pw_page *page;
    char local;

    (void)state;
    assert_int_equal(pw_zone_init(&elsewhere, 16, 0), 0);
    cache = make("objects", 64, 0);
    refuse(cache, &local, -EFAULT, nowhere);
    refuse(cache, (void *)8, -EFAULT, nowhere);
    refuse(cache, (void *)UINTPTR_MAX, -EFAULT, nowhere);
    refuse(cache, elsewhere.base, -EFAULT, nowhere);
    page = pw_zone_alloc(&zone, 0); /* a page, but no slab */
    refuse(cache, pw_page_address(&zone, page), -EFAULT, of_the_pages);
    assert_int_equal(pw_zone_free(&zone, page, 0), 0);
    refuse(cache, pw_page_address(&zone, page), -EFAULT, nowhere);
    assert_int_equal(pw_cache_free(cache, NULL), 0);
    unmake(cache);
    pw_zone_exit(&elsewhere);
}

static void a_misaligned_address_is_refused(void **state)
{
    static const char inside[] = "pagewise: free of %%p to cache objects: "
                                 "it points %u bytes into an object; free "
                                 "what the allocation returned\n";
    char form[200], *object;

    (void)state;
    cache = make("objects", 104, PW_CACHE_ON_SLAB);
    object = pw_cache_alloc(cache);
    for (unsigned i = 1; i < 104; i++) {
        snprintf(form, sizeof(form), inside, i);
        refuse(cache, object + i, -EINVAL, form);
    }
    refuse(cache, object - (uintptr_t)object % 4096, -EINVAL, beside);
    assert_int_equal(pw_cache_free(cache, object), 0);
    unmake(cache);
}

static void behind_the_last_object_is_refused(void **state)
{
    char *object, *last;

    (void)state;
    cache = make("objects", 1000, PW_CACHE_NO_MAGAZINES);
    object = pw_cache_alloc(cache);
    last = object + 3 * 1000;
    refuse(cache, last, -EALREADY, twice);
    refuse(cache, last + 1000, -EINVAL, beside);
    assert_int_equal(pw_cache_free(cache, object), 0);
    unmake(cache);
}

static void a_bulk_free_frees_the_good_and_names_the_bad(void **state)
{
    struct pw_cache *other = make("others", 64, 0);
    void *objects[200], *stranger = pw_cache_alloc(other);
    struct pw_cache_stat stat;

    (void)state;
    cache = make("objects", 64, 0);
    assert_int_equal(pw_cache_alloc_bulk(cache, 199, objects), 199);
    objects[199] = objects[100];
    objects[100] = stranger;
    says_begin();
    assert_int_equal(pw_cache_free_bulk(cache, 200, objects), -EINVAL);
    assert_says("pagewise: free of %p to cache objects: it is of cache "
                "others; free it there\n",
                stranger);
    pw_cache_stat(cache, &stat);
    assert_int_equal(stat.active, 0);
    assert_int_equal(pw_cache_free(other, stranger), 0);
    unmake(other);
    unmake(cache);
}

/* ---- a cache that is in use ---- */

static void destroying_a_cache_in_use_is_refused(void **state)
{
    void *objects[8];

    (void)state;
    assert_int_equal(pw_cache_destroy(NULL), 0);
    cache = make("objects", 32, PW_CACHE_NO_MAGAZINES);
    assert_int_equal(pw_cache_alloc_bulk(cache, 8, objects), 8);
    for (int i = 1; i < 8; i++)
        assert_int_equal(pw_cache_free(cache, objects[i]), 0);
    says_begin();
    assert_int_equal(pw_cache_destroy(cache), -EBUSY);
    assert_says("pagewise: pw_cache_destroy(objects): 1 objects are in "
                "use: %p; free them first\n",
                objects[0]);
    assert_int_equal(pw_cache_alloc_bulk(cache, 7, objects + 1), 7);
    says_begin();
    assert_int_equal(pw_cache_destroy(cache), -EBUSY);
    assert_says("pagewise: pw_cache_destroy(objects): 8 objects are in "
                "use: %p %p %p %p %p %p ...; free them first\n",
                objects[0], objects[1], objects[2], objects[3], objects[4],
                objects[5]);
    assert_int_equal(pw_cache_free_bulk(cache, 8, objects), 0);
    unmake(cache);
}

/* ---- writing where one should not ---- */

static void a_write_beyond_an_object_is_found(void **state)
{
    static const int at[] = {-1, -8, 100, 101, 107};
    static const char *const what[] = {"before its start",
                                       "beyond its end"};
    char form[200], *object;

    (void)state;
    cache = make("objects", 100, PW_CACHE_RED_ZONE);
    object = pw_cache_alloc(cache);
    memset(object, 0, 100);
    for (int i = 0; i < 5; i++) {
        object[at[i]] = 0x11;
        snprintf(form, sizeof(form),
                 "pagewise: cache objects: object %%p: written %s: byte %d "
                 "is 0x11, should be 0xcc; look for its last owner\n",
                 what[at[i] > 0], at[i]);
        refuse(cache, object, -ERANGE, form);
        object[at[i]] = (char)0xcc;
    }
    assert_int_equal(pw_cache_free(cache, object), 0);
    unmake(cache);
}

static void a_write_after_a_free_is_found(void **state)
{
    char *object, *next;
    struct pw_cache_stat stat;

    (void)state;
    cache = make("objects", 100, PW_CACHE_POISON | PW_CACHE_RED_ZONE);
    object = pw_cache_alloc(cache);
    assert_int_equal((unsigned char)object[50], 0x5a);
    assert_int_equal(pw_cache_free(cache, object), 0);
    assert_int_equal((unsigned char)object[50], 0x6b);
    assert_int_equal((unsigned char)object[99], 0xa5);
    object[50] = 0;
    says_begin();
    next = pw_cache_alloc(cache); /* another one: this is evidence */
    assert_says("pagewise: cache objects: object %p: written after it was "
                "freed: byte 50 is 0x00, should be 0x6b; look for its last "
                "owner\n",
                (void *)object);
    assert_ptr_not_equal(next, object);
    pw_cache_stat(cache, &stat);
    assert_int_equal(stat.active, 2); /* it stays out of use */
    assert_int_equal(pw_cache_free(cache, next), 0);
    /* By its own red zone it was never given out. */
    memset(object - 8, 0xcc, 8);
    memset(object + 100, 0xcc, 12);
    assert_int_equal(pw_cache_free(cache, object), 0);
    unmake(cache);
}

static void a_corrupt_cache_is_noticed(void **state)
{
    char *object;

    (void)state;
    cache = make("objects", 32, PW_CACHE_NO_MAGAZINES);
    object = pw_cache_alloc(cache);
    object -= (uintptr_t)object % 4096;
    object[40] ^= 2; /* the bitmap on the slab */
    says_begin();
    assert_int_equal(pw_cache_check(cache), -EINVAL);
    assert_says("pagewise: cache objects is corrupt at %p: a slab's "
                "count and bitmap disagree; a caller wrote where it "
                "should not, or freed twice\n",
                (void *)object);
    object[40] ^= 2;
    assert_int_equal(pw_cache_free(cache, object + 48), 0);
    unmake(cache);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(impossible_caches_are_refused),
        TEST(the_front_wants_its_zone),
        TEST(there_are_no_more_caches_than_tags),
        TEST(a_double_free_is_refused),
        TEST(a_late_double_free_is_found_at_the_slab),
        TEST(a_double_free_may_outlive_its_slab),
        TEST(an_object_of_another_cache_is_refused),
        TEST(a_wild_address_is_refused),
        TEST(a_misaligned_address_is_refused),
        TEST(behind_the_last_object_is_refused),
        TEST(a_bulk_free_frees_the_good_and_names_the_bad),
        TEST(destroying_a_cache_in_use_is_refused),
        TEST(a_write_beyond_an_object_is_found),
        TEST(a_write_after_a_free_is_found),
        TEST(a_corrupt_cache_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
