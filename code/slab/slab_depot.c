/* SPDX-License-Identifier: MIT */
//> trade
/*
 * Where magazines come from and go to when they are empty or full.
 *
 * All magazines of a cache are made with the cache: two for each CPU and
 * some for the depot. From then on they only change places. A CPU
 * trades an empty one for a full one of the depot, or a full one for an
 * empty one; if the depot has none, it fills or empties one of its own
 * at the slabs. Freeing therefore never allocates.
 *
 * Between calls: each CPU has two magazines, the previous one either
 * full or empty; the depot has the others, each full or empty. A CPU
 * that has just traded can free as many objects as fit into a magazine,
 * or allocate as many, before it must trade again: that is why it has
 * two. So it comes here at most once for each magazine of calls.
 */
#include "slab_core.h"

enum { PW_DEPOT = 256, PW_DEPOT_BYTES = 1 << 20 };

/* Larger objects are fewer, and cost more to set aside. */
static uint32_t magazine_size(const struct pw_cache *cache)
{
    if (!PW_SLAB_MAGAZINES || cache->flags & PW_CACHE_NO_MAGAZINES)
        return 0;
    if (cache->stride <= 256)
        return 63;
    if (cache->stride <= 1024)
        return 31;
    return cache->stride <= 4096 ? 15 : 7;
}

/* So many that full they hold no more than a mebibyte. */
static uint32_t depot_size(const struct pw_cache *cache)
{
    const uint32_t most =
        PW_DEPOT_BYTES / (cache->magazine * cache->stride);

    return most < PW_DEPOT ? most : PW_DEPOT;
}

static size_t magazine_words(const struct pw_cache *cache)
{
    return cache->magazine + (size_t)1;
}

static size_t all_bytes(const struct pw_cache *cache)
{
    return (2 * (size_t)port_cpus() + cache->depot.size) *
           magazine_words(cache) * sizeof(void *);
}

/* Make this the loaded magazine. */
static void load(const struct pw_cache *cache, struct pw_slab_cpu *cpu,
                 void **magazine, uint32_t rounds)
{
    port_write(cpu->top, magazine + rounds);
    port_write(cpu->limit, magazine + cache->magazine);
}

int pw_magazines_make(struct pw_cache *cache)
{
    struct pw_slab_cpu *cpu;
    void **at;
    unsigned i;

    port_lock_init(&cache->depot.lock);
    for (i = 0; i <= port_cpus(); i++)
        cache->cpu[i].top = &cache->cpu[i].none;
    cache->magazine = magazine_size(cache);
    if (cache->magazine == 0)
        return 0;
    cache->depot.size = cache->depot.unused = depot_size(cache);
    cache->magazines = port_meta_alloc(all_bytes(cache));
    if (!cache->magazines)
        return -ENOMEM;
    at = cache->magazines + cache->depot.size * magazine_words(cache);
    for (i = 1; i <= port_cpus(); i++) {
        cpu = &cache->cpu[i];
        load(cache, cpu, at, 0);
        cpu->previous = at + magazine_words(cache);
        at += 2 * magazine_words(cache);
    }
    return 0;
}

void pw_magazines_unmake(struct pw_cache *cache)
{
    port_meta_free(cache->magazines, all_bytes(cache));
}

static void depot_put(struct pw_depot *depot, enum pw_magazine kind,
                      void **magazine)
{
    magazine[0] = depot->stack[kind];
    depot->stack[kind] = magazine;
    port_write(depot->n[kind], depot->n[kind] + 1);
}

static void **depot_get(struct pw_cache *cache, enum pw_magazine kind)
{
    struct pw_depot *depot = &cache->depot;
    void **magazine = depot->stack[kind];

    if (magazine) {
        depot->stack[kind] = magazine[0];
        port_write(depot->n[kind], depot->n[kind] - 1);
        magazine[0] = NULL;
    } else if (kind == PW_EMPTY && depot->unused > 0) {
        magazine =
            cache->magazines + --depot->unused * magazine_words(cache);
    }
    return magazine;
}

/* Exchange the previous magazine for one of the other kind. */
static bool trade(struct pw_cache *cache, struct pw_slab_cpu *cpu,
                  enum pw_magazine want)
{
    struct pw_depot *depot = &cache->depot;
    void **magazine;

    port_lock(&depot->lock);
    magazine = depot_get(cache, want);
    if (magazine)
        depot_put(depot, want == PW_FULL ? PW_EMPTY : PW_FULL,
                  cpu->previous);
    port_unlock(&depot->lock);
    if (!magazine)
        return false;
    cpu->previous = magazine;
    port_write(cpu->previous_rounds, want == PW_FULL ? cache->magazine : 0);
    return true;
}

/* Load the previous magazine, and make the loaded one the previous. */
static void exchange(struct pw_cache *cache, struct pw_slab_cpu *cpu)
{
    const uint32_t rounds = pw_cpu_rounds(cache, cpu);
    void **magazine = cpu->top - rounds;

    load(cache, cpu, cpu->previous, cpu->previous_rounds);
    cpu->previous = magazine;
    port_write(cpu->previous_rounds, rounds);
}

/*
 * See to it that the loaded magazine has an object, if that is possible
 * without a new slab.
 */
void pw_cpu_reload(struct pw_cache *cache, struct pw_slab_cpu *cpu)
{
    size_t got;

    if (*cpu->top != NULL)
        return;
    if (cpu->previous_rounds > 0 || trade(cache, cpu, PW_FULL)) {
        exchange(cache, cpu);
        return;
    }
    port_lock(&cache->lock);
    got = pw_slabs_take(cache, cache->magazine, cpu->top + 1);
    port_unlock(&cache->lock);
    port_write(cpu->top, cpu->top + got);
}

/* Give the objects of a magazine back to their slabs. */
static void flush(struct pw_cache *cache, void **magazine, uint32_t n)
{
    if (n == 0)
        return;
    port_lock(&cache->lock);
    pw_slabs_give(cache, n, magazine + 1);
    port_unlock(&cache->lock);
}

static void flush_cpu(struct pw_cache *cache, struct pw_slab_cpu *cpu)
{
    const uint32_t rounds = pw_cpu_rounds(cache, cpu);
    void **magazine = cpu->top - rounds;

    flush(cache, magazine, rounds);
    flush(cache, cpu->previous, cpu->previous_rounds);
    load(cache, cpu, magazine, 0);
    port_write(cpu->previous_rounds, 0);
}

/* See to it that the loaded magazine has room for an object. */
void pw_cpu_make_room(struct pw_cache *cache, struct pw_slab_cpu *cpu)
{
    if (port_read(cpu->limit) == NULL)
        flush_cpu(cache, cpu);
    if (pw_cpu_rounds(cache, cpu) < cache->magazine)
        return;
    if (cpu->previous_rounds > 0 && !trade(cache, cpu, PW_EMPTY)) {
        flush(cache, cpu->previous, cpu->previous_rounds);
        port_write(cpu->previous_rounds, 0);
    }
    exchange(cache, cpu);
}

static void flush_depot(struct pw_cache *cache)
{
    struct pw_depot *depot = &cache->depot;
    void **magazine;

    port_lock(&depot->lock);
    while ((magazine = depot_get(cache, PW_FULL)) != NULL) {
        port_unlock(&depot->lock);
        flush(cache, magazine, cache->magazine);
        port_lock(&depot->lock);
        depot_put(depot, PW_EMPTY, magazine);
    }
    port_unlock(&depot->lock);
}

/*
 * Empty the depot, this CPU's magazines and, if nobody else is using the
 * cache, those of all the others; else ask them.
 */
void pw_magazines_drain(struct pw_cache *cache, bool alone)
{
    port_pin_t pin;
    const int me = port_pin(&pin);
    unsigned i;

    for (i = 0; cache->magazine && i < port_cpus(); i++) {
        struct pw_slab_cpu *cpu = &cache->cpu[i + 1];

        if (alone || (int)i == me)
            flush_cpu(cache, cpu);
        else if (pw_cpu_rounds(cache, cpu) ||
                 port_read(cpu->previous_rounds))
            port_write(cpu->limit, NULL);
    }
    flush_depot(cache);
    port_unpin(&pin);
}
//< trade
