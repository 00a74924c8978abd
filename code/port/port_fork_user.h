/* SPDX-License-Identifier: MIT */
//> fork-calls
/* Fork, port_fork_user.c: told of each memory file mapped and unmapped. */
#ifndef PW_PORT_FORK_USER_H
#define PW_PORT_FORK_USER_H

#include "port.h"

void port_share(struct port_memory *m);
void port_unshare(const struct port_memory *m);

/* Has this process memory of its parent's? Then it ends here. */
void port_refuse_child(void);

#endif
//< fork-calls
