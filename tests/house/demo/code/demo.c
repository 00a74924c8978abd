/* SPDX-License-Identifier: MIT */
//> alloc
/* The page is taken at the first call; `used` bytes of it are gone. */
#include "demo.h"

static char *page;
static size_t used;

void *pw_demo_alloc(size_t size)
{
    const size_t rounded = (size + 15) & ~(size_t)15;

    if (!page)
        page = pw_get_free_page();
    if (!page || rounded < size || rounded > PORT_PAGE_SIZE - used)
        return NULL;
    used += rounded;
    return page + used - rounded;
}
//< alloc
