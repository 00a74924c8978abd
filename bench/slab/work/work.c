/* SPDX-License-Identifier: MIT */
/* The worker of this chapter: its pair of calls in everybody's patterns. */
#define _GNU_SOURCE
#include "pair.h"

#include "../../workers/work.c"
