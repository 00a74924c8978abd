// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include "../../bench/lab/lab.h"
#include <linux/module.h>
static int __init page_lab_init(void)
{
    int error = lab_open("page");
    if (error)
        return error;
    lab_value("page.try", "kernel", 0, "frames", "frames", 1500);
    lab_claim("p3", LAB_HOLDS, "try %d", 1);
    return 0;
}
static void __exit page_lab_exit(void)
{
    lab_close();
}
module_init(page_lab_init);
module_exit(page_lab_exit);
MODULE_LICENSE("Dual MIT/GPL");
