/* SPDX-License-Identifier: MIT */
/*
 * Moments of malloc, for diagrams; nothing is measured.
 *
 *   span    page, pages, what it is (small, large, dirty, clean), bytes of
 *           a block, blocks: what lies in the first portion of addresses
 *           after a few calls
 *   map     page: the map leads from here to the span
 *   moment  name, blocks on the span's free list, on its remote list, full
 *           (1) or not, pending (1) or not, blocks on the ready list that
 *           are the span's
 *   block   name of the moment, block, where it is (program, free, remote,
 *           ready), and which place it has on its list, from 1 on
 *
 * The moments are of one span whose blocks another thread frees.
 */
#include "../../code/malloc/malloc_core.h"

#include <stdio.h>

enum { PAGES = 96, BYTES = 512, BLOCKS = 8 };

static void *take(size_t size)
{
    void *p = pw_malloc(size);

    if (!p) {
        fprintf(stderr, "pagewise: moments: no block; free memory\n");
        exit(1);
    }
    return p;
}

/* ---- what lies in the first portion ---------------------------------- */

static const char *what_is(const struct pw_span *span)
{
    static const char *const what[PW_KINDS] = {"dirty", "clean", "small",
                                               "large"};

    return what[span->kind];
}

static void print_spans(char *start)
{
    const struct pw_span *span;

    for (size_t page = 0; page < PAGES;
         page += span->size / PORT_PAGE_SIZE) {
        span = pw_span_of(start + page * PORT_PAGE_SIZE);
        if (!span || span->start != start + page * PORT_PAGE_SIZE)
            break;
        printf("span\t%zu\t%zu\t%s\t%zu\t%u\n", page,
               span->size / PORT_PAGE_SIZE, what_is(span),
               span->kind == PW_SMALL ? pw_class_size(span->class)
                                      : span->size,
               span->kind == PW_SMALL ? span->capacity : 0);
    }
    for (size_t page = 0; page < PAGES; page++)
        if (pw_span_of(start + page * PORT_PAGE_SIZE))
            printf("map\t%zu\n", page);
}

static void spans(void)
{
    char *first = take(100);
    void *freed[3];

    for (int i = 0; i < 60; i++)
        take(100);
    freed[0] = take(40000);
    take(20);
    take(70000);
    for (int i = 0; i < 12; i++)
        take(1000);
    freed[1] = take(50000);
    freed[2] = take(35000);
    take(5000);
    take(45000);
    for (int i = 0; i < 3; i++)
        pw_free(freed[i]);
    print_spans(pw_span_of(first)->start);
}

/* ---- blocks that another thread frees -------------------------------- */

static struct pw_span *span; /* the one to look at */
static char *blocks[BLOCKS];
static bool held[BLOCKS]; /* by the program */

static struct pw_block *remote_list(void)
{
    return (struct pw_block *)(span->remote & (PW_REMOTE_ONE - 16));
}

static int print_list(const char *name, const char *where,
                      const struct pw_block *list)
{
    int n = 0;

    for (; list; list = list->next) {
        if (pw_span_of(list) != span)
            continue;
        printf("block\t%s\t%d\t%s\t%d\n", name,
               (int)(((char *)list - span->start) / BYTES), where, ++n);
    }
    return n;
}

static void moment(const char *name)
{
    const unsigned class = pw_class_of(BYTES);
    int free, remote, ready;

    for (int i = 0; i < BLOCKS; i++)
        if (held[i])
            printf("block\t%s\t%d\tprogram\t0\n", name,
                   (int)((blocks[i] - span->start) / BYTES));
    free = print_list(name, "free", span->free);
    remote = print_list(name, "remote", remote_list());
    ready = print_list(name, "ready", pw_heap_mine->ready[class]);
    printf("moment\t%s\t%d\t%d\t%d\t%d\t%d\n", name, free, remote,
           span->full, pw_heap_mine->pending == span, ready);
}

static void *other_thread(void *unused)
{
    static const int which[] = {2, 6, 3};

    for (int i = 0; i < 3; i++) {
        pw_free(blocks[which[i]]);
        held[which[i]] = false;
    }
    return unused;
}

/* Take until this happens to the span, or the calls run out. */
static void take_until(bool (*happened)(void))
{
    for (int i = 0; i < 200 && !happened(); i++) {
        char *p = take(BYTES);

        if (pw_span_of(p) == span)
            for (int k = 0; k < BLOCKS; k++)
                if (blocks[k] == p)
                    held[k] = true;
    }
}

static bool is_full(void)
{
    return span->full;
}

static bool is_not_full(void)
{
    return !span->full;
}

static bool is_ready(void)
{
    return !span->free;
}

static void remote(void)
{
    pthread_t thread;

    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = take(BYTES);
        held[i] = true;
    }
    span = pw_span_of(blocks[0]);
    take_until(is_full);
    moment("full");
    if (pthread_create(&thread, NULL, other_thread, NULL) != 0)
        exit(1);
    pthread_join(thread, NULL);
    moment("freed");
    take_until(is_not_full);
    moment("drained");
    take_until(is_ready);
    moment("ready");
}

int main(void)
{
    spans();
    remote();
    return 0;
}
