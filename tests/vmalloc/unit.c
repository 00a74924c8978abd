/* SPDX-License-Identifier: MIT */
/*
 * Unit tests of code/vmalloc: each promise of vmalloc.h once, in the
 * smallest case that shows it; accesses that must fault do so in a child
 * process that catches its own signal. (vmalloc_refuse.c: bad input.)
 */
#include "begin.h"

/* ---- faults -------------------------------------------------------- */

static const volatile char *fault_expected;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    _exit(info->si_addr == (const void *)fault_expected ? 42 : 43);
}

/* Does a child that reads and writes this byte fault, just there? */
static bool faults(char *at, bool write)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};
    int status;
    pid_t child = _Fork(); /* a child that may touch what is shared */

    assert_true(child >= 0);
    if (child == 0) {
        fault_expected = at;
        sigaction(SIGSEGV, &action, NULL);
        if (write)
            *(volatile char *)at = 1;
        else
            (void)*(volatile char *)at;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 43);
    return WEXITSTATUS(status) == 42;
}

static void an_overrun_hits_the_guard(void **state)
{
    char *p = pw_vmalloc(3 * PAGE), *q = pw_vmalloc(1);

    (void)state;
    assert_ptr_equal(q, p + 4 * PAGE);
    assert_false(faults(p, true));
    assert_false(faults(p + 3 * PAGE - 1, true));
    assert_true(faults(p + 3 * PAGE, true));
    assert_true(faults(p + 3 * PAGE, false));
    assert_true(faults(p + 4 * PAGE - 1, false));
    assert_true(faults(p - 1, true)); /* page 0 guards the first area */
    assert_true(faults(q - 1, true));
    assert_int_equal(pw_vfree(p), 0);
    assert_int_equal(pw_vfree(q), 0);
}

static void use_after_free_faults(void **state)
{
    char *p = pw_vmalloc(2 * PAGE);

    (void)state;
    assert_false(faults(p, true));
    assert_int_equal(pw_vfree(p), 0);
    assert_true(faults(p, false));
    assert_true(faults(p, true));
    assert_true(faults(p + 2 * PAGE - 1, true));
    /* The addresses wait for the purge, so nobody else gets them yet. */
    char *q = pw_vmalloc(2 * PAGE);
    assert_true(q > p);
    assert_true(faults(p, true));
    assert_int_equal(pw_vfree(q), 0);
}

/* ---- what is given ------------------------------------------------- */

static void memory_is_usable_and_is_the_zones(void **state)
{
    static const size_t sizes[] = {
        1, PAGE - 1, PAGE, PAGE + 1, 5 * PAGE, 1000 * PAGE, FRAMES * PAGE};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        const size_t n = (sizes[i] + PAGE - 1) / PAGE;
        char *p = pw_vmalloc(sizes[i]);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % PAGE, 0);
        assert_int_equal(frames_used(), n);
        for (size_t at = 0; at < n; at++) {
            struct pw_page *page = pw_vmalloc_to_page(p + at * PAGE + 5);
            char *direct = pw_page_address(&pw_contig_zone, page);

            p[at * PAGE + 7] = (char)at; /* one frame, two addresses */
            assert_int_equal(direct[7], (char)at);
            assert_int_equal(pw_vmalloc_to_pfn(p + at * PAGE),
                             pw_page_to_pfn(&pw_contig_zone, page));
        }
        assert_int_equal(pw_vfree(p), 0);
        assert_int_equal(frames_used(), 0);
    }
}

static void it_works_where_no_two_frames_are_neighbours(void **state)
{
    static void *held[FRAMES];
    char *p;

    (void)state;
    for (size_t i = 0; i < FRAMES; i++)
        held[i] = pw_get_free_page();
    for (size_t i = 0; i < FRAMES; i++)
        if ((pw_page_to_pfn(&pw_contig_zone,
                            pw_virt_to_page(&pw_contig_zone, held[i])) &
             1) == 0) {
            assert_int_equal(pw_free_page(held[i]), 0);
            held[i] = NULL;
        }
    assert_null(pw_get_free_pages(1)); /* not even two */
    p = pw_vmalloc(FRAMES / 2 * PAGE); /* and yet all at once */
    assert_non_null(p);
    memset(p, 0x5a, FRAMES / 2 * PAGE);
    for (size_t i = 1; i < FRAMES / 2; i++)
        assert_int_not_equal(pw_vmalloc_to_pfn(p + i * PAGE),
                             pw_vmalloc_to_pfn(p + (i - 1) * PAGE) + 1);
    assert_int_equal(pw_vfree(p), 0);
    for (size_t i = 0; i < FRAMES; i++)
        assert_int_equal(pw_free_page(held[i]), 0);
}

static void vzalloc_is_zero(void **state)
{
    char *p = pw_vmalloc(10 * PAGE);

    (void)state;
    memset(p, 0xff, 10 * PAGE);
    assert_int_equal(pw_vfree(p), 0);
    p = pw_vzalloc(10 * PAGE);
    for (size_t i = 0; i < 10 * PAGE; i++)
        assert_int_equal(p[i], 0);
    assert_int_equal(pw_vfree(p), 0);
}

static void vmap_maps_what_it_is_given(void **state)
{
    struct pw_page *frames[4];
    char *p;

    (void)state;
    frames[0] = frames[3] = pw_alloc_pages(0); /* one frame, twice */
    frames[1] = pw_alloc_pages(0);
    frames[2] = pw_alloc_pages(0);
    p = pw_vmap(frames, 4);
    assert_non_null(p);
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(pw_vmalloc_to_page(p + i * PAGE), frames[i]);
    p[0] = 77;
    assert_int_equal(p[3 * PAGE], 77);
    assert_true(faults(p + 4 * PAGE, true));
    assert_int_equal(pw_vunmap(p), 0);
    assert_true(faults(p, true));
    assert_int_equal(frames_used(), 3); /* they stay the caller's */
    assert_int_equal(pw_zone_free_bulk(&pw_contig_zone, 3, frames), 0);
}

static void an_address_outside_leads_to_no_frame(void **state)
{
    char *p = pw_vmalloc(PAGE), local;

    (void)state;
    assert_true(pw_is_vmalloc_addr(p));
    assert_false(pw_is_vmalloc_addr(&local));
    assert_int_equal(pw_vmalloc_to_pfn(p + PAGE), SIZE_MAX);
    assert_int_equal(pw_vmalloc_to_pfn(p - 1), SIZE_MAX);
    assert_int_equal(pw_vmalloc_to_pfn(&local), SIZE_MAX);
    assert_null(pw_vmalloc_to_page(NULL));
    assert_int_equal(pw_vfree(p), 0);
    assert_int_equal(pw_vmalloc_to_pfn(p), SIZE_MAX);
}

static void the_purge_comes_by_itself(void **state)
{
    size_t most = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(pw_vfree(pw_vmalloc(PAGE)), 0);
        if (stat_of_space().lazy > most)
            most = stat_of_space().lazy;
    }
    assert_true(most > PAGES / 10 && most <= PAGES / 8);
}

static void the_list_has_the_kernels_shape(void **state)
{
    char *a = pw_vmalloc(3 * PAGE), *b = pw_vmalloc(1), line[200];
    struct pw_page *frame = pw_alloc_pages(0);
    char *c = pw_vmap(&frame, 1), want[200], cut[10];
    size_t at = 0;
    int n;

    (void)state;
    assert_int_equal(pw_vfree(b), 0);
    n = pw_vmallocinfo(&at, line, sizeof(line));
    assert_int_equal(n, strlen(line));
    snprintf(want, sizeof(want), "%p-%p   16384 0x", (void *)a,
             (void *)(a + 4 * PAGE));
    assert_memory_equal(line, want, strlen(want));
    assert_string_equal(strstr(line, "pages="), "pages=3 vmalloc");
    pw_vmallocinfo(&at, line, sizeof(line));
    snprintf(want, sizeof(want), "%p-%p    8192 unpurged vm_area",
             (void *)b, (void *)(b + 2 * PAGE));
    assert_string_equal(line, want);
    pw_vmallocinfo(&at, line, sizeof(line));
    assert_string_equal(strstr(line, "pages="), "pages=1 vmap");
    assert_int_equal(pw_vmallocinfo(&at, line, sizeof(line)), 0);
    at = 0;
    assert_int_equal(pw_vmallocinfo(&at, cut, sizeof(cut)), n);
    assert_int_equal(pw_vfree(a), 0);
    assert_int_equal(pw_vunmap(c), 0);
    assert_int_equal(pw_zone_free(&pw_contig_zone, frame, 0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_overrun_hits_the_guard),
        TEST(use_after_free_faults),
        TEST(memory_is_usable_and_is_the_zones),
        TEST(it_works_where_no_two_frames_are_neighbours),
        TEST(vzalloc_is_zero),
        TEST(vmap_maps_what_it_is_given),
        TEST(an_address_outside_leads_to_no_frame),
        TEST(the_purge_comes_by_itself),
        TEST(the_list_has_the_kernels_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
