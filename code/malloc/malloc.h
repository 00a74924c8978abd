/* SPDX-License-Identifier: MIT */
//> interface
/*
 * malloc: a general-purpose allocator with a heap for each thread.
 *
 * These are the C library's calls under names of our own, so that a
 * program can use both. libpagewise-malloc.so has the same functions
 * under the C and C++ names, for LD_PRELOAD.
 *
 * Sizes are in bytes. Every block is aligned to 16 bytes and unique, one
 * of size 0 too. What allocates returns NULL with errno ENOMEM when there
 * is no memory or a size is over PTRDIFF_MAX, and EINVAL for an alignment
 * that is no power of two. What frees keeps errno, and accepts NULL.
 *
 * Threads: every function may be called by any number of threads at
 * once, and a block may be freed by any of them. After fork() the child
 * may go on. Not from signal handlers that interrupt one of these calls.
 *
 * A block that is freed twice in a row, or an address that was never
 * allocated, ends the program with one line on standard error where that
 * is noticed in passing; built with PW_MALLOC_CHECKED, every free is
 * checked, and blocks are watched for writes after their free.
 */
#ifndef PW_MALLOC_H
#define PW_MALLOC_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

void *pw_malloc(size_t size);
void pw_free(void *block);
void *pw_calloc(size_t n, size_t size);
void *pw_realloc(void *block, size_t size); /* size 0 frees */
void *pw_reallocarray(void *block, size_t n, size_t size);

void *pw_aligned_alloc(size_t align, size_t size);
int pw_posix_memalign(void **block, size_t align, size_t size);
void *pw_valloc(size_t size);

/* All of these bytes may be used, though fewer were asked for. */
size_t pw_malloc_usable_size(void *block);

/* Give what is idle back to the kernel; 1 if there was something. */
int pw_malloc_trim(size_t pad);

/* M_TRIM_THRESHOLD (-1): bytes that may lie idle. 1, or 0: no such. */
int pw_mallopt(int what, int value);

/* glibc's struct mallinfo2; what is in use counts by pages. */
struct pw_mallinfo2 {
    size_t arena, ordblks, smblks, hblks, hblkhd;
    size_t usmblks, fsmblks, uordblks, fordblks, keepcost;
};
struct pw_mallinfo2 pw_mallinfo2(void);
void pw_malloc_stats(void); /* to standard error */
int pw_malloc_info(int options, FILE *to);

#ifdef __cplusplus
}
#endif
#endif
//< interface
