/* SPDX-License-Identifier: MIT */
/* measuring.c's second half: the noise. */
#ifndef PW_NOISE_H
#define PW_NOISE_H

void noise_add(void);    /* before bench_run(): the A/A comparison */
void noise_record(void); /* after it: what follows from it, and the rest */

#endif
