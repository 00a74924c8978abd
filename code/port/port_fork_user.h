/* SPDX-License-Identifier: MIT */
//> fork-calls
/* Fork, port_fork_user.c: told of each mapping of frames there is. */
#ifndef PW_PORT_FORK_USER_H
#define PW_PORT_FORK_USER_H

#include "port.h"

int port_share(char *base, size_t bytes); /* 0 or -ENOMEM */
void port_unshare(const char *base);

/* Has this process frames of its parent's? Then it ends here. */
void port_refuse_child(void);

#endif
//< fork-calls
