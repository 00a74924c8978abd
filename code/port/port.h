/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The port: everything that differs between a process and a kernel.
 *
 * The allocators above this line are the same text in both worlds. They
 * need six things from the world they run in, and each world supplies
 * them under the same names:
 *
 *   pages    PORT_PAGE_SHIFT, PORT_PAGE_SIZE
 *   memory   port_memory_map(): a run of frames to manage
 *            port_meta_alloc(): zeroed memory for bookkeeping
 *   a map    port_range_reserve(): addresses with nothing behind them
 *            port_map(): put frames behind some of them
 *   a CPU    port_pin(): a small number that nobody else holds until
 *            port_unpin(); in a process a thread plays the CPU
 *   a lock   port_lock(), taken only while pinned
 *   a voice  port_report(): one line for the person who has to mend it
 *
 * This is the only folder that may ask whether it is inside the kernel.
 */
#ifndef PW_PORT_H
#define PW_PORT_H
//< theory

//> port
#include "port_types.h"

#define port_likely(x) __builtin_expect(!!(x), 1)
#define port_unlikely(x) __builtin_expect(!!(x), 0)

#ifndef __KERNEL__
#include "port_user.h"
#endif

/* Pin and lock, for those who want the lock and no CPU's own data. */
static inline __attribute__((__always_inline__)) void
port_hold(port_lock_t *lock, port_pin_t *pin)
{
    port_pin(pin);
    port_lock(lock);
}

static inline __attribute__((__always_inline__)) void
port_release(port_lock_t *lock, port_pin_t *pin)
{
    port_unlock(lock);
    port_unpin(pin);
}

/*
 * Find `pages` frames (a multiple of `align`) whose base is aligned to
 * `align` pages, a power of two. Returns 0 or a negative errno.
 */
int port_memory_map(struct port_memory *m, size_t pages, size_t align);
void port_memory_unmap(struct port_memory *m);

/* Zeroed, cache-line aligned memory for bookkeeping, or NULL. */
void *port_meta_alloc(size_t bytes);
void port_meta_free(void *p, size_t bytes);
//< port

//> map
/* Addresses for so many pages. Returns 0 or a negative errno. */
int port_range_reserve(struct port_range *r, size_t pages);
void port_range_release(struct port_range *r);

/*
 * Let n pages of the range, from page `at` on, lead to n neighbouring
 * frames of m, from `frame` on. Returns 0, or a negative errno and has
 * mapped nothing. Any number of threads, on pages that do not overlap.
 */
int port_map(const struct port_range *r, size_t at,
             const struct port_memory *m, size_t frame, size_t n);

/* Let n pages lead nowhere. A CPU may remember otherwise for a while ... */
void port_unmap(const struct port_range *r, size_t at, size_t n);

/* ... until this returns. It may sleep: call it unpinned, unlocked. */
void port_flush(void);

#endif
//< map
