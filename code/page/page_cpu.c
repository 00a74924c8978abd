/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The per-CPU lists of single frames, and the way into the allocator.
 *
 * Pages of processes and files come one by one, and the best frame to give
 * is the one freed last: its lines are still in this CPU's cache. So each
 * CPU keeps a small stack of frames in front of the lock. It is filled
 * and emptied a batch at a time, and between two batches a call takes no
 * lock. It writes a line that another CPU writes too only where frames of
 * both have their descriptors in it: a line holds four.
 *
 * To the core a frame on such a stack is a used block of order 0. That
 * is the price: it keeps its buddy from merging, and when memory is
 * short the stacks must be given back before a request may fail.
 *
 * Between calls: 0 <= count <= 2 * batch on every stack, and the frames
 * on it are PW_CACHED. Every path pins first and locks second.
 */
#include "page_core.h"
//< theory

//> push-pop
static inline struct pw_page *cpu_pop(struct pw_cpu *cpu)
{
    const uint32_t n = cpu->count;
    struct pw_page *page;

    if (n == 0)
        return NULL;
    port_write(cpu->count, n - 1);
    page = cpu->stack[n - 1];
    port_write(page->state, PW_USED);
    return page;
}

static inline bool cpu_push(struct pw_cpu *cpu, struct pw_page *page)
{
    const uint32_t n = cpu->count;

    if (n >= port_read(cpu->high))
        return false;
    port_write(page->state, PW_CACHED);
    cpu->stack[n] = page;
    port_write(cpu->count, n + 1);
    return true;
}
//< push-pop

//> cpu-batch
/* Move a batch from the free lists to this CPU's stack. */
static void cpu_refill(struct pw_zone *zone, struct pw_cpu *cpu)
{
    uint32_t n = cpu->count;
    const uint32_t want = n + zone->batch;
    struct pw_page *page;

    port_lock(&zone->lock);
    while (n < want && (page = pw_buddy_take(zone, 0)) != NULL) {
        port_write(page->state, PW_CACHED);
        cpu->stack[n++] = page;
    }
    port_unlock(&zone->lock);
    port_write(cpu->count, n);
}

/* Give the n coldest frames back: those at the bottom of the stack. */
static void cpu_flush(struct pw_zone *zone, struct pw_cpu *cpu, uint32_t n)
{
    uint32_t i;

    port_lock(&zone->lock);
    for (i = 0; i < n; i++)
        pw_buddy_give(zone, cpu->stack[i], 0);
    port_unlock(&zone->lock);
    memmove(cpu->stack, cpu->stack + n,
            (cpu->count - n) * sizeof(*cpu->stack));
    port_write(cpu->count, cpu->count - n);
}
//< cpu-batch

//> drain
static void drain_pinned(struct pw_zone *zone, int me)
{
    unsigned cpu;

    if (zone->batch == 0)
        return;
    for (cpu = 0; cpu < port_cpus(); cpu++) {
        if ((int)cpu == me)
            cpu_flush(zone, &zone->cpus[cpu], zone->cpus[cpu].count);
        else if (port_read(zone->cpus[cpu].count) > 0)
            port_write(zone->cpus[cpu].high, 0);
    }
}

void pw_zone_drain(struct pw_zone *zone)
{
    port_pin_t pin;
    const int me = port_pin(&pin);

    drain_pinned(zone, me);
    port_unpin(&pin);
}
//< drain

//> alloc-slow
static struct pw_page *take_locked(struct pw_zone *zone, unsigned order)
{
    struct pw_page *page;

    port_lock(&zone->lock);
    page = pw_buddy_take(zone, order);
    port_unlock(&zone->lock);
    return page;
}

/* The stack is empty, or the order is not 0, or there is no stack. */
static __attribute__((__noinline__)) struct pw_page *
alloc_slow(struct pw_zone *zone, unsigned order, int me)
{
    struct pw_page *page;

    if (order > PW_MAX_ORDER) {
        port_report("pw_zone_alloc: order %u; the largest is %d", order,
                    PW_MAX_ORDER);
        return NULL;
    }
    if (order == 0 && zone->batch != 0 && me >= 0) {
        cpu_refill(zone, &zone->cpus[me]);
        page = cpu_pop(&zone->cpus[me]);
    } else {
        page = take_locked(zone, order);
    }
    if (page)
        return page;
    drain_pinned(zone, me);
    return take_locked(zone, order);
}
//< alloc-slow

//> alloc
struct pw_page *pw_zone_alloc(struct pw_zone *zone, unsigned order)
{
    struct pw_page *page = NULL;
    port_pin_t pin;
    const int me = port_pin(&pin);

    if (order == 0 && port_likely(me >= 0))
        page = cpu_pop(&zone->cpus[me]);
    if (port_unlikely(!page))
        page = alloc_slow(zone, order, me);
    port_unpin(&pin);
    return page;
}
//< alloc

//> free
static inline bool is_used_block(const struct pw_zone *zone,
                                 const struct pw_page *page, unsigned order)
{
    return pw_page_to_pfn(zone, page) < zone->nframes &&
           pw_used_order(page) == order;
}

/* An order so large that it looked like a tag gets no further. */
static __attribute__((__noinline__)) int
give_locked(struct pw_zone *zone, struct pw_page *page, unsigned order)
{
    if (port_unlikely(order > PW_MAX_ORDER))
        return pw_page_misuse(zone, page, order);
    port_lock(&zone->lock);
    pw_buddy_give(zone, page, order);
    port_unlock(&zone->lock);
    return 0;
}

/* The stack is full, or this CPU was asked for it, or there is none. */
static __attribute__((__noinline__)) void
free_slow(struct pw_zone *zone, struct pw_page *page, int me)
{
    if (zone->batch != 0 && me >= 0) {
        struct pw_cpu *cpu = &zone->cpus[me];
        const bool asked = port_read(cpu->high) == 0;

        cpu_flush(zone, cpu, asked ? cpu->count : zone->batch);
        port_write(cpu->high, 2 * zone->batch);
        if (cpu_push(cpu, page)) /* unless asked again just now */
            return;
    }
    port_lock(&zone->lock);
    pw_buddy_give(zone, page, 0);
    port_unlock(&zone->lock);
}

int pw_zone_free(struct pw_zone *zone, struct pw_page *page, unsigned order)
{
    port_pin_t pin;
    int me, err = 0;

    if (port_unlikely(!is_used_block(zone, page, order)))
        return pw_page_misuse(zone, page, order);
    me = port_pin(&pin);
    if (port_unlikely(order != 0))
        err = give_locked(zone, page, order);
    else if (port_unlikely(me < 0) || !cpu_push(&zone->cpus[me], page))
        free_slow(zone, page, me);
    port_unpin(&pin);
    return err;
}
//< free

//> bulk
static size_t take_many(struct pw_zone *zone, size_t n,
                        struct pw_page **pages)
{
    size_t got = 0;

    port_lock(&zone->lock);
    while (got < n && (pages[got] = pw_buddy_take(zone, 0)) != NULL)
        got++;
    port_unlock(&zone->lock);
    return got;
}

size_t pw_zone_alloc_bulk(struct pw_zone *zone, size_t n,
                          struct pw_page **pages)
{
    port_pin_t pin;
    const int me = port_pin(&pin);
    size_t got = 0;

    if (me >= 0)
        while (got < n && (pages[got] = cpu_pop(&zone->cpus[me])))
            got++;
    if (got < n)
        got += take_many(zone, n - got, pages + got);
    if (got < n) {
        drain_pinned(zone, me);
        got += take_many(zone, n - got, pages + got);
    }
    port_unpin(&pin);
    return got;
}

int pw_zone_free_bulk(struct pw_zone *zone, size_t n,
                      struct pw_page **pages)
{
    port_pin_t pin;
    const int me = port_pin(&pin);
    int err = 0, e;
    size_t i;

    for (i = 0; i < n; i++) {
        if (port_unlikely(!is_used_block(zone, pages[i], 0))) {
            e = pw_page_misuse(zone, pages[i], 0);
            err = err ? err : e;
        } else if (me < 0 || !cpu_push(&zone->cpus[me], pages[i])) {
            free_slow(zone, pages[i], me);
        }
    }
    port_unpin(&pin);
    return err;
}
//< bulk
