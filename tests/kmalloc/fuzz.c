/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the input is a program for kmalloc. Three bytes choose the
 * zone, the reserve and the caches' flags, then each group of three is an
 * operation and its arguments. Wrong frees and resizes are among them, of
 * any address: they must be refused and change nothing. At the end all is
 * freed and all frames must be back.
 *
 *     kmalloc_fuzz [libFuzzer's options] tests/corpus/kmalloc
 */
#include "../../code/kmalloc/kmalloc.h"
#include "../common/fuzz.h"

#define MOST 3000 /* blocks held */

static struct {
    unsigned char *at;
    size_t size;
    unsigned char stamp;
} held[MOST];
static size_t nheld;
static bool magazines;

/* 0 to 8,191 in steps that meet every class; then up to 8 MiB. */
static size_t size_of(uint8_t a, uint8_t b)
{
    const size_t size = a + (b & 31) * 256u;

    return b < 128 ? size : size << (b >> 5);
}

static void stamp(size_t i)
{
    held[i].stamp = (unsigned char)(i + 1);
    memset(held[i].at, held[i].stamp, held[i].size);
}

static void look(size_t i)
{
    for (size_t k = 0; k < held[i].size; k += k < 64 ? 1 : 61)
        REQUIRE(held[i].at[k] == held[i].stamp);
    REQUIRE(pw_ksize(held[i].at) >= held[i].size);
}

static void keep(void *block, size_t size)
{
    if (!block)
        return;
    REQUIRE(size > 0 || block == PW_ZERO_SIZE_PTR);
    held[nheld].at = block;
    held[nheld].size = size;
    stamp(nheld++);
}

static void drop(size_t i)
{
    look(i);
    REQUIRE(pw_kfree(held[i].at) == 0);
    held[i] = held[--nheld];
}

static void resize(size_t i, size_t size, pw_gfp_t flags)
{
    unsigned char *at;
    size_t both = size < held[i].size ? size : held[i].size;

    look(i);
    at = pw_krealloc(held[i].at, size, flags);
    if (!at) {
        look(i);
        return;
    }
    for (size_t k = 0; k < both; k += k < 64 ? 1 : 61)
        REQUIRE(at[k] == held[i].stamp);
    held[i].at = at;
    held[i].size = size;
    stamp(i);
}

static bool is_held(const void *at)
{
    for (size_t i = 0; i < nheld; i++)
        if (held[i].at == at)
            return true;
    return false;
}

/* Any address, as far as it is not an object that might be free. */
static void wrong(const char *at)
{
    void *block = (void *)(uintptr_t)at;

    if (is_held(at) || (pw_cache_of(&pw_contig_zone, at) && magazines &&
                        (uintptr_t)at % 8 == 0))
        return;
    REQUIRE(pw_kfree(block) < 0);
    REQUIRE(!pw_krealloc(block, 10, PW_GFP_KERNEL));
}

static void operation(uint8_t op, uint8_t a, uint8_t b)
{
    const pw_gfp_t flags = op >> 3 & 7; /* reclaim, high, zero */
    const size_t size = size_of(a, b);
    size_t many = op >> 6 ? 1 : 16;

    switch (op & 7) {
    case 0:
    case 1:
        while (many-- > 0 && nheld < MOST)
            keep(pw_kmalloc(size, flags), size);
        break;
    case 2:
        while (many-- > 0 && nheld)
            drop((a + 256u * b) % nheld);
        break;
    case 3:
        if (nheld)
            resize(op * 7u % nheld, size, flags);
        break;
    case 4: wrong(pw_contig_zone.base + size * 8 - 8); break;
    case 5:
        if (nheld && held[a % nheld].size)
            wrong((char *)held[a % nheld].at + b);
        break;
    case 6:
        REQUIRE(!pw_kmalloc_array(SIZE_MAX / (a + 2u), a + 3u, flags));
        REQUIRE(pw_kmalloc_check() == 0);
        break;
    default: pw_cache_reap(NULL); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned kinds[] = {0, 0, PW_CACHE_NO_MAGAZINES,
                                     PW_CACHE_POISON | PW_CACHE_RED_ZONE};
    struct pw_zone_stat stat;

    if (size < 3)
        return 0;
    magazines = data[2] % 4 < 2;
    REQUIRE(pw_page_init(1 + data[0] * 3u) == 0);
    if (pw_kmalloc_init(data[1] % 32, kinds[data[2] % 4]) == 0) {
        for (size_t i = 3; i + 2 < size; i += 3)
            operation(data[i], data[i + 1], data[i + 2]);
        REQUIRE(pw_kmalloc_check() == 0);
        while (nheld)
            drop(nheld - 1);
        REQUIRE(pw_kmalloc_exit() == 0);
    }
    pw_zone_stat(&pw_contig_zone, &stat);
    REQUIRE(stat.used == 0 && pw_zone_check(&pw_contig_zone) == 0);
    pw_page_exit();
    return 0;
}
