/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The size classes: which there are, their caches, and the two tables
 * that lead from a size to a cache.
 *
 * Powers of two, because they align naturally and pages divide by them;
 * but a doubling wastes up to half, a quarter in the mean. So there are
 * 96 and 192 as well, for small structures. Larger ones in between
 * would save bytes too, and cost a cache each, with its own magazines and
 * slabs that are half empty.
 *
 * Between calls: by_class[] and by_step[] lead to the same cache for
 * every size, the smallest that fits.
 */
#include "kmalloc_core.h"

const uint16_t pw_class_size[PW_KMALLOC_CLASSES] = {
    8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192};

static const char *const class_name[PW_KMALLOC_CLASSES] = {
    "kmalloc-8",   "kmalloc-16",  "kmalloc-32",  "kmalloc-64",
    "kmalloc-96",  "kmalloc-128", "kmalloc-192", "kmalloc-256",
    "kmalloc-512", "kmalloc-1k",  "kmalloc-2k",  "kmalloc-4k",
    "kmalloc-8k"};
//< theory

//> fill-tables
/* Both tables, each by asking for every eighth size what it needs. */
static void fill_tables(void)
{
    unsigned kind = 0;
    size_t size;

    for (size = 8; size <= PW_KMALLOC_SMALL; size += 8) {
        if (size > pw_class_size[kind])
            kind++;
        pw_km.class_of[(size - 1) >> 3] = (uint8_t)kind;
        pw_km.by_step[pw_step_of(size)] = pw_km.by_class[kind];
    }
}

/*
 * Natural alignment: the largest power of two that divides the size, and
 * as slabs align to a page at most, that. For 8k it is enough: a slab of
 * those starts where its block of pages does, and has no colours.
 */
static struct pw_cache *make_class(unsigned kind, unsigned cache_flags)
{
    const size_t size = pw_class_size[kind];
    const size_t natural = size & -size;

    return pw_cache_create(class_name[kind], size,
                           natural < PORT_PAGE_SIZE ? natural
                                                    : PORT_PAGE_SIZE,
                           cache_flags, NULL);
}

int pw_classes_make(unsigned cache_flags)
{
    unsigned kind;

    for (kind = 0; kind < PW_KMALLOC_CLASSES; kind++) {
        pw_km.by_class[kind] = make_class(kind, cache_flags);
        if (!pw_km.by_class[kind]) {
            pw_classes_unmake();
            return -ENOMEM;
        }
    }
    fill_tables();
    return 0;
}

/* All of them or none: one that is in use says so, and all remain. */
int pw_classes_unmake(void)
{
    struct pw_cache_stat stat;
    unsigned kind;

    for (kind = 0; kind < PW_KMALLOC_CLASSES; kind++) {
        if (!pw_km.by_class[kind])
            continue;
        pw_cache_stat(pw_km.by_class[kind], &stat);
        if (stat.active > 0)
            return pw_cache_destroy(pw_km.by_class[kind]);
    }
    for (kind = 0; kind < PW_KMALLOC_CLASSES; kind++) {
        pw_cache_destroy(pw_km.by_class[kind]);
        pw_km.by_class[kind] = NULL;
    }
    return 0;
}

static const char *whats_wrong(size_t reserve, unsigned cache_flags)
{
    const unsigned known =
        PW_CACHE_NO_MAGAZINES | PW_CACHE_POISON | PW_CACHE_RED_ZONE;

    if (!pw_contig_zone.nframes)
        return "no frames; call pw_page_init() first";
    if (reserve > pw_contig_zone.nframes / 2)
        return "more than half of all frames in reserve; set fewer aside";
    if (cache_flags & ~known)
        return "a flag that is not for these caches; see kmalloc.h";
    return NULL;
}

int pw_kmalloc_init(size_t reserve, unsigned cache_flags)
{
    const char *wrong = whats_wrong(reserve, cache_flags);
    int err;

    if (wrong) {
        port_report("pw_kmalloc_init: %s", wrong);
        return -EINVAL;
    }
    if (pw_km.small)
        return -EBUSY;
    pw_owner_add(&pw_kmalloc_owner);
    err = pw_reserve_make(reserve);
    if (err)
        return err;
    err = pw_classes_make(cache_flags);
    if (err)
        pw_reserve_unmake();
    else
        pw_km.small = PW_KMALLOC_SMALL;
    return err;
}

int pw_kmalloc_exit(void)
{
    int err;

    if (!pw_km.small)
        return 0;
    if (port_read(pw_km.large)) {
        port_report("pw_kmalloc_exit: %zu blocks of pages are in use; free "
                    "them first",
                    pw_km.large);
        return -EBUSY;
    }
    err = pw_classes_unmake();
    if (err)
        return err;
    pw_km.small = 0;
    pw_reserve_unmake();
    return 0;
}

struct pw_cache *pw_kmalloc_cache(size_t size)
{
    return size - 1 < pw_km.small ? pw_cache_for(size) : NULL;
}

size_t pw_kmalloc_size_roundup(size_t size)
{
    size_t pages = PORT_PAGE_SIZE;

    if (size - 1 < PW_KMALLOC_SMALL && pw_km.small)
        return pw_cache_for(size)->size;
    if (size == 0 || size > PW_KMALLOC_MAX)
        return 0;
    while (pages < size)
        pages *= 2;
    return pages;
}
//< fill-tables
