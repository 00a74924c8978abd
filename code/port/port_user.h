/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The port to a process. A thread plays the CPU: it is given a slot
 * number at its first call and keeps it until it ends; the next new
 * thread inherits the slot with whatever was cached under it, as work
 * that is scheduled onto a CPU finds that CPU's lists as they were left.
 */
#ifndef PW_PORT_USER_H
#define PW_PORT_USER_H
//< theory

//> user
#include "port_types_user.h"

#include <stdio.h>
#include <string.h>

#define PORT_CPUS 64 /* threads with a slot; the rest use the lock */

typedef int port_pin_t;

#define PORT_LOCK(name) port_lock_t name = PTHREAD_MUTEX_INITIALIZER
#define port_lock_init(l) pthread_mutex_init(l, NULL)
#define port_lock(l) pthread_mutex_lock(l)
#define port_unlock(l) pthread_mutex_unlock(l)

extern __thread int port_slot __attribute__((tls_model("initial-exec")));
int port_slot_assign(void);
void port_slots_reset(void);

static inline unsigned port_cpus(void)
{
    return PORT_CPUS;
}

/* This thread's slot, or -1 when more than PORT_CPUS threads live. */
static inline int port_pin(port_pin_t *pin)
{
    (void)pin;
    if (port_likely(port_slot >= 0))
        return port_slot;
    return port_slot_assign();
}

/* Quicker: -1 also when this thread has not asked for a slot yet. */
static inline int port_pin_quick(port_pin_t *pin)
{
    (void)pin;
    return port_slot;
}

static inline void port_unpin(port_pin_t *pin)
{
    (void)pin;
}

#define port_report(...) \
    (fputs("pagewise: ", stderr), fprintf(stderr, __VA_ARGS__), \
     fputc('\n', stderr))

#endif
//< user
