/* SPDX-License-Identifier: MIT */
#include "../common/unit.h"

#include "../../code/demo/demo.h"

static void gives_until_full(void **state)
{
    size_t n = 0;

    (void)state;
    assert_int_equal(pw_page_init(64), 0);
    while (pw_demo_alloc(100))
        n++;
    assert_int_equal(n, PORT_PAGE_SIZE / 112);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gives_until_full)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
