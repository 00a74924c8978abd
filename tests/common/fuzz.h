/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share: REQUIRE ends the run and keeps the input,
 * and what the allocator reports about wrong frees goes nowhere.
 */
#ifndef PW_TESTS_FUZZ_H
#define PW_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(what) \
    do { \
        if (!(what)) \
            abort(); \
    } while (0)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sanitizers write to the number 2, not to stderr. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    stderr = fopen("/dev/null", "w");
    return stderr ? 0 : 1;
}

#endif
