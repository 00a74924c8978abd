/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Vmalloc: one range of addresses over frames that lie anywhere.
 *
 * A space manages a run of virtual pages, any number of them up to 2^32.
 * It hands them out in areas, and behind each page of an area but the
 * last it puts a frame of a zone. The last page of every area leads
 * nowhere: it is the guard, and who runs over the end faults there.
 *
 * Source: the range allocator follows the ideas of Linux, mm/vmalloc.c
 * (since 5.2); the tree is a treap, Seidel and Aragon (1996).
 *
 * Threads: every function may be called by any number of threads at
 * once, except init, exit and check, which want the space to themselves.
 * In the kernel from process context only: freeing may have to wait for
 * other CPUs to forget old translations.
 *
 * Errors: what allocates returns NULL when there are not enough frames
 * or addresses, and has then given everything back; it also reports one
 * line if no such call can ever succeed. What frees returns 0, or a
 * negative errno after reporting one line, and has then changed nothing:
 *   -EFAULT    not an address of this space
 *   -EINVAL    not the first address of an area, or of the other kind
 *   -EALREADY  free already
 *
 * fork(): a child must not use its parent's; see port_types.h.
 */
#ifndef PW_VMALLOC_H
#define PW_VMALLOC_H

#include "../page/page.h"

#ifdef __cplusplus
extern "C" {
#endif
//< theory

//> vpage
enum pw_vstate {
    PW_V_INSIDE,  /* not the first page of anything */
    PW_V_FREE,    /* first page, and last page, of a free range */
    PW_V_LAZY,    /* first page of an area that waits for the purge */
    PW_V_BUSY,    /* first page of an area that is being made or freed */
    PW_V_VMALLOC, /* first page of an area, its frames are ours */
    PW_V_VMAP,    /* first page of an area, its frames are the caller's */
};

struct pw_vnode {
    uint32_t child[2], up; /* nodes, by page number; 0: none */
    uint32_t max;          /* largest range in this subtree */
};

/* What we know of a virtual page: 32 bytes for each 4,096. */
struct pw_vpage {
    __extension__ union {
        struct pw_vnode node; /* last page of a free range */
        const void *caller;   /* first page of an area */
        uint32_t next;        /* PW_V_LAZY: the next on the list */
    };
    uint32_t prio;  /* of the node in the heap */
    uint32_t size;  /* first page, or last of a free range: in pages */
    uint32_t frame; /* the frame behind this page, plus 1; 0: none */
    uint8_t state;  /* enum pw_vstate */
};
//< vpage

//> space
struct pw_vspace {
    struct pw_vpage *pages; /* an entry a page, and one behind the last */
    struct pw_zone *zone;   /* where frames come from */
    struct port_range range;
    uint32_t npages;
    uint32_t lazy_most; /* so many lazy pages are purged; 0: at once */

    port_lock_t lock __attribute__((aligned(PORT_CACHE_LINE)));
    uint32_t root;   /* of the tree of free ranges */
    uint32_t seed;   /* of the priorities */
    uint32_t lazy;   /* list of areas that wait for the purge */
    uint32_t nlazy;  /* pages in them */
    uint32_t nareas; /* areas in use */
    uint32_t nused;  /* pages in them, with their guards */
};
//< space

//> calls
/*
 * Make a space of npages pages of addresses over the frames of a zone.
 * Page 0 is never handed out: it guards the first area's lower end.
 * Returns 0, -EINVAL or -ENOMEM.
 */
int pw_vspace_init(struct pw_vspace *space, struct pw_zone *zone,
                   size_t npages);
/* Give the frames of all areas back, then the addresses. */
void pw_vspace_exit(struct pw_vspace *space);

/* size bytes, rounded up to pages. Page aligned, contents undefined. */
void *pw_vspace_alloc(struct pw_vspace *space, size_t size,
                      const void *caller);
/* n pages over n frames of the zone, in this order. They stay yours. */
void *pw_vspace_map(struct pw_vspace *space, struct pw_page **frames,
                    size_t n, const void *caller);
/* Undo either; kind is PW_V_VMALLOC or PW_V_VMAP. NULL: no-op. */
int pw_vspace_free(struct pw_vspace *space, const void *address,
                   enum pw_vstate kind);

/* Make the addresses of all freed areas available again. */
void pw_vspace_purge(struct pw_vspace *space);

/* The frame behind an address; SIZE_MAX if there is none. */
size_t pw_vspace_to_pfn(const struct pw_vspace *space, const void *address);

struct pw_vspace_stat {
    size_t areas;   /* in use */
    size_t used;    /* pages in them, guards included */
    size_t lazy;    /* pages freed, but not yet available */
    size_t free;    /* all the others */
    size_t largest; /* the largest free range */
};

void pw_vspace_stat(struct pw_vspace *space, struct pw_vspace_stat *stat);

/*
 * The area at page *at, or the next one, as a line of /proc/vmallocinfo
 * without the newline. Sets *at behind it, so that a loop from 0 lists
 * all. Returns the line's length, which is at least size if it did not
 * fit, or 0 behind the last area.
 */
int pw_vspace_info(struct pw_vspace *space, size_t *at, char *line,
                   size_t size);

/* Does every invariant hold? 0, or -EINVAL after reporting the first. */
int pw_vspace_check(struct pw_vspace *space);

/*
 * The calls that the kernel's programmers know, on one space for all,
 * over pw_contig_zone.
 */
extern struct pw_vspace pw_vmalloc_space;

int pw_vmalloc_init(size_t npages); /* or -EBUSY: twice */
void pw_vmalloc_exit(void);

void *pw_vmalloc(size_t size);
void *pw_vzalloc(size_t size); /* contents are zero */
int pw_vfree(const void *address);

void *pw_vmap(struct pw_page **frames, size_t n);
int pw_vunmap(const void *address);

size_t pw_vmalloc_to_pfn(const void *address);
struct pw_page *pw_vmalloc_to_page(const void *address); /* or NULL */
bool pw_is_vmalloc_addr(const void *address);
int pw_vmallocinfo(size_t *at, char *line, size_t size);

#ifdef __cplusplus
}
#endif

#endif
//< calls
