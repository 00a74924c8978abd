/* SPDX-License-Identifier: MIT */
/* page.c's second half: states of a zone, not times. */
#ifndef PW_PAGE_STATE_H
#define PW_PAGE_STATE_H

/* Records page.frag and page.split and writes page-buddyinfo.txt. */
void page_state(void);

#endif
