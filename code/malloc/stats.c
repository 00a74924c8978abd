/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Numbers, and giving back on request. Little is counted while a program
 * runs, and only off the quick paths: regions, pages and large blocks.
 * How many of a page's blocks are in use its owner knows, and nobody
 * else asks.
 */
#include "heap.h"
//< theory

//> calls
size_t page_bytes, large_bytes;

API struct pw_mallinfo2 pw_mallinfo2(void)
{
    return (struct pw_mallinfo2){.arena = region_mapped - large_bytes,
                                 .hblkhd = large_bytes,
                                 .uordblks = page_bytes,
                                 .fordblks = region_idle,
                                 .keepcost = region_idle};
}

API void pw_malloc_stats(void)
{
    port_report("malloc: %zu KiB in pages, %zu large, %zu idle, %zu mapped",
                page_bytes / 1024, large_bytes / 1024, region_idle / 1024,
                region_mapped / 1024);
}

API int pw_malloc_info(int options, FILE *to)
{
    if (options == 0)
        return -(fprintf(to,
                         "<malloc version=\"pagewise\">\n<system "
                         "type=\"current\" size=\"%zu\"/>\n</malloc>\n",
                         region_mapped) < 0);
    errno = EINVAL;
    return -1;
}

API int pw_malloc_trim(size_t pad)
{
    heap_drain(heap_mine); /* what others have freed may empty pages */
    return region_trim(pad) + segment_purge(heap_mine) > 0;
}

API int pw_mallopt(int what, int value)
{
    if (what != -1 || value < 0) /* M_TRIM_THRESHOLD */
        return 0;
    region_cap = (size_t)value;
    return 1;
}
//< calls

//> at-exit
/* PAGEWISE_STATS=1 in the environment: a summary when the program ends. */
__attribute__((destructor)) static void summary(void)
{
    const char *wish = getenv("PAGEWISE_STATS");

    if (wish && *wish == '1')
        pw_malloc_stats();
}
//< at-exit
