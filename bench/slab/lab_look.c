// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the running kernel keeps what its slab allocator knows.
 *
 * A module may call kmem_cache_alloc() and little else; how a cache looks
 * inside is nobody's business. We ask all the same. Symbols that are not
 * exported are found by kallsyms_lookup_name(), which is not exported
 * either: a kprobe finds it. How the structures are laid out,
 * lab_find.c knows.
 */
#include "lab_parts.h"

#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mutex.h>

static struct list_head *all_caches;
static struct mutex *all_caches_lock;
static void (*read_slabinfo)(struct kmem_cache *, void *);

/* ---- Symbols --------------------------------------------------------- */

#ifdef CONFIG_KPROBES
static unsigned long (*lookup)(const char *name);

static bool find_lookup(void)
{
    static struct kprobe probe;

    probe = (struct kprobe){.symbol_name = "kallsyms_lookup_name"};
    if (register_kprobe(&probe))
        return false;
    /* Where branches are checked, the probe is behind the first mark. */
    lookup = (void *)((unsigned long)probe.addr & ~15UL);
    unregister_kprobe(&probe);
    return true;
}
#else
static unsigned long lookup(const char *name)
{
    return 0;
}

static bool find_lookup(void)
{
    return false;
}
#endif

static bool find_symbols(void)
{
    if (!find_lookup())
        return false;
    all_caches = (void *)lookup("slab_caches");
    all_caches_lock = (void *)lookup("slab_mutex");
    read_slabinfo = (void *)lookup("get_slabinfo");
    return all_caches && all_caches_lock && read_slabinfo;
}

unsigned long lab_lookup(const char *name)
{
    return lookup(name);
}

bool lab_look_open(const char **why)
{
    if (!find_symbols()) {
        *why = "this kernel does not tell where its caches are";
        return false;
    }
    if (!lab_find_layouts()) {
        *why = "this kernel does not tell how its caches look";
        return false;
    }
    return true;
}

/* ---- Looking --------------------------------------------------------- */

bool lab_has(enum lab_member member)
{
    return lab_place[member].bits != 0;
}

void *lab_address(const void *structure, enum lab_member member)
{
    return (void *)structure + lab_place[member].bit / 8;
}

u64 lab_read(const void *structure, enum lab_member member)
{
    const struct lab_place p = lab_place[member];
    const u32 shift = p.bit % 8;
    u64 word = 0;

    memcpy(&word, lab_address(structure, member), (shift + p.bits + 7) / 8);
    return word >> shift & (~0ULL >> (64 - p.bits));
}

struct list_head *lab_list_head(const struct kmem_cache *cache,
                                unsigned list)
{
    return (void *)lab_read(cache, CACHE_NODE) + lab_list_offset[list];
}

const void *lab_slab_at(const struct list_head *link)
{
    return (const char *)link - lab_place[SLAB_LIST].bit / 8;
}

struct kmem_cache *lab_owner(const void *object)
{
    return (void *)lab_read(virt_to_head_page(object), SLAB_CACHE);
}

void lab_each_cache(void (*visit)(struct kmem_cache *cache, void *arg),
                    void *arg)
{
    struct list_head *at;

    mutex_lock(all_caches_lock);
    list_for_each(at, all_caches)
        visit((void *)at - lab_place[CACHE_LIST].bit / 8, arg);
    mutex_unlock(all_caches_lock);
}

void lab_slabinfo(struct kmem_cache *cache, struct lab_slabinfo *info)
{
    memset(info, 0, sizeof(*info));
    read_slabinfo(cache, info);
}
