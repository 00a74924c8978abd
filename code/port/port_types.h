/* SPDX-License-Identifier: MIT */
//> types
/*
 * The little of the port that the allocators' own headers need: types,
 * the page size, and how a word is read that another CPU may write.
 * Whatever else the port has stays inside the library.
 *
 * fork(): in a process frames are shared mappings: what a child writes
 * to a page, an object or an area appears in its parent's, and the other
 * way round. Of what is free, each would have an idea of its own. So the
 * child's first call that allocates or frees ends it, with one line and
 * SIGABRT. A child may exec, leave by _exit(), or give the zone up by
 * pw_zone_exit() or pw_page_exit() and make another; but not where caches,
 * pw_kmalloc() or a space have frames of that zone, for these cannot be
 * given up in a child. vfork(), system() and posix_spawn() are not
 * concerned; a fork that goes past the handlers of pthread_atfork(), by
 * clone() or _Fork(), is not noticed.
 */
#ifndef PW_PORT_TYPES_H
#define PW_PORT_TYPES_H

#ifdef __KERNEL__
#include "port_kernel.h"
#else
#include "port_types_user.h"
#endif

#define PORT_PAGE_SIZE ((size_t)1 << PORT_PAGE_SHIFT)
#define PORT_CACHE_LINE 64 /* bytes; x86-64 and most of arm64 */

/* A word that another CPU may read or write meanwhile: whole, no order. */
#define port_read(word) __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define port_write(word, v) __atomic_store_n(&(word), v, __ATOMIC_RELAXED)

/* A run of frames: `pages` of PORT_PAGE_SIZE bytes from `base` on. */
struct port_memory {
    char *base;
    size_t pages;
    int backing;    /* the memory file; in the kernel, the block order */
    unsigned forks; /* in a process: how many there had been */
};

/* Addresses that are ours and lead nowhere until frames are mapped. */
struct port_range {
    char *base;
    size_t pages;
    void *tables; /* in the kernel, where the page-table entries lie */
};

#endif
//< types
