/* SPDX-License-Identifier: MIT */
/* One line of progress, with the time that is left of the whole. */
#ifndef PW_PROGRESS_H
#define PW_PROGRESS_H

#include "bench.h"

/* `left`: seconds until this program has done its blocks. */
void progress_show(const char *what, size_t done, size_t of, double left);
void progress_end(void);

#endif
