/* SPDX-License-Identifier: MIT */
//> example
/*
 * A pool of connections. What costs time when a connection is made, here
 * its lock, is made once for each object by the constructor; closing puts
 * the object back as it was, and the next one to open finds it ready.
 */
#include "slab.h"

#include <stdio.h>

struct connection {
    pthread_mutex_t lock; /* constructed: survives open and close */
    int socket;           /* -1 while the connection is closed */
    char request[200];
};

static int constructed;

static int construct(void *object)
{
    struct connection *c = object;

    constructed++;
    c->socket = -1;
    return pthread_mutex_init(&c->lock, NULL) == 0 ? 0 : -ENOMEM;
}

static void close_connection(struct pw_cache *pool, struct connection *c)
{
    if (c) {
        c->socket = -1; /* as the constructor left it */
        pw_cache_free(pool, c);
    }
}

int main(void)
{
    struct connection *open[100] = {NULL};
    struct pw_cache *pool;
    char line[200];

    if (pw_page_init(1024) != 0)
        return 1;
    pool = pw_cache_create("connection", sizeof(struct connection), 0,
                           PW_CACHE_HWALIGN, construct);
    for (int n = 0; pool && n < 100000; n++) {
        struct connection **c = &open[n % 89];

        close_connection(pool, *c);
        *c = pw_cache_alloc(pool);
        if (*c)
            (*c)->socket = n;
    }
    for (int i = 0; pool && i < 100; i++)
        close_connection(pool, open[i]);
    if (!pool || pw_slabinfo(pool, line, sizeof(line)) < 0)
        return 1;
    printf("100000 opened, %d constructed\n%s\n", constructed, line);
    return pw_cache_destroy(pool) ? 1 : 0;
}
//< example
