/* SPDX-License-Identifier: MIT */
/* Workloads that are a pattern of sizes and lifetimes and little else. */
#include "work.h"

#include <stdlib.h>
#include <string.h>

/* What a block must contain: a number that its address has no part in. */
static void fill(unsigned char *p, size_t size, uint64_t tag)
{
    p[0] = (unsigned char)tag;
    p[size / 2] = p[size - 1] = (unsigned char)(tag + 1);
}

static uint64_t read_back(const unsigned char *p)
{
    return p ? p[0] : 0;
}

/* ---- random: 64 Ki slots of usual sizes, replaced at random -------- */

static uint64_t random_lives(unsigned scale)
{
    enum { SLOTS = 65536 };
    unsigned char **slot = calloc(SLOTS, sizeof(*slot));
    uint64_t state = 1, sum = 0;

    for (unsigned i = 0; i < scale * 10000; i++) {
        unsigned char **p = &slot[below(&state, SLOTS)];
        const size_t size = usual_size(&state);

        sum = sum * 31 + read_back(*p);
        free(*p);
        *p = need(size);
        fill(*p, size, i);
    }
    for (unsigned i = 0; i < SLOTS; i++)
        free(slot[i]);
    free(slot);
    return sum;
}

/* ---- queue: messages in, messages out, in order -------------------- */

static uint64_t queue(unsigned scale)
{
    enum { DEPTH = 5000 };
    unsigned char *ring[DEPTH] = {0};
    uint64_t state = 2, sum = 0;

    for (unsigned i = 0; i < scale * 25000; i++) {
        unsigned char **p = &ring[i % DEPTH];
        const size_t size = 32 + below(&state, 500);

        sum = sum * 31 + read_back(*p);
        free(*p);
        *p = need(size);
        fill(*p, size, i);
    }
    for (unsigned i = 0; i < DEPTH; i++)
        free(ring[i]);
    return sum;
}

/* ---- vectors: many that grow together by realloc ------------------- */

static uint64_t vectors(unsigned scale)
{
    enum { VECTORS = 200 };
    uint64_t state = 3, sum = 0;

    for (unsigned round = 0; round < scale; round++) {
        struct {
            uint32_t *item;
            size_t n, room;
        } v[VECTORS] = {{0}};

        for (unsigned i = 0; i < 100000; i++) {
            const size_t at =
                below(&state, VECTORS) * below(&state, VECTORS) / VECTORS;

            if (v[at].n == v[at].room) {
                v[at].room += v[at].room / 2 + 4;
                v[at].item =
                    realloc(v[at].item, v[at].room * sizeof(uint32_t));
            }
            v[at].item[v[at].n++] = i;
        }
        for (unsigned i = 0; i < VECTORS; i++) {
            sum = sum * 31 + (v[i].n ? v[i].item[v[i].n / 2] : 0);
            free(v[i].item);
        }
    }
    return sum;
}

/* ---- buffers: large ones, each touched once a page ----------------- */

static uint64_t buffers(unsigned scale)
{
    enum { SLOTS = 16 };
    unsigned char *slot[SLOTS] = {0};
    uint64_t state = 4, sum = 0;

    for (unsigned i = 0; i < scale * 40; i++) {
        unsigned char **p = &slot[below(&state, SLOTS)];
        const size_t size = (size_t)4096 << below(&state, 10);

        sum = sum * 31 + read_back(*p);
        free(*p);
        *p = need(size + below(&state, size));
        for (size_t at = 0; at < size; at += 4096)
            (*p)[at] = (unsigned char)(i + at);
    }
    for (int i = 0; i < SLOTS; i++)
        free(slot[i]);
    return sum;
}

/* ---- tables: calloc of rows of all lengths ------------------------- */

static uint64_t tables(unsigned scale)
{
    enum { ROWS = 200 };
    uint64_t state = 5, sum = 0;

    for (unsigned i = 0; i < scale * 6; i++) {
        uint64_t *row[ROWS];

        for (int k = 0; k < ROWS; k++) {
            const size_t n = 8 + below(&state, 2000);

            row[k] = calloc(n, sizeof(**row));
            sum += row[k][n / 2];
            row[k][n / 2] = i;
            row[k][0] = n;
        }
        for (int k = 0; k < ROWS; k++) {
            sum = sum * 31 + row[k][0];
            free(row[k]);
        }
    }
    return sum;
}

/* ---- cache: an LRU cache of 100 B to 8 KiB, some asked for often --- */

static uint64_t cache(unsigned scale)
{
    enum { KEYS = 8192, WAYS = 4 };
    struct entry {
        uint64_t key, used;
        unsigned char *data;
    } *set = calloc(KEYS * WAYS, sizeof(*set));
    uint64_t state = 6, sum = 0;

    for (unsigned i = 1; i <= scale * 6000; i++) {
        const uint64_t key = below(&state, 1 + below(&state, 400000));
        struct entry *e = &set[key % KEYS * WAYS], *old = e;
        int k;

        for (k = 0; k < WAYS && !(e[k].data && e[k].key == key); k++)
            old = e[k].used < old->used ? &e[k] : old;
        if (k == WAYS) {
            const size_t size = 100 + (key * 2654435761u >> 7) % 8000;

            sum = sum * 31 + read_back(old->data);
            free(old->data);
            old->data = need(size);
            old->key = key;
            fill(old->data, size, key);
        } else {
            old = &e[k];
        }
        old->used = i;
    }
    for (unsigned i = 0; i < KEYS * WAYS; i++)
        free(set[i].data);
    free(set);
    return sum;
}

/* ---- interpreter: objects and tables, swept from time to time ------ */

static uint64_t interpreter(unsigned scale)
{
    enum { OBJECTS = 20000 };
    static struct {
        unsigned char *p;
        size_t size;
    } o[OBJECTS];
    uint64_t state = 7, sum = 0;

    for (unsigned round = 0; round < scale * 5; round++) {
        for (unsigned i = 0; i < OBJECTS; i++) {
            if (!o[i].p) {
                o[i].size = i % 8 ? 16 + 8 * below(&state, 7) : 64;
                o[i].p = need(o[i].size);
            } else if (i % 8 == 0 && o[i].size < 32768) {
                o[i].size *= 2;
                o[i].p = realloc(o[i].p, o[i].size);
            }
            fill(o[i].p, o[i].size, i + round);
        }
        for (unsigned i = 0; i < OBJECTS; i++)
            if (below(&state, 8) < 5) {
                sum = sum * 31 + read_back(o[i].p);
                free(o[i].p);
                o[i].p = NULL;
            }
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        free(o[i].p);
        o[i].p = NULL;
    }
    return sum;
}

/* ---- phases: fill with one size, drop nearly all, fill with another  */

static uint64_t phases(unsigned scale)
{
    enum { BLOCKS = 40000 };
    static unsigned char *keep[BLOCKS], *p[BLOCKS];
    uint64_t state = 8, sum = 0;
    unsigned kept = 0;

    for (unsigned round = 0; round < scale / 4 + 1; round++) {
        const size_t base = (size_t)24 << below(&state, 5);

        for (unsigned i = 0; i < BLOCKS; i++) {
            const size_t size = base + below(&state, base);

            p[i] = need(size);
            fill(p[i], size, i);
        }
        for (unsigned i = 0; i < BLOCKS; i++)
            if (below(&state, 100) == 0 && kept < BLOCKS) {
                keep[kept++] = p[i];
            } else {
                sum = sum * 31 + read_back(p[i]);
                free(p[i]);
            }
    }
    while (kept > 0)
        free(keep[--kept]);
    return sum;
}

const struct workload lifetimes[] = {
    {"random", random_lives, "usual sizes, 64 Ki live, random lifetimes"},
    {"queue", queue, "messages in, messages out, in order"},
    {"vectors", vectors, "two hundred vectors grow by realloc"},
    {"buffers", buffers, "4 KiB to 4 MiB, each page touched"},
    {"tables", tables, "rows by calloc, dropped together"},
    {"cache", cache, "an LRU cache of 100 bytes to 8 KiB"},
    {"interpreter", interpreter, "objects, growing tables, sweeps"},
    {"phases", phases, "one size after another, a few survive"},
    {0},
};
