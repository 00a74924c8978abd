/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the page lab tell each other. lab.c asks the
 * kernel (claims); lab_cost.c and lab_bulk.c count what pages
 * cost; lab_frag.c fragments memory.
 */
#ifndef PW_PAGE_LAB_H
#define PW_PAGE_LAB_H

#include "../../code/page/page.h"
#include "../lab/compat.h"
#include "../lab/lab.h"

/* Free blocks of each order, over all zones, as in /proc/buddyinfo. */
struct lab_buddies {
    unsigned long free[NR_PAGE_ORDERS];
};

void lab_read_buddies(struct lab_buddies *b);

void page_lab_claims(void);
int page_lab_cost(void);
int page_lab_bulk(void);
int page_lab_frag(void); /* claim k10 too */

#endif
