/* SPDX-License-Identifier: MIT */
//> theory
/*
 * Step 4, pages: blocks of one class are cut from a page of 64 KiB whose
 * first bytes describe it. The page of a block is found by a mask, so the
 * block needs no header; and when the last block of a page is free, the
 * page is too, for any class.
 */
#include "steps.h"
//< theory

//> pages
struct page {
    struct page *next, **prev; /* among the class's that have free blocks */
    void *free;
    size_t size, used;
    char *fresh; /* from here on, nothing was ever handed out */
};

static struct page *list[STEP_MOST / STEP_CLASS + 1], *idle;
static size_t used;

static void page_add(struct page *p)
{
    struct page **head = &list[p->size / STEP_CLASS];

    p->next = *head;
    p->prev = head;
    if (p->next)
        p->next->prev = &p->next;
    *head = p;
}

static void page_del(struct page *p)
{
    *p->prev = p->next;
    if (p->next)
        p->next->prev = p->prev;
}

static bool page_full(const struct page *p)
{
    return !p->free && p->fresh + p->size > (char *)p + STEP_PAGE;
}

static struct page *page_new(size_t size)
{
    struct page *p = idle;

    if (p) {
        idle = p->next;
    } else {
        if (used == STEP_RANGE)
            return NULL;
        p = (struct page *)(step_range + used);
        used += STEP_PAGE;
    }
    *p = (struct page){.size = size, .fresh = (char *)p + 64};
    page_add(p);
    return p;
}

static void *alloc(size_t size)
{
    const size_t bytes = (size + STEP_CLASS - 1) & -(size_t)STEP_CLASS;
    struct page *p = list[bytes / STEP_CLASS];
    void *block;

    if (!p && !(p = page_new(bytes ? bytes : STEP_CLASS)))
        return NULL;
    block = p->free;
    if (block) {
        p->free = *(void **)block;
    } else {
        block = p->fresh;
        p->fresh += p->size;
    }
    p->used++;
    if (page_full(p))
        page_del(p);
    return block;
}

static void release(void *block)
{
    struct page *p = (struct page *)((uintptr_t)block & -STEP_PAGE);

    if (page_full(p))
        page_add(p);
    *(void **)block = p->free;
    p->free = block;
    if (--p->used == 0) {
        page_del(p);
        p->next = idle;
        idle = p;
    }
}

static void reset(void)
{
    memset(list, 0, sizeof(list));
    idle = NULL;
    used = 0;
}

const struct step step_pages = {"pages", alloc, release, reset};
//< pages
