/* SPDX-License-Identifier: MIT */
//> alloc-slow
/*
 * The way into the allocator: magazines first, slabs when they fail.
 *
 * Each CPU has a loaded magazine, a stack of pointers to objects. Nearly
 * every allocation pops one and nearly every free pushes one: no lock,
 * no line that another CPU writes, and the object freed last, whose
 * lines are in this CPU's cache, is the first to be given out again.
 *
 * Whatever comes through here has been looked at: only addresses of
 * objects of this cache reach a magazine. To a slab an object in a
 * magazine is in use. A second free of it cannot be seen on the slab, so
 * the object freed last is compared here, which finds the free that is
 * simply written twice, and the slab finds the others when the object
 * comes back. Who must know at once makes the cache without magazines.
 */
#include "slab_core.h"

static size_t take_locked(struct pw_cache *cache, size_t n, void **objects)
{
    port_pin_t pin;
    size_t got;

    port_hold(&cache->lock, &pin);
    got = pw_slabs_take(cache, n, objects);
    port_release(&cache->lock, &pin);
    return got;
}

static int give_locked(struct pw_cache *cache, size_t n, void **objects)
{
    port_pin_t pin;
    int err;

    port_hold(&cache->lock, &pin);
    err = pw_slabs_give(cache, n, objects);
    port_release(&cache->lock, &pin);
    return err;
}

/* A new slab, or once all that the zone's caches can spare. */
static bool grow_or_reap(struct pw_cache *cache, bool *may_reap)
{
    const int err = pw_cache_grow(cache);

    if (err != -ENOMEM || !*may_reap)
        return err == 0;
    *may_reap = false;
    pw_cache_reap(cache->zone);
    return true;
}

/* An object from a magazine or slab that is there, or NULL. */
static void *alloc_once(struct pw_cache *cache)
{
    port_pin_t pin;
    const int me = port_pin(&pin);
    struct pw_slab_cpu *cpu = cpu_of(cache, me);
    void *object = NULL;

    if (cache->magazine != 0 && me >= 0) {
        pw_cpu_reload(cache, cpu);
        object = cpu_pop(cpu);
    } else {
        take_locked(cache, 1, &object);
    }
    port_unpin(&pin);
    return object;
}

static __attribute__((__noinline__)) void *
alloc_slow(struct pw_cache *cache, bool may_reap)
{
    void *object;
    int err = 0;

    do {
        while ((object = alloc_once(cache)) == NULL)
            if (!grow_or_reap(cache, &may_reap))
                return NULL;
        if (cache->flags & PW_CACHE_DEBUG)
            err = pw_debug_take(cache, object);
    } while (err > 0); /* damaged: leave it out, take another */
    if (err == 0)
        return object;
    give_locked(cache, 1, &object); /* the constructor refused */
    return NULL;
}
//< alloc-slow

//> alloc
/* Called more than all others: it starts on a cache line. */
__attribute__((aligned(PORT_CACHE_LINE))) void *
pw_cache_alloc(struct pw_cache *cache)
{
    port_pin_t pin;
    void *object = cpu_pop(cpu_of(cache, port_pin_quick(&pin)));

    port_unpin(&pin);
    return port_likely(object != NULL) ? object : alloc_slow(cache, true);
}

void *pw_cache_alloc_noreap(struct pw_cache *cache)
{
    return alloc_slow(cache, false);
}
//< alloc

//> free
static __attribute__((__noinline__)) int free_slow(struct pw_cache *cache,
                                                   void *object)
{
    port_pin_t pin;
    const int me = port_pin(&pin);
    struct pw_slab_cpu *cpu = cpu_of(cache, me);
    int err = 0;

    if (cache->magazine == 0 || me < 0) {
        err = give_locked(cache, 1, &object);
    } else if (*cpu->top == object) {
        err = pw_double_free(cache, object);
    } else {
        pw_cpu_make_room(cache, cpu);
        cpu_put(cpu, cpu->top, object);
    }
    port_unpin(&pin);
    return err;
}

__attribute__((aligned(PORT_CACHE_LINE))) int
pw_cache_free(struct pw_cache *cache, void *object)
{
    port_pin_t pin;
    bool done;

    if (port_unlikely(!pw_is_object(cache, object)))
        return pw_object_misuse(cache, object);
    done = cpu_push(cpu_of(cache, port_pin_quick(&pin)), object);
    port_unpin(&pin);
    return port_likely(done) ? 0 : free_slow(cache, object);
}
//< free

//> bulk
/* Pop as many as this CPU has loaded. */
static size_t pop_many(struct pw_cache *cache, size_t n, void **objects)
{
    port_pin_t pin;
    struct pw_slab_cpu *cpu = cpu_of(cache, port_pin_quick(&pin));
    size_t got = 0;

    while (got < n && (objects[got] = cpu_pop(cpu)) != NULL)
        got++;
    port_unpin(&pin);
    return got;
}

size_t pw_cache_alloc_bulk(struct pw_cache *cache, size_t n, void **objects)
{
    size_t got = 0;

    for (;;) {
        got += pop_many(cache, n - got, objects + got);
        if (got == n)
            return n;
        objects[got] = alloc_slow(cache, true);
        if (!objects[got])
            return got;
        got++;
    }
}

/* Push as many as the magazine takes and nothing is wrong with. */
static size_t push_many(struct pw_cache *cache, size_t n, void **objects)
{
    port_pin_t pin;
    struct pw_slab_cpu *cpu = cpu_of(cache, port_pin_quick(&pin));
    size_t done = 0;

    while (done < n && pw_is_object(cache, objects[done]) &&
           cpu_push(cpu, objects[done]))
        done++;
    port_unpin(&pin);
    return done;
}

int pw_cache_free_bulk(struct pw_cache *cache, size_t n, void **objects)
{
    size_t i = 0;
    int err = 0;

    for (;;) {
        i += push_many(cache, n - i, objects + i);
        if (i == n)
            return err;
        if (err == 0)
            err = pw_cache_free(cache, objects[i++]);
        else
            pw_cache_free(cache, objects[i++]);
    }
}
//< bulk
