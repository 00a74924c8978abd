/* SPDX-License-Identifier: MIT */
/*
 * A quantile and its 95 % interval by order statistics.
 *
 * Sort the n values. How many of them lie below the true q-quantile is
 * binomial(n, q), whatever the distribution of the values: no assumption
 * of normality, which times never meet (they have a floor and a long
 * tail). So the l-th and the u-th smallest value enclose the quantile
 * with a probability that depends on l, u, n and q alone, and the ranks
 * are chosen to leave at most 2.5 % on either side.
 *
 * For the median, n = 21 gives the ranks 6 and 16, n = 61 gives 23 and
 * 39. Below n = 6 no two values reach 95 %, and the extremes are given.
 *
 * Sources: G. J. Hahn and W. Q. Meeker, Statistical Intervals, Wiley,
 * 1991, ch. 5; J.-Y. Le Boudec, Performance Evaluation of Computer and
 * Communication Systems, EPFL Press, 2010, sec. 2.2.2.
 */
#ifndef PW_STATS_H
#define PW_STATS_H

#include <stddef.h>

struct stats {
    double value, lo, hi;
};

/* 0 < q < 1, n >= 1. Leaves the values in ascending order. */
struct stats stats_quantile(double *values, size_t n, double q);

/* Ranks, from 1 to n, of the interval's ends. */
void stats_ranks(size_t n, double q, size_t *lo, size_t *hi);

#endif
