/* SPDX-License-Identifier: MIT */
/* What every unit test includes: cmocka, and what cmocka asks for. */
#ifndef PW_TESTS_UNIT_H
#define PW_TESTS_UNIT_H

#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#endif
