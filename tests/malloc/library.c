/* SPDX-License-Identifier: MIT */
/*
 * A library that allocates before anybody calls it, while the dynamic
 * linker has it in hand. tests/malloc_world.c loads and unloads it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

char *left(void);

static void *early[200];

__attribute__((constructor)) static void begin(void)
{
    for (size_t i = 0; i < 200; i++)
        memset(early[i] = malloc(i * i * 20), 1, i * i * 20);
}

__attribute__((destructor)) static void end(void)
{
    for (size_t i = 0; i < 200; i++)
        free(early[i]);
    free(calloc(100, 30));
}

/* What outlives the library. */
char *left(void)
{
    return strdup("by the library");
}
