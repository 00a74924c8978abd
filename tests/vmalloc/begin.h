/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests of code/vmalloc begin and end with: a zone and a
 * space for each test, and in the end nothing may be in use.
 */
#ifndef PW_TESTS_VMALLOC_H
#define PW_TESTS_VMALLOC_H

#include "../common/unit.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "../../code/vmalloc/vmalloc.h"

#define FRAMES 4096u
#define PAGES 10000u
#define PAGE PORT_PAGE_SIZE

static struct pw_vspace *const space = &pw_vmalloc_space;

static int begin(void **state)
{
    (void)state;
    return pw_page_init(FRAMES) || pw_vmalloc_init(PAGES);
}

static size_t frames_used(void)
{
    struct pw_zone_stat stat;

    pw_zone_stat(&pw_contig_zone, &stat);
    return stat.used;
}

static struct pw_vspace_stat stat_of_space(void)
{
    struct pw_vspace_stat stat;

    pw_vspace_stat(space, &stat);
    return stat;
}

/* Nothing is in use, and after a purge all is one range again. */
static int end(void **state)
{
    (void)state;
    if (pw_vspace_check(space) || stat_of_space().areas)
        return -1;
    pw_vspace_purge(space);
    if (stat_of_space().largest != PAGES - 1 || frames_used() ||
        pw_vspace_check(space) || pw_zone_check(&pw_contig_zone))
        return -1;
    pw_vmalloc_exit();
    pw_page_exit();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
