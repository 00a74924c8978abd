/* SPDX-License-Identifier: MIT */
/*
 * A kernel that refuses: the linker sends calls of mmap, mremap, munmap and
 * madvise here (--wrap).
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

static unsigned refuse; /* bit n: the kernel refuses the n-th next call */

void *__real_mmap(void *, size_t, int, int, int, off_t);
void *__wrap_mmap(void *, size_t, int, int, int, off_t);
void *__real_mremap(void *, size_t, size_t, int, void *);
void *__wrap_mremap(void *, size_t, size_t, int, void *);
int __real_munmap(void *, size_t);
int __wrap_munmap(void *, size_t);
int __real_madvise(void *, size_t, int);
int __wrap_madvise(void *, size_t, int);

static bool refused(void)
{
    const bool now = refuse & 1;

    refuse >>= 1;
    if (now)
        errno = ENOMEM;
    return now;
}

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd,
                  off_t offset)
{
    return refused() ? MAP_FAILED
                     : __real_mmap(at, size, prot, flags, fd, offset);
}

void *__wrap_mremap(void *at, size_t old, size_t size, int flags, void *to)
{
    return refused() ? MAP_FAILED : __real_mremap(at, old, size, flags, to);
}

int __wrap_munmap(void *at, size_t size)
{
    return refused() ? -1 : __real_munmap(at, size);
}

int __wrap_madvise(void *at, size_t size, int advice)
{
    return refused() ? -1 : __real_madvise(at, size, advice);
}
