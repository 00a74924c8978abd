/* SPDX-License-Identifier: MIT */
//> stat
/*
 * What there is to see of a cache: counts, the line of /proc/slabinfo,
 * and the three lists themselves.
 *
 * Counts of objects in magazines are read while their CPUs change them,
 * so a busy cache's numbers may be off by what moves meanwhile; those of
 * slabs are exact.
 */
#include "slab_core.h"

/* Objects in magazines. The caller holds cache->lock, not the depot's. */
static size_t count_cached(const struct pw_cache *cache)
{
    size_t n = (size_t)port_read(cache->depot.n[PW_FULL]) * cache->magazine;
    unsigned i;

    for (i = 1; cache->magazine && i <= port_cpus(); i++)
        n += pw_cpu_rounds(cache, &cache->cpu[i]) +
             port_read(cache->cpu[i].previous_rounds);
    return n;
}

void pw_cache_stat(struct pw_cache *cache, struct pw_cache_stat *stat)
{
    port_pin_t pin;

    *stat = (struct pw_cache_stat){
        .size = cache->size,
        .stride = cache->stride,
        .per_slab = cache->per_slab,
        .order = cache->order,
        .colours = cache->colours,
        .magazine = cache->magazine,
        .off_slab = cache->heads != NULL,
    };
    port_hold(&cache->lock, &pin);
    memcpy(stat->slabs, cache->nslabs, sizeof(stat->slabs));
    stat->cached = count_cached(cache);
    stat->active = cache->inuse;
    port_release(&cache->lock, &pin);
    stat->objects = cache->per_slab * (stat->slabs[PW_SLABS_FULL] +
                                       stat->slabs[PW_SLABS_PARTIAL] +
                                       stat->slabs[PW_SLABS_EMPTY]);
    if (stat->cached > stat->active)
        stat->cached = stat->active;
    stat->active -= stat->cached;
}

int pw_slabinfo(struct pw_cache *cache, char *line, size_t size)
{
    struct pw_cache_stat s;
    size_t slabs;

    pw_cache_stat(cache, &s);
    slabs = s.slabs[PW_SLABS_FULL] + s.slabs[PW_SLABS_PARTIAL];
    return snprintf(line, size,
                    "%-17s %6zu %6zu %6u %4u %4u : tunables %4u %4u %4u : "
                    "slabdata %6zu %6zu %6u",
                    cache->name, s.active, s.objects, s.stride, s.per_slab,
                    1u << s.order, 2 * s.magazine, s.magazine,
                    cache->depot.size, slabs,
                    slabs + s.slabs[PW_SLABS_EMPTY], 0u);
}

static void look_at(const struct pw_cache *cache,
                    const struct pw_slab *slab, struct pw_slab_view *view)
{
    const struct pw_page *page = pw_slab_page(cache, slab);

    view->list = pw_list_of(cache, slab->inuse);
    view->pfn = pw_page_to_pfn(cache->zone, page);
    view->inuse = slab->inuse;
    view->offset = (uint32_t)(slab->first -
                              (char *)pw_page_address(cache->zone, page));
    view->free = slab->free;
}

int pw_cache_walk(struct pw_cache *cache,
                  int (*visit)(const struct pw_slab_view *view, void *arg),
                  void *arg)
{
    const struct pw_link *head, *at;
    struct pw_slab_view view;
    port_pin_t pin;
    unsigned which;
    int end = 0;

    port_hold(&cache->lock, &pin);
    for (which = 0; which < PW_SLAB_LISTS; which++) {
        head = &cache->list[which];
        for (at = head->next; at != head && end == 0; at = at->next) {
            look_at(cache, (const struct pw_slab *)at, &view);
            end = visit(&view, arg);
        }
    }
    port_release(&cache->lock, &pin);
    return end;
}
//< stat
