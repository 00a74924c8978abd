/* SPDX-License-Identifier: MIT */
/* Workloads that build and take apart what programs build. */
#include "work.h"

#include <stdlib.h>
#include <string.h>

/* ---- symbolic: differentiate and simplify expressions -------------- */

struct expr {
    char op; /* '+', '*', 'x' or 'c' */
    int value;
    struct expr *l, *r;
};

static struct expr *node(char op, int value, struct expr *l, struct expr *r)
{
    struct expr *e = need(sizeof(*e));

    *e = (struct expr){op, value, l, r};
    return e;
}

static struct expr *random_expr(uint64_t *state, int depth)
{
    const uint64_t r = draw(state);

    if (depth == 0)
        return r & 1 ? node('x', 0, NULL, NULL)
                     : node('c', (int)(r >> 8) % 100, NULL, NULL);
    return node(r & 2 ? '+' : '*', 0, random_expr(state, depth - 1),
                random_expr(state, depth - 1));
}

static struct expr *copy(const struct expr *e)
{
    return node(e->op, e->value, e->l ? copy(e->l) : NULL,
                e->r ? copy(e->r) : NULL);
}

static struct expr *derive(const struct expr *e)
{
    if (e->op == 'x' || e->op == 'c')
        return node('c', e->op == 'x', NULL, NULL);
    if (e->op == '+')
        return node('+', 0, derive(e->l), derive(e->r));
    return node('+', 0, node('*', 0, derive(e->l), copy(e->r)),
                node('*', 0, copy(e->l), derive(e->r)));
}

static uint64_t drop(struct expr *e)
{
    uint64_t sum = (uint64_t)e->value + (unsigned char)e->op;

    if (e->l)
        sum += 3 * drop(e->l) + 5 * drop(e->r);
    free(e);
    return sum;
}

static struct expr *simplify(struct expr *e)
{
    struct expr *other;

    if (!e->l)
        return e;
    e->l = simplify(e->l);
    e->r = simplify(e->r);
    if (e->op == '*' && e->l->op == 'c' && e->l->value == 0) {
        drop(e);
        return node('c', 0, NULL, NULL);
    }
    if (e->op == '+' && e->l->op == 'c' && e->l->value == 0) {
        other = e->r;
        free(e->l);
        free(e);
        return other;
    }
    return e;
}

static uint64_t symbolic(unsigned scale)
{
    uint64_t state = 1, sum = 0;

    for (unsigned i = 0; i < scale; i++) {
        struct expr *e = random_expr(&state, 11), *d = derive(e);

        sum += drop(e);
        sum = sum * 31 + drop(simplify(d));
    }
    return sum;
}

/* ---- compiler: vectors and nodes of a function, freed with it ------ */

struct vector {
    uint64_t *items;
    size_t n, room;
};

static void push(struct vector *v, uint64_t item)
{
    if (v->n == v->room) {
        v->room = v->room ? 2 * v->room : 4;
        v->items = realloc(v->items, v->room * sizeof(*v->items));
    }
    v->items[v->n++] = item;
}

static uint64_t compiler(unsigned scale)
{
    enum { BLOCKS = 40 };
    uint64_t state = 2, sum = 0;

    for (unsigned f = 0; f < scale * 40; f++) {
        struct vector nodes = {0}, block[BLOCKS] = {{0}};
        const size_t n = 100 + below(&state, 400);

        for (size_t i = 0; i < n; i++) {
            const size_t size = 24 + 8 * below(&state, 10);
            char *p = need(size);

            memset(p, (int)i, size);
            push(&nodes, (uint64_t)(uintptr_t)p);
            push(&block[below(&state, BLOCKS)], i);
        }
        for (size_t i = 0; i < n; i++) {
            unsigned char *p = (void *)(uintptr_t)nodes.items[i];

            sum = sum * 31 + p[7];
            free(p);
        }
        for (size_t i = 0; i < BLOCKS; i++) {
            sum += block[i].n;
            free(block[i].items);
        }
        free(nodes.items);
    }
    return sum;
}

/* ---- tree: a search tree with random insertion and removal --------- */

struct tree {
    struct tree *child[2];
    uint64_t key;
    char load[24];
};

static void tree_remove(struct tree **at)
{
    struct tree *gone = *at, **next = &gone->child[1], *heir;

    if (!gone->child[0] || !gone->child[1]) {
        *at = gone->child[!gone->child[0]];
        free(gone);
        return;
    }
    while ((*next)->child[0])
        next = &(*next)->child[0];
    heir = *next;
    *next = heir->child[1];
    heir->child[0] = gone->child[0];
    heir->child[1] = gone->child[1];
    *at = heir;
    free(gone);
}

static uint64_t tree(unsigned scale)
{
    uint64_t state = 4, sum = 0;
    struct tree *root = NULL, **at;

    for (unsigned i = 0; i < scale * 6000; i++) {
        const uint64_t key = below(&state, 60000) * 0x9e3779b1u % 60000;

        for (at = &root; *at && (*at)->key != key;)
            at = &(*at)->child[key > (*at)->key];
        if (*at) {
            sum = sum * 31 + (*at)->key;
            tree_remove(at);
        } else {
            *at = need(sizeof(**at));
            **at = (struct tree){.key = key};
        }
    }
    while (root)
        tree_remove(&root);
    return sum;
}

/* ---- bignum: products of long numbers, each in a block of its own -- */

struct number {
    size_t n;
    uint32_t digit[];
};

static struct number *product(const struct number *a,
                              const struct number *b)
{
    const size_t n = a->n + b->n;
    struct number *p = need(sizeof(*p) + n * 4);

    p->n = n;
    memset(p->digit, 0, n * 4);
    for (size_t i = 0; i < a->n; i++) {
        uint64_t carry = 0;

        for (size_t k = 0; k < b->n; k++) {
            carry += (uint64_t)a->digit[i] * b->digit[k] + p->digit[i + k];
            p->digit[i + k] = (uint32_t)carry;
            carry >>= 32;
        }
        p->digit[i + b->n] = (uint32_t)carry;
    }
    return p;
}

static uint64_t bignum(unsigned scale)
{
    uint64_t state = 7, sum = 0;

    for (unsigned i = 0; i < scale * 3000; i++) {
        struct number *p = need(sizeof(*p) + 4), *q, *r;
        const size_t steps = 3 + below(&state, 10);

        p->n = 1;
        p->digit[0] = 3 + (uint32_t)i;
        for (size_t k = 0; k < steps; k++) {
            q = need(sizeof(*q) + 4);
            q->n = 1;
            q->digit[0] = (uint32_t)draw(&state) | 1;
            r = product(p, q);
            free(p);
            free(q);
            p = r;
        }
        sum = sum * 31 + p->digit[0];
        free(p);
    }
    return sum;
}

const struct workload structures[] = {
    {"symbolic", symbolic, "differentiate and simplify expressions"},
    {"compiler", compiler, "nodes and vectors that die with a function"},
    {"tree", tree, "a search tree, random insertion and removal"},
    {"bignum", bignum, "products of long numbers, each a new block"},
    {0},
};
