/* SPDX-License-Identifier: MIT */
//> debug
/*
 * Poison and red zones: finding those who write where they should not.
 *
 *     | red zone | object ................ | red zone |  one stride
 *
 * A red zone holds one byte value while its object is free, another while
 * it is in use, and is looked at whenever the object changes hands. A
 * free object that is poisoned holds a known pattern, and is looked at
 * before it is given out again. The values are the kernel's, so that who
 * has seen one dump can read the other.
 *
 * A damaged object is reported and left as it is, in use for ever: it is
 * evidence, and it must not be given to anybody. Costs a pass over the
 * object for each call. Without these flags nothing of this is called.
 */
#include "slab_core.h"

enum {
    PW_RED_FREE = 0xbb,
    PW_RED_USED = 0xcc,
    PW_POISON_NEW = 0x5a,  /* just given out: read before written? */
    PW_POISON_FREE = 0x6b, /* given back: read or written after free? */
    PW_POISON_END = 0xa5,  /* the last byte of a free object */
};

/* Bytes from the end of an object to the next one's red zone. */
static size_t tail_size(const struct pw_cache *cache)
{
    return cache->stride - cache->lead - cache->size;
}

static void paint(const struct pw_cache *cache, char *object, int red)
{
    if (!(cache->flags & PW_CACHE_RED_ZONE))
        return;
    memset(object - cache->lead, red, cache->lead);
    memset(object + cache->size, red, tail_size(cache));
}

static void poison(const struct pw_cache *cache, char *object)
{
    if (!(cache->flags & PW_CACHE_POISON))
        return;
    memset(object, PW_POISON_FREE, cache->size - 1);
    object[cache->size - 1] = (char)PW_POISON_END;
}

/* Does a run of bytes hold one value? If not, say where the first other
 * one is, as an offset from the object. */
static bool intact(const struct pw_cache *cache, const char *object,
                   ptrdiff_t from, size_t n, int value, const char *what)
{
    const unsigned char *at = (const unsigned char *)object + from;
    size_t i;

    for (i = 0; i < n; i++)
        if (at[i] != value) {
            port_report("cache %s: object %p: %s: byte %d is 0x%02x, "
                        "should be 0x%02x; look for its last owner",
                        cache->name, (const void *)object, what,
                        (int)(from + (ptrdiff_t)i), at[i], value);
            return false;
        }
    return true;
}

static bool red_intact(const struct pw_cache *cache, const char *object,
                       int red)
{
    if (!(cache->flags & PW_CACHE_RED_ZONE))
        return true;
    return intact(cache, object, -(ptrdiff_t)cache->lead, cache->lead, red,
                  "written before its start") &&
           intact(cache, object, cache->size, tail_size(cache), red,
                  "written beyond its end");
}

static bool poison_intact(const struct pw_cache *cache, const char *object)
{
    const size_t last = cache->size - 1;
    static const char what[] = "written after it was freed";

    if (!(cache->flags & PW_CACHE_POISON))
        return true;
    return intact(cache, object, 0, last, PW_POISON_FREE, what) &&
           intact(cache, object, (ptrdiff_t)last, 1, PW_POISON_END, what);
}

/* An object of a new slab. */
void pw_debug_fresh(const struct pw_cache *cache, char *object)
{
    paint(cache, object, PW_RED_FREE);
    poison(cache, object);
}

/*
 * The object leaves its slab: 0, or 1 if it is damaged. Its contents are
 * poison, so it is constructed now; a negative errno is the constructor's.
 */
int pw_debug_take(const struct pw_cache *cache, char *object)
{
    if (!red_intact(cache, object, PW_RED_FREE) ||
        !poison_intact(cache, object))
        return 1;
    paint(cache, object, PW_RED_USED);
    if (!(cache->flags & PW_CACHE_POISON))
        return 0;
    memset(object, PW_POISON_NEW, cache->size);
    return cache->ctor ? cache->ctor(object) : 0;
}

/* The object comes back: 0, or -ERANGE if it is damaged. */
int pw_debug_give(const struct pw_cache *cache, char *object)
{
    if (!red_intact(cache, object, PW_RED_USED))
        return -ERANGE;
    paint(cache, object, PW_RED_FREE);
    poison(cache, object);
    return 0;
}
//< debug
