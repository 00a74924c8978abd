/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Does the demo give two neighbours, inside a kernel too? */
#include "../../code/demo/demo.h"
#include "../lab/lab.h"

//> claim-d1
static int ask(void)
{
    char *first, *second;
    int error = pw_page_init(2048);

    if (error)
        return error;
    first = pw_demo_alloc(100);
    second = pw_demo_alloc(1);
    lab_claim("d1", first && second - first == 112 ? LAB_HOLDS : LAB_FAILS,
              "the second block lies %ld bytes behind the first",
              (long)(second - first));
    lab_value("demo.behind", "pw", LAB_NO_X, "distance", "bytes",
              (u64)(second - first) * 1000);
    pw_page_exit();
    return 0;
}
//< claim-d1

LAB_MODULE(demo, ask);
