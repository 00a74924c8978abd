/* SPDX-License-Identifier: MIT */
/* Uses pages and nothing else. */
#include <pagewise/page.h>

int main(void)
{
    return pw_page_init(64) || pw_free_page(pw_get_free_page());
}
