/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/vmalloc: bad input and want of memory. Every refusal
 * to the letter, and nothing changed by it.
 */
#include "begin.h"

#include <fcntl.h>

#include "../common/says.h"

/* ---- what is refused, and how it is said --------------------------- */

static void an_impossible_size_is_refused(void **state)
{
    (void)state;
    says_begin();
    assert_null(pw_vmalloc(0));
    assert_says("pagewise: pw_vmalloc: 0 bytes; ask for 1 to 16777216\n");
    says_begin();
    assert_null(pw_vmalloc(FRAMES * PAGE + 1));
    assert_says("pagewise: pw_vmalloc: 16777217 bytes; ask for 1 to "
                "16777216\n");
    says_begin();
    assert_null(pw_vzalloc(SIZE_MAX));
    assert_says("pagewise: pw_vmalloc: 18446744073709551615 bytes; ask "
                "for 1 to 16777216\n");
    says_begin();
    assert_null(pw_vmap(NULL, 0));
    assert_says("pagewise: pw_vmap: 0 frames; map 1 to 9998\n");
}

static void what_does_not_fit_the_range_is_refused(void **state)
{
    struct pw_vspace small;
    void *p;

    (void)state;
    assert_int_equal(pw_vspace_init(&small, &pw_contig_zone, 100), 0);
    says_begin();
    assert_null(pw_vspace_alloc(&small, 99 * PAGE, NULL));
    assert_says("pagewise: pw_vmalloc: 405504 bytes; ask for 1 to "
                "401408\n");
    p = pw_vspace_alloc(&small, 98 * PAGE, NULL);
    assert_non_null(p);
    assert_null(pw_vspace_alloc(&small, 1, NULL)); /* no addresses */
    assert_int_equal(frames_used(), 98);
    assert_int_equal(pw_vspace_free(&small, p, PW_V_VMALLOC), 0);
    p = pw_vspace_alloc(&small, 98 * PAGE, NULL); /* purges by itself */
    assert_non_null(p);
    pw_vspace_exit(&small); /* gives the frames back */
    assert_int_equal(frames_used(), 0);
}

static void too_few_frames_are_all_given_back(void **state)
{
    static void *held[FRAMES / 2];
    struct pw_zone_stat before, after;

    (void)state;
    for (size_t i = 0; i < FRAMES / 2; i++)
        held[i] = pw_get_free_page();
    pw_zone_drain(&pw_contig_zone);
    pw_zone_stat(&pw_contig_zone, &before);
    assert_null(pw_vmalloc((FRAMES / 2 + 1) * PAGE));
    assert_null(pw_vmalloc(FRAMES * PAGE));
    pw_zone_drain(&pw_contig_zone);
    pw_zone_stat(&pw_contig_zone, &after);
    assert_memory_equal(&before, &after, sizeof(after));
    assert_int_equal(stat_of_space().areas, 0);
    assert_int_equal(stat_of_space().used, 0);
    for (size_t i = 0; i < FRAMES / 2; i++)
        assert_int_equal(pw_free_page(held[i]), 0);
}

/* How many mappings this process has. */
static size_t mappings(void)
{
    static char text[65536];
    const int maps = open("/proc/self/maps", O_RDONLY);
    size_t lines = 0;
    ssize_t n;

    assert_true(maps >= 0);
    while ((n = read(maps, text, sizeof(text))) > 0)
        for (ssize_t i = 0; i < n; i++)
            lines += text[i] == '\n';
    close(maps);
    return lines;
}

/* Linux limits the mappings of a process; each area here needs many. */
static void too_few_mappings_are_all_given_back(void **state)
{
    static void *areas[100000], *held[70000];
    size_t n = 0, before, odd = 0, at_first, mapped;
    struct pw_vspace big;
    struct pw_zone zone;

    (void)state;
    assert_int_equal(pw_zone_init(&zone, 140000, 0), 0);
    assert_int_equal(pw_vspace_init(&big, &zone, 300000), 0);
    at_first = mappings();
    for (size_t i = 0; i < 140000; i++)
        assert_non_null(pw_zone_alloc(&zone, 0));
    for (size_t i = 0; i < 140000; i += 2)
        held[odd++] = &zone.pages[i];
    assert_int_equal(pw_zone_free_bulk(&zone, odd, (struct pw_page **)held),
                     0);
    do
        areas[n] = pw_vspace_alloc(&big, 100 * PAGE, NULL);
    while (areas[n] && ++n);
    assert_true(n > 10 && n < 700); /* the frames would be for 700 */
    before = big.nareas;
    mapped = mappings();
    assert_null(pw_vspace_alloc(&big, 1000 * PAGE, NULL));
    assert_int_equal(big.nareas, before);
    assert_int_equal(mappings(), mapped);
    struct pw_zone_stat stat;
    pw_zone_stat(&zone, &stat);
    assert_int_equal(stat.used, 70000 + n * 100);
    assert_int_equal(pw_vspace_check(&big), 0);
    while (n)
        assert_int_equal(pw_vspace_free(&big, areas[--n], PW_V_VMALLOC), 0);
    assert_int_equal(mappings(), at_first);
    pw_vspace_purge(&big);
    assert_int_equal(pw_vspace_check(&big), 0);
    pw_vspace_exit(&big);
    pw_zone_exit(&zone);
}

static void refuse_free(const void *p, int err, const char *why)
{
    says_begin();
    assert_int_equal(pw_vfree(p), err);
    assert_says("pagewise: free of %p: %s\n", p, why);
}

static void a_wild_free_is_refused(void **state)
{
    static const char wild[] = "not an address of this space; free it "
                               "where it was allocated";
    static const char inside[] = "it lies inside an area; free what the "
                                 "allocation returned";
    char *p = pw_vmalloc(2 * PAGE), local;

    (void)state;
    refuse_free(&local, -EFAULT, wild);
    refuse_free((void *)8, -EFAULT, wild);
    refuse_free((void *)UINTPTR_MAX, -EFAULT, wild);
    refuse_free(p - 1, -EFAULT, wild);
    refuse_free(p + (PAGES - 1) * PAGE, -EFAULT, wild);
    refuse_free(p + 1, -EINVAL, inside);
    refuse_free(p + PAGE, -EINVAL, inside);
    refuse_free(p + 2 * PAGE, -EINVAL, inside); /* the guard */
    refuse_free(p + 3 * PAGE, -EALREADY,
                "it is free already; free an area once");
    assert_int_equal(pw_vfree(NULL), 0);
    assert_int_equal(pw_vfree(p), 0);
}

static void a_double_free_is_refused(void **state)
{
    static const char again[] = "it is free already; free an area once";
    char *p = pw_vmalloc(2 * PAGE);

    (void)state;
    assert_int_equal(pw_vfree(p), 0);
    refuse_free(p, -EALREADY, again); /* lazy */
    refuse_free(p + PAGE, -EALREADY, again);
    pw_vspace_purge(space);
    refuse_free(p, -EALREADY, again); /* free */
}

static void the_wrong_kind_of_free_is_refused(void **state)
{
    struct pw_page *frame = pw_alloc_pages(0);
    void *mapped = pw_vmap(&frame, 1), *p = pw_vmalloc(1);

    (void)state;
    refuse_free(mapped, -EINVAL,
                "it is from pw_vmap; free it by "
                "pw_vunmap");
    says_begin();
    assert_int_equal(pw_vunmap(p), -EINVAL);
    assert_says("pagewise: free of %p: it is from pw_vmalloc; free it by "
                "pw_vfree\n",
                p);
    assert_int_equal(pw_vfree(p), 0);
    assert_int_equal(pw_vunmap(mapped), 0);
    assert_int_equal(pw_zone_free(&pw_contig_zone, frame, 0), 0);
}

static void a_foreign_frame_is_not_mapped(void **state)
{
    static struct pw_page stranger;
    struct pw_page *frames[2] = {pw_alloc_pages(0), &stranger};

    (void)state;
    says_begin();
    assert_null(pw_vmap(frames, 2));
    assert_says("pagewise: pw_vmap: frame 1 of 2 is not of this zone; map "
                "what the zone gave\n");
    assert_int_equal(pw_zone_free(&pw_contig_zone, frames[0], 0), 0);
}

static void a_space_refuses_impossible_sizes(void **state)
{
    struct pw_vspace other;

    (void)state;
    assert_int_equal(pw_vspace_init(&other, &pw_contig_zone, 0), -EINVAL);
    assert_int_equal(pw_vspace_init(&other, &pw_contig_zone, 2), -EINVAL);
    assert_int_equal(pw_vspace_init(&other, &pw_contig_zone, UINT32_MAX),
                     -EINVAL);
    assert_int_equal(pw_vspace_init(&other, &pw_contig_zone, SIZE_MAX),
                     -EINVAL);
    assert_int_equal(pw_vspace_init(&other, &pw_contig_zone, 3), 0);
    pw_vspace_exit(&other);
}

static void there_is_one_space_for_all(void **state)
{
    struct pw_page *frame = pw_alloc_pages(0);
    void *p = pw_vmalloc(PAGE);

    (void)state;
    assert_int_equal(pw_vmalloc_init(100), -EBUSY);
    assert_int_equal(space->npages, PAGES);
    assert_int_equal(pw_vfree(p), 0);
    pw_vmalloc_exit();
    says_begin(); /* and now there is none */
    assert_null(pw_vmalloc(1));
    assert_null(pw_vzalloc(1));
    assert_null(pw_vmap(&frame, 1));
    assert_int_equal(pw_vfree(p), -EFAULT);
    assert_int_equal(pw_vunmap(p), -EFAULT);
    assert_says(
        "pagewise: pw_vmalloc: no addresses; call pw_vmalloc_init() first\n"
        "pagewise: pw_vzalloc: no addresses; call pw_vmalloc_init() first\n"
        "pagewise: pw_vmap: no addresses; call pw_vmalloc_init() first\n"
        "pagewise: pw_vfree: no addresses; call pw_vmalloc_init() first\n"
        "pagewise: pw_vunmap: no addresses; call pw_vmalloc_init() "
        "first\n");
    assert_int_equal(pw_vfree(NULL), 0);
    assert_int_equal(pw_vmalloc_to_pfn(p), SIZE_MAX);
    assert_null(pw_vmalloc_to_page(p));
    assert_false(pw_is_vmalloc_addr(p));
    assert_int_equal(pw_zone_free(&pw_contig_zone, frame, 0), 0);
    assert_int_equal(pw_vmalloc_init(PAGES), 0);
}

static void a_space_without_memory_says_so(void **state)
{
    struct rlimit old, tight;
    struct pw_vspace other;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
    tight = old;
    tight.rlim_cur = (rlim_t)1 << 30;
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    const int entries =
        pw_vspace_init(&other, &pw_contig_zone, (size_t)1 << 31);
    const int range =
        pw_vspace_init(&other, &pw_contig_zone, (size_t)1 << 20);
    assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
    assert_int_equal(entries, -ENOMEM);
    assert_int_equal(range, -ENOMEM);
}

static void a_corrupt_space_is_noticed(void **state)
{
    struct pw_vpage *node = &space->pages[PAGES - 1];

    (void)state;
    node->size--;
    says_begin();
    assert_int_equal(pw_vspace_check(space), -EINVAL);
    assert_says("pagewise: space is corrupt at page 1: a free range has no "
                "node; a caller wrote where it should not\n");
    node->size++;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_impossible_size_is_refused),
        TEST(what_does_not_fit_the_range_is_refused),
        TEST(too_few_frames_are_all_given_back),
        TEST(too_few_mappings_are_all_given_back),
        TEST(a_wild_free_is_refused),
        TEST(a_double_free_is_refused),
        TEST(the_wrong_kind_of_free_is_refused),
        TEST(a_foreign_frame_is_not_mapped),
        TEST(a_space_refuses_impossible_sizes),
        TEST(there_is_one_space_for_all),
        TEST(a_space_without_memory_says_so),
        TEST(a_corrupt_space_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
