/* SPDX-License-Identifier: MIT */
/*
 * Swap in compressed memory: the modules of /swap, loaded in the order of
 * their names, give /dev/zram0.
 */
#ifndef PW_LAB_SWAP_H
#define PW_LAB_SWAP_H

/*
 * Make a swap device of so many MiB and use it. 0, or -1 with errno set
 * and *what telling the step that failed.
 */
int swap_on(const char *mib, const char **what);

#endif
