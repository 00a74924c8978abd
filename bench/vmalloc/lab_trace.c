// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Listening to one vmalloc: the page allocator's and the slab's trace
 * events, and kprobes that count calls of the page allocator's doors.
 *
 *   vmalloc.calls   x: size in KiB. Calls of the page allocator during
 *                   one vmalloc: for one block (single), for many pages
 *                   at once (bulk); blocks that the trace shows (blocks)
 *                   and frames in the largest (largest); pages and calls
 *                   of kmalloc for other things (tables, kmallocs)
 *
 * An event counts only while the listening task is inside the call. What
 * the bulk call hands out passes the tracepoint by on some kernels.
 */
#include "lab_parts.h"

#include <linux/bitmap.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

enum { EVENTS = 20000 };

struct event {
    unsigned long where; /* frame of a page, or call site of a kmalloc */
    u32 size;            /* order, or bytes */
    gfp_t gfp;
    bool is_page;
    bool mapped; /* the area's first page was mapped already */
};

static struct event *events;
static unsigned long nevents;
static struct task_struct *listener; /* inside the call, or NULL */
static const char *expected;         /* where the area will probably lie */

static void add(struct event event)
{
    if (READ_ONCE(listener) != current || in_interrupt())
        return;
    event.mapped = lab_mapped_by(expected) != 0;
    if (nevents < EVENTS)
        events[nevents++] = event;
}

//> probes
/* The first arguments of the tracepoints; what follows is left alone. */
static void on_page_alloc(void *data, struct page *page, unsigned order,
                          gfp_t gfp)
{
    if (page)
        add((struct event){page_to_pfn(page), order, gfp, true});
}

static void on_kmalloc(void *data, unsigned long site, const void *object,
                       size_t wanted, size_t got, gfp_t gfp)
{
    add((struct event){site, (u32)got, gfp, false});
}

static struct {
    const char *name;
    void *probe;
    struct tracepoint *point;
} probes[] = {
    {"mm_page_alloc", on_page_alloc},
    {"kmalloc", on_kmalloc},
    {"kmalloc_node", on_kmalloc},
};

static void find_tracepoint(struct tracepoint *point, void *unused)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(probes); i++)
        if (strcmp(point->name, probes[i].name) == 0)
            probes[i].point = point;
}
//< probes

/* ---- The page allocator's doors ------------------------------------- */

/* One name a door and kernel; the first that exists is the one. */
static struct door {
    const char *names[4];
    unsigned long calls;
    int error; /* of the last attempt to watch it; 0: watched */
#ifdef CONFIG_KPROBES
    struct kprobe probe;
#endif
} doors[] = {
    {{"__alloc_frozen_pages_noprof", "__alloc_pages_noprof",
      "__alloc_pages", "__alloc_pages_nodemask"}},
    {{"alloc_pages_bulk_noprof", "__alloc_pages_bulk"}},
    {{"get_free_pages_noprof", "__get_free_pages"}},
};

enum { SINGLE, BULK, GET_FREE, DOORS };

#ifdef CONFIG_KPROBES
/*
 * A probe by breakpoint runs as if in an NMI, which counts as one hardware
 * interrupt: is there another besides, or a soft one?
 */
static bool in_another_interrupt(void)
{
    const unsigned own = in_nmi() ? HARDIRQ_OFFSET : 0;

    return (preempt_count() & (HARDIRQ_MASK | SOFTIRQ_MASK)) != own;
}

static int on_door(struct kprobe *probe, struct pt_regs *regs)
{
    if (READ_ONCE(listener) == current && !in_another_interrupt())
        container_of(probe, struct door, probe)->calls++;
    return 0;
}

static void watch(struct door *door)
{
    int i;

    for (i = 0; i < 4 && door->names[i]; i++) {
        door->probe = (struct kprobe){.symbol_name = door->names[i],
                                      .pre_handler = on_door};
        door->error = register_kprobe(&door->probe);
        if (!door->error)
            return;
    }
    door->probe = (struct kprobe){};
}

static void unwatch(struct door *door)
{
    if (door->probe.symbol_name)
        unregister_kprobe(&door->probe);
}
#else
static void watch(struct door *door)
{
}

static void unwatch(struct door *door)
{
}
#endif

/* ---- Listening ------------------------------------------------------ */

static bool begin(void)
{
    unsigned i;

    events = vmalloc(EVENTS * sizeof(*events));
    if (!events)
        return false;
    for_each_kernel_tracepoint(find_tracepoint, NULL);
    for (i = 0; i < ARRAY_SIZE(probes); i++)
        if (probes[i].point)
            tracepoint_probe_register(probes[i].point, probes[i].probe,
                                      NULL);
    for (i = 0; i < DOORS; i++)
        watch(&doors[i]);
    return probes[0].point != NULL;
}

static void end(void)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(probes); i++)
        if (probes[i].point)
            tracepoint_probe_unregister(probes[i].point, probes[i].probe,
                                        NULL);
    tracepoint_synchronize_unregister();
    for (i = 0; i < DOORS; i++)
        unwatch(&doors[i]);
    vfree(events);
}

static void *listened_vmalloc(size_t size)
{
    void *area;
    int i;

    for (i = 0; i < DOORS; i++)
        doors[i].calls = 0;
    nevents = 0;
    WRITE_ONCE(listener, current);
    area = vmalloc(size);
    WRITE_ONCE(listener, NULL);
    return area;
}

/* Mark the area's frames, by frame number. */
static unsigned long *frames_of(const char *area, size_t pages)
{
    unsigned long *set =
        kvcalloc(BITS_TO_LONGS(node_end_pfn(0)), sizeof(long), GFP_KERNEL);
    size_t i;

    for (i = 0; set && i < pages; i++)
        __set_bit(vmalloc_to_pfn(area + i * PAGE_SIZE), set);
    return set;
}

/* What the events of one call come to. */
struct sum {
    unsigned long blocks, largest; /* for the area itself */
    unsigned long early;           /* of them, before the first mapping */
    unsigned long frames;          /* in them */
    unsigned long tables;          /* other pages, for themselves */
    unsigned long kmallocs, bytes;
    unsigned long may_sleep; /* of the kmallocs: with all of GFP_KERNEL */
    unsigned long may_wait;  /* of the tables, likewise */
};

static struct sum sum_up(const unsigned long *frames)
{
    struct sum sum = {0};
    unsigned long i;

    for (i = 0; i < nevents; i++) {
        const struct event *e = &events[i];
        const bool all = (e->gfp & GFP_KERNEL) == GFP_KERNEL;

        if (e->is_page && test_bit(e->where, frames)) {
            sum.blocks++;
            sum.early += !e->mapped;
            sum.frames += 1UL << e->size;
            sum.largest = max(sum.largest, 1UL << e->size);
            continue;
        }
        sum.tables += e->is_page;
        sum.kmallocs += !e->is_page;
        sum.bytes += e->is_page ? 0 : e->size;
        sum.may_sleep += !e->is_page && all;
        sum.may_wait += e->is_page && all;
    }
    return sum;
}

/* ---- Claims --------------------------------------------------------- */

static void print_events(const unsigned long *frames)
{
    static const char *const file = "vmalloc-trace.txt";
    unsigned long i, n;

    for (i = 0; i < nevents; i += n) {
        const struct event *e = &events[i];

        for (n = 1; i + n < nevents && e[n].is_page == e->is_page; n++)
            if (!e->is_page || e[n].size != e->size ||
                test_bit(e[n].where, frames) != test_bit(e->where, frames))
                break;
        if (!e->is_page)
            lab_print(file, "%-28pS kmalloc, %u bytes\n", (void *)e->where,
                      e->size);
        else if (test_bit(e->where, frames))
            lab_print(file, "page allocator: %lu × %lu for the area\n", n,
                      1UL << e->size);
        else
            lab_print(file, "page allocator: %lu × %lu for a table\n", n,
                      1UL << e->size);
    }
    lab_print(file,
              "calls: %lu for one block, %lu for many, %lu of "
              "__get_free_pages\n",
              doors[SINGLE].calls, doors[BULK].calls,
              doors[GET_FREE].calls);
}

static void claim_v6(size_t pages, const struct sum *sum)
{
    const unsigned long single = doors[SINGLE].calls;
    enum lab_verdict verdict = LAB_FAILS;

    if (!IS_ENABLED(CONFIG_KPROBES)) {
        lab_claim("v6", LAB_UNMEASURED,
                  "this kernel has no kprobes to count calls with");
        return;
    }
    if (!single && !doors[BULK].calls && !doors[GET_FREE].calls) {
        lab_claim("v6", LAB_UNMEASURED,
                  "no probe saw where the frames came from; setting the "
                  "three of them gave %d, %d and %d",
                  doors[SINGLE].error, doors[BULK].error,
                  doors[GET_FREE].error);
        return;
    }
    if (doors[GET_FREE].calls >= pages)
        verdict = LAB_HOLDS;
    else if (single >= pages)
        verdict = LAB_LIMIT; /* page by page, through another door */
    lab_claim("v6", verdict,
              "one vmalloc of %zu pages: %lu calls of __get_free_pages, "
              "%lu of the page allocator for one block, %lu for many "
              "pages at once; the trace shows %lu of the pages, in blocks "
              "of up to %lu, %lu of them after the first was mapped",
              pages, doors[GET_FREE].calls, single, doors[BULK].calls,
              sum->frames, sum->largest, sum->blocks - sum->early);
}

static void claim_v7(size_t pages, const struct sum *sum)
{
    const bool all = sum->kmallocs && sum->may_sleep == sum->kmallocs;

    lab_claim("v7",
              !all          ? LAB_FAILS
              : sum->tables ? LAB_LIMIT
                            : LAB_HOLDS,
              "beside the frames of %zu pages: %lu times kmalloc, %lu "
              "bytes, %lu of them with all flags of GFP_KERNEL; and %lu "
              "blocks straight from the page allocator, %lu with them",
              pages, sum->kmallocs, sum->bytes, sum->may_sleep, sum->tables,
              sum->may_wait);
}

/* The size from which a call makes large mappings, in KiB; or 0. */
static unsigned long huge_from(void *(*call)(size_t size))
{
    unsigned long size;

    for (size = PAGE_SIZE; size <= 32 << 20; size *= 2) {
        void *area = call(size);
        const bool huge =
            is_vmalloc_addr(area) && lab_mapped_by(area) > PAGE_SIZE;

        kvfree(area);
        if (huge)
            return size >> 10;
    }
    return 0;
}

static void *call_vmalloc(size_t size)
{
    return vmalloc(size);
}

static void *call_kvmalloc(size_t size)
{
    return kvmalloc(size, GFP_KERNEL);
}

static void claim_v3(void)
{
    const unsigned long v = huge_from(call_vmalloc);
    const unsigned long kv = huge_from(call_kvmalloc);

    lab_claim("v3",
              v    ? LAB_FAILS
              : kv ? LAB_LIMIT
                   : LAB_HOLDS,
              "the smallest area, up to 32 MiB, that is mapped by 2 MiB "
              "instead of 4 KiB: %lu KiB with vmalloc, %lu KiB with "
              "kvmalloc (0: none)",
              v, kv);
}

static void record(size_t kib, const struct sum *sum)
{
    static const char *const name = "vmalloc.calls";

    lab_value(name, "kernel", kib, "blocks", "blocks", sum->blocks * 1000);
    lab_value(name, "kernel", kib, "largest", "pages", sum->largest * 1000);
    lab_value(name, "kernel", kib, "tables", "pages", sum->tables * 1000);
    lab_value(name, "kernel", kib, "kmallocs", "calls",
              sum->kmallocs * 1000);
    if (!IS_ENABLED(CONFIG_KPROBES))
        return;
    lab_value(name, "kernel", kib, "single", "calls",
              doors[SINGLE].calls * 1000ULL);
    lab_value(name, "kernel", kib, "bulk", "calls",
              doors[BULK].calls * 1000ULL);
}

static void listen(size_t kib)
{
    const size_t pages = kib * 1024 / PAGE_SIZE;
    unsigned long *frames;
    struct sum sum;
    char *area;

    expected = vmalloc(kib * 1024);
    vfree(expected);
    vm_unmap_aliases();
    area = listened_vmalloc(kib * 1024);
    frames = area ? frames_of(area, pages) : NULL;
    if (frames) {
        sum = sum_up(frames);
        if (!lab_selftest)
            record(kib, &sum);
        if (kib == 4096)
            claim_v6(pages, &sum);
        if (kib == 64 || kib == 4096)
            lab_print("vmalloc-trace.txt", "%s%zu KiB:\n",
                      kib == 64 ? "" : "\n", kib);
        if (kib == 64 || kib == 4096)
            print_events(frames);
    }
    kvfree(frames);
    vfree(area);
}

/* Addresses that no area had before need page tables of their own. */
static void listen_to_tables(void)
{
    const size_t pages = 16384;
    unsigned long *frames;
    struct sum sum;
    char *area;

    expected = NULL;
    area = listened_vmalloc(pages * PAGE_SIZE);
    frames = area ? frames_of(area, pages) : NULL;
    if (frames) {
        sum = sum_up(frames);
        claim_v7(pages, &sum);
    }
    kvfree(frames);
    vfree(area);
}

void vmalloc_lab_trace(void)
{
    const bool heard = begin();
    size_t kib;

    if (heard)
        listen_to_tables();
    claim_v3();
    if (heard)
        for (kib = 4; kib <= 65536; kib *= 4)
            listen(kib);
    end();
}
