/* SPDX-License-Identifier: MIT */
/*
 * Random operations against a model: malloc_model OPERATIONS THREADS SEED.
 *
 * Every block is filled with a pattern made from a tag, to its last byte,
 * and the pattern must be there whenever the block is grown, shrunk or
 * freed; two blocks that overlap destroy each other's. The blocks live in
 * slots that all threads share, so that most are freed by another thread
 * than allocated them. Threads end and new ones take their places.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../code/malloc/malloc.h"

enum { SLOTS = 3000, LIFE = 20000 };

struct slot {
    pthread_mutex_t lock;
    unsigned char *p;
    size_t size, align;
    unsigned char tag;
};

static struct slot slots[SLOTS];

struct job {
    pthread_t thread;
    uint64_t state;
    size_t operations;
};

static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Many small, some large, a few very large. */
static size_t any_size(uint64_t *state)
{
    const uint64_t r = draw(state);
    const unsigned bits = r % 997 == 0 ? 23 : r % 31 == 0 ? 17 : 4 + r % 7;

    return (r >> 20) % ((size_t)1 << bits);
}

static void fail(const char *what, const struct slot *s)
{
    fprintf(stderr, "%s: %p, size %zu, align %zu\n", what, (void *)s->p,
            s->size, s->align);
    abort();
}

static void fill(struct slot *s, uint64_t *state)
{
    s->tag = (unsigned char)draw(state);
    memset(s->p, s->tag, s->size);
}

static void verify(const struct slot *s, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (s->p[i] != s->tag)
            fail("contents are lost", s);
}

static void allocate(struct slot *s, uint64_t *state)
{
    const uint64_t how = draw(state) % 8;
    void *p = NULL;

    s->size = any_size(state);
    s->align = how < 3 ? 16 : (size_t)8 << draw(state) % 11;
    switch (how) {
    case 0: p = pw_malloc(s->size); break;
    case 1: p = pw_calloc(s->size, 1); break;
    case 2: p = pw_realloc(NULL, s->size); break;
    case 3: p = pw_aligned_alloc(s->align, s->size); break;
    case 4:
        if (pw_posix_memalign(&p, s->align, s->size))
            fail("posix_memalign fails", s);
        break;
    case 5:
        p = pw_valloc(s->size);
        s->align = 4096;
        break;
    case 6:
        p = pw_reallocarray(NULL, s->size, 1);
        s->align = 16;
        break;
    default: p = pw_malloc(s->size); s->align = 16;
    }
    s->p = p;
    s->tag = 0;
    if (!p || (uintptr_t)p % s->align || (uintptr_t)p % 8)
        fail("no block, or not aligned", s);
    if (pw_malloc_usable_size(p) < s->size)
        fail("usable size is too small", s);
    if (how == 1)
        verify(s, s->size);
}

static void resize(struct slot *s, uint64_t *state)
{
    const size_t size = any_size(state) + 1;
    const size_t both = size < s->size ? size : s->size;

    s->p = pw_realloc(s->p, size);
    if (!s->p)
        fail("realloc fails", s);
    verify(s, both);
    s->size = size;
}

static void release(struct slot *s)
{
    verify(s, s->size);
    pw_free(s->p);
    s->p = NULL;
}

static void *work(void *arg)
{
    struct job *job = arg;

    for (size_t i = 0; i < job->operations; i++) {
        struct slot *s = &slots[draw(&job->state) % SLOTS];

        pthread_mutex_lock(&s->lock);
        if (!s->p)
            allocate(s, &job->state);
        else if (draw(&job->state) % 4 == 0)
            resize(s, &job->state);
        else
            release(s);
        if (s->p)
            fill(s, &job->state);
        pthread_mutex_unlock(&s->lock);
        if (i % 9973 == 0)
            pw_malloc_trim(1 << 20);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const size_t operations =
        argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    const size_t threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    uint64_t seed = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
    struct job job[16];

    if (threads < 1 || threads > 16)
        return 2;
    for (int i = 0; i < SLOTS; i++)
        pthread_mutex_init(&slots[i].lock, NULL);
    for (size_t done = 0; done < operations; done += LIFE * threads) {
        for (size_t i = 0; i < threads; i++) {
            job[i] = (struct job){.state = draw(&seed), .operations = LIFE};
            if (pthread_create(&job[i].thread, NULL, work, &job[i]))
                return 2;
        }
        for (size_t i = 0; i < threads; i++)
            pthread_join(job[i].thread, NULL);
    }
    for (int i = 0; i < SLOTS; i++)
        if (slots[i].p)
            release(&slots[i]);
    puts("all contents kept");
    return 0;
}
