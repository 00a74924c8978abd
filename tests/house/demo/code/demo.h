/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Demo: an allocator that gives pieces of one page and takes none back.
 *
 * Sizes are in bytes, blocks aligned to 16. NULL when the page is full.
 * One thread at a time.
 */
#ifndef PW_DEMO_H
#define PW_DEMO_H

#include "../page/page.h"

void *pw_demo_alloc(size_t size);

#endif
//< theory
