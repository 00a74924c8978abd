/* SPDX-License-Identifier: MIT */
//> example
/*
 * A ring of pages between two threads. One fills pages and puts them in,
 * the other takes them out, adds up what they hold and frees them: pages
 * change hands, bytes do not move.
 */
#include "page.h"

#include <stdio.h>

enum { RING = 8, PAGES = 1000, WORDS = 4096 / sizeof(unsigned) };

static unsigned *ring[RING];
static unsigned put, taken; /* pages so far; put - taken are in the ring */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;

static void *fill(void *unused)
{
    for (unsigned n = 0; n < PAGES; n++) {
        unsigned *page = pw_get_free_page();

        for (unsigned i = 0; page && i < WORDS; i++)
            page[i] = n;
        pthread_mutex_lock(&lock);
        while (put - taken == RING)
            pthread_cond_wait(&moved, &lock);
        ring[put++ % RING] = page; /* NULL: there was no memory */
        pthread_cond_signal(&moved);
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

int main(void)
{
    unsigned long sum = 0;
    pthread_t filler;

    if (pw_page_init(256) != 0 ||
        pthread_create(&filler, NULL, fill, NULL) != 0)
        return 1;
    for (unsigned n = 0; n < PAGES; n++) {
        pthread_mutex_lock(&lock);
        while (put == taken)
            pthread_cond_wait(&moved, &lock);
        unsigned *page = ring[taken++ % RING];
        pthread_cond_signal(&moved);
        pthread_mutex_unlock(&lock);
        for (unsigned i = 0; page && i < WORDS; i++)
            sum += page[i];
        pw_free_page(page);
    }
    pthread_join(filler, NULL);
    printf("%d pages through a ring of %d, sum %lu\n", PAGES, RING, sum);
    pw_page_exit();
    return 0;
}
//< example
