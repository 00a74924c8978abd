/* SPDX-License-Identifier: MIT */
//> stats
/*
 * Numbers, and giving back on request. Little is counted while a program
 * runs, and only off the quick paths: spans, by what they are used for.
 * How many blocks of a span are in use its owner knows, and nobody else
 * asks.
 */
#include "malloc_core.h"

PW_API struct pw_mallinfo2 pw_mallinfo2(void)
{
    return (struct pw_mallinfo2){
        .arena =
            port_read(pw_span_mapped) - port_read(pw_span_used[PW_LARGE]),
        .hblkhd = port_read(pw_span_used[PW_LARGE]),
        .uordblks = port_read(pw_span_used[PW_SMALL]),
        .fordblks = port_read(pw_span_idle),
        .keepcost = port_read(pw_span_idle)};
}

PW_API void pw_malloc_stats(void)
{
    pw_malloc_say("%zu KiB in pages, %zu large, %zu idle, %zu mapped",
                  port_read(pw_span_used[PW_SMALL]) / 1024,
                  port_read(pw_span_used[PW_LARGE]) / 1024,
                  port_read(pw_span_idle) / 1024,
                  port_read(pw_span_mapped) / 1024);
}

PW_API int pw_malloc_info(int options, FILE *to)
{
    if (options == 0)
        return -(fprintf(to,
                         "<malloc version=\"pagewise\">\n<system "
                         "type=\"current\" size=\"%zu\"/>\n</malloc>\n",
                         port_read(pw_span_mapped)) < 0);
    errno = EINVAL;
    return -1;
}

PW_API int pw_malloc_trim(size_t pad)
{
    const size_t before = port_read(pw_span_idle);

    __atomic_fetch_add(&pw_heap_trims, 1, __ATOMIC_RELAXED);
    if (pw_heap_mine)
        pw_heap_flush(pw_heap_mine);
    pw_heap_flush_parked();
    return pw_span_trim(pad) || port_read(pw_span_idle) < before;
}

PW_API int pw_mallopt(int what, int value)
{
    if (what != -1 || value < 0) /* M_TRIM_THRESHOLD */
        return 0;
    port_write(pw_span_cap, (size_t)value);
    port_write(pw_span_share, 0);
    return 1;
}

/* PAGEWISE_STATS=1 in the environment: a summary when the program ends. */
__attribute__((destructor)) static void summary(void)
{
    const char *wish = getenv("PAGEWISE_STATS");

    if (wish && *wish == '1')
        pw_malloc_stats();
}
//< stats
