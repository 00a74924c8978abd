/* SPDX-License-Identifier: MIT */
//> theory
/*
 * After fork(): a child that would share its parent's frames.
 *
 * Whatever else a process has, its child gets a copy of. Frames are pages
 * of a file, mapped shared, so that the child would have the same ones:
 * two allocators with one idea each of what is free, and neither would
 * notice. A copy of our own is no way out. It would have to be made at
 * every fork, mostly for a child that is about to exec; and other threads
 * of the parent would write meanwhile.
 *
 * So the child is stopped, at no cost to anybody else. A handler in the
 * child takes the right to write from all frames, and the one thread's
 * slot: hence its next call cannot be a quick one, but has to ask for a
 * slot, and is told. A thread that the child starts has no slot anyway.
 */
#define _GNU_SOURCE
#include "port_fork_user.h"

#include <stdlib.h>
#include <sys/mman.h>
//< theory

//> share
/* One mapping of frames: of a zone, or of a range over some. */
struct shared {
    struct shared *next;
    char *base;
    size_t bytes;
    bool inherited; /* by this process, from its parent */
};

static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t shared_once = PTHREAD_ONCE_INIT;
static struct shared *shared_list;
static size_t inherited; /* of these */

/* This is the child, and its only thread. Whoever held a lock is gone. */
static void in_child(void)
{
    struct shared *s;

    pthread_mutex_init(&shared_lock, NULL);
    port_slots_reset();
    for (s = shared_list; s; s = s->next) {
        inherited += !s->inherited;
        s->inherited = true;
        mprotect(s->base, s->bytes, PROT_READ);
    }
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, in_child);
}

int port_share(char *base, size_t bytes)
{
    struct shared *s = port_meta_alloc(sizeof(*s));

    if (!s)
        return -ENOMEM;
    pthread_once(&shared_once, watch_forks);
    pthread_mutex_lock(&shared_lock);
    *s = (struct shared){.next = shared_list, .base = base, .bytes = bytes};
    shared_list = s;
    pthread_mutex_unlock(&shared_lock);
    return 0;
}

void port_unshare(const char *base)
{
    struct shared **at = &shared_list, *gone;

    pthread_mutex_lock(&shared_lock);
    while (*at && (*at)->base != base)
        at = &(*at)->next;
    gone = *at;
    if (gone) {
        *at = gone->next;
        port_write(inherited, inherited - gone->inherited);
    }
    pthread_mutex_unlock(&shared_lock);
    port_meta_free(gone, sizeof(*gone));
}
//< share

//> refuse
void port_refuse_child(void)
{
    if (!port_read(inherited))
        return;
    port_report("fork: this child shares its parent's frames; exec, use "
                "_exit(), or give the zone up and make another");
    abort();
}
//< refuse
