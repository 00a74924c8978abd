/* SPDX-License-Identifier: MIT */
/* Quantiles with intervals: the theory stands in stats.h. */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

/* Probability that a binomial(n, q) count is k. */
static double binomial(size_t k, size_t n, double q)
{
    const double choose = lgamma((double)n + 1) - lgamma((double)k + 1) -
                          lgamma((double)(n - k) + 1);

    return exp(choose + (double)k * log(q) + (double)(n - k) * log1p(-q));
}

//> ranks
/*
 * The l-th value lies above the quantile if fewer than l values lie
 * below it: l is the largest with P(count < l) <= 2.5 %. The u-th lies
 * below it if at least u do: u is the smallest with P(count >= u) <=
 * 2.5 %.
 */
void stats_ranks(size_t n, double q, size_t *lo, size_t *hi)
{
    const double tail = 0.025;
    double below;
    size_t k;

    *lo = 1;
    below = binomial(0, n, q);
    for (k = 1; k < n && below + binomial(k, n, q) <= tail; k++) {
        below += binomial(k, n, q);
        *lo = k + 1;
    }
    *hi = n;
    below = binomial(n, n, q);
    for (k = n - 1; k > 0 && below + binomial(k, n, q) <= tail; k--) {
        below += binomial(k, n, q);
        *hi = k;
    }
}
//< ranks

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Between two values by linear interpolation; the median of an even n
 * is the middle of the two in the middle. */
static double quantile(const double *sorted, size_t n, double q)
{
    const double at = q * (double)(n - 1);
    const size_t i = (size_t)at;

    if (i + 1 >= n)
        return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

struct stats stats_quantile(double *values, size_t n, double q)
{
    struct stats s;
    size_t lo, hi;

    qsort(values, n, sizeof(*values), ascending);
    stats_ranks(n, q, &lo, &hi);
    s.value = quantile(values, n, q);
    s.lo = fmin(values[lo - 1], s.value);
    s.hi = fmax(values[hi - 1], s.value);
    return s;
}
