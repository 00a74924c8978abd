/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Mapping in a process. The range is a piece of address space without
 * access rights; frames are pages of the memory file, and to map them is
 * one mmap() over a part of the range for each run of neighbours. The
 * operating system keeps a record (a VMA) for each run, and limits their
 * number: vm.max_map_count, 65,530 unless somebody raised it. At the
 * limit even the call that unmaps is refused, and nothing could ever be
 * freed again. So we keep a few mappings that nobody needs, and give
 * them up when it comes to that.
 *
 * Pages are entered into the page table at once, not at the first touch:
 * that is how a kernel's own mappings behave, too.
 */
#define _GNU_SOURCE
#include "port.h"

#include <sys/mman.h>
//< theory

//> range
/* No access, no memory, not even a promise of any. */
static void *claim(void *at, size_t bytes, int flags)
{
    return mmap(at, bytes, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
}

enum { SPARE = 8 }; /* pages behind the range, each its own mapping */

static char *spare_of(const struct port_range *r)
{
    return r->base + (r->pages << PORT_PAGE_SHIFT);
}

/* Neighbours with different rights cannot share a record. */
static void hold_spare(const struct port_range *r)
{
    size_t i;

    for (i = 0; i < SPARE; i += 2)
        mprotect(spare_of(r) + (i << PORT_PAGE_SHIFT), PORT_PAGE_SIZE,
                 PROT_READ);
}

static void drop_spare(const struct port_range *r)
{
    mprotect(spare_of(r), SPARE << PORT_PAGE_SHIFT, PROT_NONE);
}

int port_range_reserve(struct port_range *r, size_t pages)
{
    void *base;

    if (pages == 0 || pages > (SIZE_MAX >> PORT_PAGE_SHIFT) - SPARE)
        return -EINVAL;
    base = claim(NULL, (pages + SPARE) << PORT_PAGE_SHIFT, 0);
    if (base == MAP_FAILED)
        return -ENOMEM;
    *r = (struct port_range){.base = base, .pages = pages};
    hold_spare(r);
    return 0;
}

void port_range_release(struct port_range *r)
{
    munmap(r->base, (r->pages + SPARE) << PORT_PAGE_SHIFT);
    *r = (struct port_range){.base = NULL};
}
//< range

//> map
int port_map(const struct port_range *r, size_t at,
             const struct port_memory *m, size_t frame, size_t n)
{
    char *address = r->base + (at << PORT_PAGE_SHIFT);

    if (mmap(address, n << PORT_PAGE_SHIFT, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED | MAP_POPULATE, m->backing,
             (off_t)(frame << PORT_PAGE_SHIFT)) == MAP_FAILED)
        return -errno;
    return 0;
}

void port_unmap(const struct port_range *r, size_t at, size_t n)
{
    char *address = r->base + (at << PORT_PAGE_SHIFT);
    const size_t bytes = n << PORT_PAGE_SHIFT;

    if (claim(address, bytes, MAP_FIXED) != MAP_FAILED)
        return;
    drop_spare(r);
    if (claim(address, bytes, MAP_FIXED) == MAP_FAILED)
        port_report("cannot unmap %zu pages at %p: %s; raise "
                    "vm.max_map_count",
                    n, (void *)address, strerror(errno));
    hold_spare(r);
}

/* Whoever unmaps by a system call has flushed when it returns. */
void port_flush(void)
{
}
//< map
