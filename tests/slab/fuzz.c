/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the input is a program for a cache. Four bytes choose its
 * shape, then each pair of bytes is an operation and its argument. Wrong
 * frees are among them, of any address: they must be refused and change
 * nothing. At the end all is freed and all pages must be back.
 *
 *     slab_fuzz [libFuzzer's options] tests/corpus/slab
 */
#include "../../code/slab/slab.h"
#include "../common/fuzz.h"

#define MOST 3000 /* objects held */

static struct pw_zone zone;
static struct pw_cache *cache;
static struct pw_cache_stat shape;
static char *held[MOST];
static size_t nheld;
static unsigned built; /* objects constructed */

static int construct(void *object)
{
    memset(object, 1, shape.size);
    return ++built % 1000 == 0 ? -EIO : 0;
}

static void keep(void *object)
{
    held[nheld++] = object;
    memset(object, (int)nheld & 0xff, shape.size);
}

static void alloc(unsigned n)
{
    while (n-- > 0 && nheld < MOST) {
        void *object = pw_cache_alloc(cache);

        if (!object)
            return;
        keep(object);
    }
}

static void alloc_bulk(unsigned n)
{
    void *many[256];
    size_t got;

    if (nheld + n > MOST)
        return;
    got = pw_cache_alloc_bulk(cache, n, many);
    REQUIRE(got <= n);
    for (size_t i = 0; i < got; i++)
        keep(many[i]);
}

static void drop(size_t i)
{
    REQUIRE(pw_cache_free(cache, held[i]) == 0);
    held[i] = held[--nheld];
}

static void drop_many(unsigned n)
{
    const size_t many = n < nheld ? n : nheld;

    nheld -= many;
    REQUIRE(pw_cache_free_bulk(cache, many, (void **)held + nheld) == 0);
}

static bool is_held(const char *at)
{
    for (size_t i = 0; i < nheld; i++)
        if (held[i] == at)
            return true;
    return false;
}

/* Any address, as far as it is not an object that might be free. */
static void free_address(size_t at)
{
    char *address = zone.base + at;

    if (is_held(address) || (pw_cache_of(&zone, address) == cache &&
                             shape.magazine && at % 8 == 0))
        return;
    REQUIRE(pw_cache_free(cache, address) < 0);
}

static void operation(uint8_t op, uint8_t arg)
{
    switch (op % 8) {
    case 0: alloc(1 + arg); break;
    case 1: alloc_bulk(arg); break;
    case 2:
        if (nheld)
            drop(arg % nheld);
        break;
    case 3: drop_many(arg); break;
    case 4: free_address((size_t)arg * 8 * (1 + op / 8)); break;
    case 5:
        if (nheld)
            free_address((size_t)(held[op % nheld] + arg - zone.base));
        break;
    case 6: REQUIRE(pw_cache_check(cache) == 0); break;
    default: pw_cache_shrink(cache); break;
    }
}

static void begin(const uint8_t *data)
{
    const size_t object = 1 + data[0] + data[1] % 64 * 256u;

    built = 0;
    REQUIRE(pw_zone_init(&zone, 1 + data[2], PW_BATCH) == 0);
    shape.size = (uint32_t)object;
    cache = pw_cache_create_in(
        &zone, "fuzz", object, (size_t)8 << data[1] / 64 * 2,
        data[3] % (PW_CACHE_FLAGS + 1), data[3] / 128 ? construct : NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pw_zone_stat stat;

    if (size < 4)
        return 0;
    begin(data);
    if (cache) {
        pw_cache_stat(cache, &shape);
        for (size_t i = 4; i + 1 < size; i += 2)
            operation(data[i], data[i + 1]);
        REQUIRE(pw_cache_check(cache) == 0);
        REQUIRE(!nheld || pw_cache_destroy(cache) == -EBUSY);
        while (nheld)
            drop(nheld - 1);
        REQUIRE(pw_cache_destroy(cache) == 0);
    }
    pw_zone_stat(&zone, &stat);
    REQUIRE(stat.used == 0 && pw_zone_check(&zone) == 0);
    pw_zone_exit(&zone);
    return 0;
}
