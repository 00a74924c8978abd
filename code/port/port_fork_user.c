/* SPDX-License-Identifier: MIT */
//> theory
/*
 * After fork(): a child that would share its parent's frames.
 *
 * Whatever else a process has, its child gets a copy of. Frames are pages
 * of a file, mapped shared, so that the child has the same ones: two
 * allocators with one idea each of what is free, and neither would
 * notice. A copy of our own is no way out. It would have to be made at
 * every fork, mostly for a child that is about to exec; and other threads
 * of the parent would write meanwhile.
 *
 * So the child is stopped at its first call, at no cost to anybody else.
 * A handler in the child takes the slot of its one thread, so that no
 * call can be a quick one: it must ask for a slot, and is told. A thread
 * that the child starts has no slot anyway.
 */
#define _GNU_SOURCE
#include "port_fork_user.h"

#include <stdlib.h>
//< theory

//> fork
static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned forks;     /* from the first process to this one */
static unsigned shared;    /* memory files mapped */
static unsigned inherited; /* of these, mapped by a parent */

/* This is the child, and its only thread. */
static void in_child(void)
{
    forks++;
    inherited = shared;
    port_slots_reset();
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, in_child);
}

void port_share(struct port_memory *m)
{
    pthread_once(&once, watch_forks);
    m->forks = forks;
    __atomic_fetch_add(&shared, 1, __ATOMIC_RELAXED);
}

void port_unshare(const struct port_memory *m)
{
    __atomic_fetch_sub(&shared, 1, __ATOMIC_RELAXED);
    if (m->forks != forks)
        __atomic_fetch_sub(&inherited, 1, __ATOMIC_RELAXED);
}

void port_refuse_child(void)
{
    if (!port_read(inherited))
        return;
    port_report("fork: this child shares its parent's frames; exec, use "
                "_exit(), or give the zone up and make another");
    abort();
}
//< fork
