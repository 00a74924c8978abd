/* SPDX-License-Identifier: MIT */
//> example
/*
 * Two allocators in one program: the numbers of a sieve in blocks of ours,
 * everything else, printf's buffer too, in the C library's. The array uses
 * every byte that it was given before it asks for more.
 */
#include "malloc.h"

#include <stdint.h>

struct primes {
    uint32_t *at;
    size_t n;
    unsigned moves; /* times that the array got another address */
};

static int add(struct primes *p, uint32_t prime)
{
    const size_t bytes = (p->n + 1) * sizeof(*p->at);

    if (bytes > pw_malloc_usable_size(p->at)) {
        uint32_t *more = pw_realloc(p->at, bytes + bytes / 2);

        if (!more)
            return -1; /* p->at is still good */
        p->moves += more != p->at;
        p->at = more;
    }
    p->at[p->n++] = prime;
    return 0;
}

int main(void)
{
    const uint32_t most = 1000000;
    char *composite = pw_calloc(most, 1);
    struct primes p = {NULL, 0, 0};
    int err = composite ? 0 : -1;

    for (uint32_t i = 2; i < most && !err; i++) {
        if (composite[i])
            continue;
        err = add(&p, i);
        for (uint64_t k = (uint64_t)i * i; k < most; k += i)
            composite[k] = 1;
    }
    printf("%zu primes below %u, moved %u times\n", p.n, (unsigned)most,
           p.moves);
    pw_free(composite);
    pw_free(p.at);
    return err ? 1 : 0;
}
//< example
