/* SPDX-License-Identifier: MIT */
/* Workloads that are about text. */
#define _GNU_SOURCE
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- strings: build, split and join text; count words in a table --- */

static char *number_text(uint64_t n)
{
    char text[40];
    const int len =
        snprintf(text, sizeof(text), "word%llu-%llx", (unsigned long long)n,
                 (unsigned long long)(n * n * n));
    char *p = need((size_t)len + 1);

    return memcpy(p, text, (size_t)len + 1);
}

static char *join(char *a, char *b)
{
    const size_t la = strlen(a), lb = strlen(b);
    char *p = need(la + lb + 2);

    memcpy(p, a, la);
    p[la] = ' ';
    memcpy(p + la + 1, b, lb + 1);
    free(a);
    free(b);
    return p;
}

static uint64_t strings(unsigned scale)
{
    uint64_t state = 3, sum = 0;

    for (unsigned i = 0; i < scale * 60; i++) {
        char *line = number_text(below(&state, 1000)), *word, *rest;

        for (int k = 0; k < 30; k++)
            line = join(line, number_text(below(&state, 1000)));
        for (word = line; word; word = rest) {
            rest = strchr(word, ' ');
            if (rest)
                *rest++ = '\0';
            word = strdup(word);
            sum = sum * 31 + (unsigned char)word[strlen(word) - 1];
            free(word);
            word = rest;
        }
        free(line);
    }
    return sum;
}

/* ---- document: a tree of named values, as a parser of JSON makes --- */

struct value {
    char *name, *text;
    struct value **item;
    size_t n, room;
};

static struct value *read_value(uint64_t *state, int depth)
{
    struct value *v = calloc(1, sizeof(*v));
    const size_t n = depth ? 2 + below(state, 8) : 0;

    v->name = number_text(below(state, 200));
    if (!depth)
        v->text = number_text(draw(state));
    for (size_t i = 0; i < n; i++) {
        if (v->n == v->room) {
            v->room = v->room ? v->room * 2 : 2;
            v->item = realloc(v->item, v->room * sizeof(*v->item));
        }
        v->item[v->n++] = read_value(state, depth - 1);
    }
    return v;
}

static uint64_t drop_value(struct value *v)
{
    uint64_t sum = (unsigned char)v->name[4];

    for (size_t i = 0; i < v->n; i++)
        sum = sum * 31 + drop_value(v->item[i]);
    free(v->item);
    free(v->name);
    free(v->text);
    free(v);
    return sum;
}

static uint64_t document(unsigned scale)
{
    uint64_t state = 8, sum = 0;

    for (unsigned i = 0; i < scale * 2; i++)
        sum = sum * 31 + drop_value(read_value(&state, 5));
    return sum;
}

const struct workload texts[] = {
    {"strings", strings, "build, join, split and copy text"},
    {"document", document, "read text into a tree, walk it, drop it"},
    {0},
};
