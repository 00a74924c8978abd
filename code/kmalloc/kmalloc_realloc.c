/* SPDX-License-Identifier: MIT */
//> theory
/*
 * What is made of the hot pair: blocks that change their size, arrays,
 * and how large a block really is.
 *
 * A block has the size of its class, not the size that was asked for;
 * nobody remembers that. All of it belongs to the owner, so most blocks
 * that grow a little grow where they are, and shrinking never moves.
 *
 * Between calls: if every call for a block had PW_GFP_ZERO, whatever lies
 * beyond the size last asked for is 0.
 */
#include "kmalloc_core.h"

size_t pw_ksize(const void *block)
{
    const struct pw_page *page = pw_virt_to_page(&pw_contig_zone, block);
    const struct pw_cache *cache = pw_cache_of(&pw_contig_zone, block);
    uint32_t index;

    if (cache && pw_object_index(cache, page, block, &index))
        return cache->size;
    return pw_block_size("pw_ksize", block);
}

/* Another block, with the contents of this one, which is freed. */
static void *move(void *block, size_t given, size_t size, pw_gfp_t flags)
{
    char *other = pw_kmalloc(size, flags & ~PW_GFP_ZERO);

    if (!other)
        return NULL;
    memcpy(other, block, given);
    if (flags & PW_GFP_ZERO)
        memset(other + given, 0, pw_ksize(other) - given);
    pw_kfree(block);
    return other;
}

void *pw_krealloc(void *block, size_t size, pw_gfp_t flags)
{
    size_t given;

    if (!block || block == PW_ZERO_SIZE_PTR)
        return pw_kmalloc(size, flags);
    given = pw_block_size("pw_krealloc", block);
    if (given == 0)
        return NULL;
    if (size == 0) {
        pw_kfree(block);
        return PW_ZERO_SIZE_PTR;
    }
    if (size > given)
        return move(block, given, size, flags);
    if (flags & PW_GFP_ZERO)
        memset((char *)block + size, 0, given - size);
    return block;
}

/* n * size, or more than anybody can have if that is too large. */
static size_t product(size_t n, size_t size, pw_gfp_t flags,
                      const char *call)
{
    size_t bytes;

    if (!__builtin_mul_overflow(n, size, &bytes))
        return bytes;
    if (!(flags & PW_GFP_NOWARN))
        port_report("%s: %zu elements of %zu bytes are more than there are "
                    "addresses; check where the number comes from",
                    call, n, size);
    return SIZE_MAX;
}

void *pw_kmalloc_array(size_t n, size_t size, pw_gfp_t flags)
{
    const size_t bytes = product(n, size, flags, "pw_kmalloc_array");

    return bytes == SIZE_MAX ? NULL : pw_kmalloc(bytes, flags);
}

void *pw_kcalloc(size_t n, size_t size, pw_gfp_t flags)
{
    const size_t bytes = product(n, size, flags, "pw_kcalloc");

    return bytes == SIZE_MAX ? NULL : pw_kzalloc(bytes, flags);
}

void *pw_krealloc_array(void *block, size_t n, size_t size, pw_gfp_t flags)
{
    const size_t bytes = product(n, size, flags, "pw_krealloc_array");

    return bytes == SIZE_MAX ? NULL : pw_krealloc(block, bytes, flags);
}
//< theory
