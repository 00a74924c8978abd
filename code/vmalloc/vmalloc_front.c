/* SPDX-License-Identifier: MIT */
//> front
/*
 * The names that the kernel's programmers know, on one space for all.
 * Each remembers who called it, for the list of areas.
 */
#include "vmalloc_core.h"

struct pw_vspace pw_vmalloc_space;

int pw_vmalloc_init(size_t npages)
{
    if (pw_vmalloc_space.npages)
        return -EBUSY;
    return pw_vspace_init(&pw_vmalloc_space, &pw_contig_zone, npages);
}

void pw_vmalloc_exit(void)
{
    pw_vspace_exit(&pw_vmalloc_space);
}

/* Are there addresses? A caller without any hears of it. */
static bool ready(const char *call)
{
    if (port_unlikely(!pw_vmalloc_space.npages))
        port_report("%s: no addresses; call pw_vmalloc_init() first", call);
    return pw_vmalloc_space.npages != 0;
}

void *pw_vmalloc(size_t size)
{
    if (!ready("pw_vmalloc"))
        return NULL;
    return pw_vspace_alloc(&pw_vmalloc_space, size,
                           __builtin_return_address(0));
}

void *pw_vzalloc(size_t size)
{
    void *p = NULL;

    if (ready("pw_vzalloc"))
        p = pw_vspace_alloc(&pw_vmalloc_space, size,
                            __builtin_return_address(0));
    return p ? memset(p, 0, size) : NULL;
}

int pw_vfree(const void *address)
{
    if (address && !ready("pw_vfree"))
        return -EFAULT;
    return pw_vspace_free(&pw_vmalloc_space, address, PW_V_VMALLOC);
}

void *pw_vmap(struct pw_page **frames, size_t n)
{
    if (!ready("pw_vmap"))
        return NULL;
    return pw_vspace_map(&pw_vmalloc_space, frames, n,
                         __builtin_return_address(0));
}

int pw_vunmap(const void *address)
{
    if (address && !ready("pw_vunmap"))
        return -EFAULT;
    return pw_vspace_free(&pw_vmalloc_space, address, PW_V_VMAP);
}

size_t pw_vmalloc_to_pfn(const void *address)
{
    if (!pw_is_vmalloc_addr(address))
        return SIZE_MAX;
    return pw_vspace_to_pfn(&pw_vmalloc_space, address);
}

struct pw_page *pw_vmalloc_to_page(const void *address)
{
    const size_t pfn = pw_vmalloc_to_pfn(address);

    return pfn == SIZE_MAX ? NULL : &pw_contig_zone.pages[pfn];
}

bool pw_is_vmalloc_addr(const void *address)
{
    return pw_vpage_of(&pw_vmalloc_space, address) <
           pw_vmalloc_space.npages;
}

int pw_vmallocinfo(size_t *at, char *line, size_t size)
{
    return pw_vspace_info(&pw_vmalloc_space, at, line, size);
}
//< front
