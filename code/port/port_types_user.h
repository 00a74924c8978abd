/* SPDX-License-Identifier: MIT */
//> types
/* The types of the port to a process. */
#ifndef PW_PORT_TYPES_USER_H
#define PW_PORT_TYPES_USER_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_PAGE_SHIFT 12

typedef pthread_mutex_t port_lock_t;

#endif
//< types
