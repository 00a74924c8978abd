// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a size gets: how many bytes kmalloc gives, and which cache they
 * come from (claim k7). Every size is asked for; a cache is known by what
 * /proc/slabinfo counts: it is the one that grows while many objects of
 * that size are taken. From some size on no cache serves: the block's
 * pages do not belong to a slab.
 *
 *   kmalloc.given   x: bytes asked for; the smallest and the largest size
 *                   that get the same. bytes: what ksize() says (kernel)
 *                   and pw_ksize() (pw)
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

enum { EVERY_SIZE = 16384, TEXT = 128 << 10, MOST = 8192, RUNS = 64 };

static const char *const file = "kmalloc-caches.txt";

/* Sizes that get the same. */
struct run {
    size_t from, to, given;
    bool slab; /* its pages belong to a slab */
    unsigned order;
};

static struct run runs[RUNS];
static unsigned nruns;

/* ---- Which cache grew? ----------------------------------------------- */

/* One line of /proc/slabinfo: name, objects in use. */
static const char *next_cache(const char *line, char name[40], long *inuse)
{
    *name = '\0';
    sscanf(line, "%39s %ld", name, inuse);
    line = strchr(line, '\n');
    return line ? line + 1 : NULL;
}

/* Read it, and return where the first cache's line begins. */
static const char *read_slabinfo(char *text)
{
    const ssize_t n = lab_read_file("/proc/slabinfo", 0, text, TEXT - 1);
    const char *line;

    if (n <= 0)
        return NULL;
    text[n] = '\0';
    line = strchr(text, '\n'); /* the version */
    return line ? strchr(line + 1, '\n') + 1 : NULL;
}

//> claim-k7
/* The cache with the most objects in use beyond those before. */
static long grown(const char *before, const char *after, char most[40])
{
    long best = 0, was = 0, is = 0;
    char name[40], same[40];

    while (before && after && *before && *after) {
        before = next_cache(before, name, &was);
        after = next_cache(after, same, &is);
        if (strcmp(name, same) == 0 && is - was > best) {
            best = is - was;
            strcpy(most, name);
        }
    }
    return best;
}

static long which_cache(size_t size, unsigned n, char name[40])
{
    char *before = vmalloc(TEXT), *after = vmalloc(TEXT);
    void **object = vmalloc(n * sizeof(*object));
    const char *first = NULL, *second = NULL;
    long best = 0;
    unsigned i;

    if (before && after && object) {
        first = read_slabinfo(before);
        for (i = 0; i < n; i++)
            object[i] = kmalloc(size, GFP_KERNEL);
        second = read_slabinfo(after);
        for (i = 0; i < n; i++)
            kfree(object[i]);
    }
    if (first && second)
        best = grown(first, second, name);
    vfree(object);
    vfree(after);
    vfree(before);
    return best;
}
//< claim-k7

/* ---- Every size ------------------------------------------------------ */

/* Add a size to the run it belongs to; false if no block was had. */
static bool ask(size_t size)
{
    void *block = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
    struct page *page;
    size_t given;

    if (!block)
        return false;
    given = ksize(block);
    page = virt_to_head_page(block);
    if ((!nruns || runs[nruns - 1].given != given) && nruns < RUNS)
        runs[nruns++] = (struct run){
            .from = size,
            .given = given,
            .slab = PageSlab(page),
            .order = compound_order(page),
        };
    runs[nruns - 1].to = size;
    kfree(block);
    return true;
}

/* Returns the smallest size that got nothing. */
static size_t ask_all(void)
{
    size_t size;

    nruns = 0;
    for (size = 1; size <= EVERY_SIZE; size++) {
        if (!ask(size))
            return size;
        if (size % 1024 == 0)
            cond_resched();
    }
    for (; size <= 2 * KMALLOC_MAX_SIZE; size = 2 * (size - 1) + 1)
        if (!ask(size) || !ask(2 * (size - 1)))
            break;
    return size;
}

/* The largest size served by a slab, or 0. Prints what serves each. */
static size_t print_runs(unsigned *named)
{
    const struct run *r;
    size_t last = 0;

    *named = 0;
    lab_print(file, "%8s %8s %8s  %-20s %s\n", "from", "to", "given",
              "served by", "which grew by");
    for (r = runs; r < runs + nruns; r++) {
        char name[40] = "?";
        /* More than lies about in slabs that count as used. */
        const unsigned n = min_t(size_t, MOST, (4 << 20) / r->given);
        long more;

        lab_print(file, "%8zu %8zu %8zu  ", r->from, r->to, r->given);
        if (!r->slab) {
            lab_print(file, "pages of order %u\n", r->order);
            continue;
        }
        last = r->to;
        more = which_cache(r->to, n, name);
        *named += strncmp(name, "kmalloc-", 8) == 0 && more > n / 2;
        lab_print(file, "%-20s %ld for %u\n", name, more, n);
    }
    return last;
}

static void claim_k7(size_t refused)
{
    unsigned named, caches = 0, i;
    const size_t last = print_runs(&named);

    lab_print(file, "%8zu                    nothing\n", refused);
    for (i = 0; i < nruns; i++)
        caches += runs[i].slab;
    lab_claim("k7",
              !caches || named < caches ? LAB_FAILS
              : caches == nruns         ? LAB_HOLDS
                                        : LAB_LIMIT,
              "%u caches named kmalloc-… grow as kmalloc is called, and "
              "serve every size to %zu bytes; from %zu to %zu bytes the "
              "block's pages belong to no slab; %zu bytes are refused",
              named, last, last + 1, runs[nruns - 1].to, refused);
}

/* ---- Rows ------------------------------------------------------------ */

static void record(const char *variant, size_t size, size_t given)
{
    lab_value("kmalloc.given", variant, size, "bytes", "bytes",
              1000ULL * given);
}

static size_t pw_given(size_t size)
{
    void *block = pw_kmalloc(size, PW_GFP_KERNEL);
    const size_t given = block ? pw_ksize(block) : 0;

    pw_kfree(block);
    return given;
}

/* The same of ours; a size that gets something else begins a run. */
static void record_ours(void)
{
    size_t size, given = 0, before = 0;

    for (size = 1; size <= EVERY_SIZE; size++, before = given) {
        given = pw_given(size);
        if (given == before)
            continue;
        if (before)
            record("pw", size - 1, before);
        record("pw", size, given);
    }
    record("pw", EVERY_SIZE, given);
}

void kmalloc_lab_given(void)
{
    const size_t refused = ask_all();
    unsigned i;

    claim_k7(refused);
    for (i = 0; i < nruns; i++) {
        record("kernel", runs[i].from, runs[i].given);
        if (runs[i].to != runs[i].from)
            record("kernel", runs[i].to, runs[i].given);
    }
    if (pw_page_init(4096) == 0) {
        if (pw_kmalloc_init(0, 0) == 0) {
            record_ours();
            pw_kmalloc_exit();
        }
        pw_page_exit();
    }
}
