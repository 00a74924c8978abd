/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What changed between the lab's oldest kernel and its newest, as far as
 * the experiments notice. Each name is the newest one's.
 */
#ifndef PW_LAB_COMPAT_H
#define PW_LAB_COMPAT_H

#include <linux/gfp.h>
#include <linux/mmzone.h>
#include <linux/version.h>

/* Until 6.3 MAX_ORDER was the first order that does not exist. */
#ifndef MAX_PAGE_ORDER
#define MAX_PAGE_ORDER (MAX_ORDER - 1)
#endif
#ifndef NR_PAGE_ORDERS
#define NR_PAGE_ORDERS (MAX_PAGE_ORDER + 1)
#endif

/* Came with 5.13, renamed in 6.14. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
#define LAB_HAS_BULK 1
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define alloc_pages_bulk alloc_pages_bulk_array
#endif
#else
#define LAB_HAS_BULK 0
#define alloc_pages_bulk(gfp, n, pages) 0UL
#endif

#endif
