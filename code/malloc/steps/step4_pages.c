/* SPDX-License-Identifier: MIT */
//> pages
/*
 * Step 4, pages: blocks of one class are cut from a page of 64 KiB whose
 * first bytes describe it. The page of a block is found by a mask, so the
 * block needs no header; and when the last block of a page is free, the
 * page is too, for any class.
 */
#include "steps.h"

static size_t used; /* of the range */

static void page_add(struct step_heap *h, struct step_page *p)
{
    struct step_page **head = &h->list[p->size / STEP_CLASS];

    p->next = *head;
    p->prev = head;
    if (p->next)
        p->next->prev = &p->next;
    *head = p;
}

static void page_del(struct step_page *p)
{
    *p->prev = p->next;
    if (p->next)
        p->next->prev = p->prev;
}

static bool page_full(const struct step_page *p)
{
    return !p->free && p->fresh + p->size > (char *)p + STEP_PAGE;
}

static struct step_page *page_new(struct step_heap *h, size_t size)
{
    struct step_page *p = h->idle;
    size_t at;

    if (p) {
        h->idle = p->next;
        h->hot -= h->hot > 0;
    } else {
        at = __atomic_fetch_add(&used, STEP_PAGE, __ATOMIC_RELAXED);
        if (at >= STEP_RANGE)
            return NULL;
        p = (struct step_page *)(step_range + at);
    }
    *p = (struct step_page){
        .size = size, .heap = h, .fresh = (char *)(p + 1)};
    page_add(h, p);
    return p;
}

void *step_take(struct step_heap *h, size_t size)
{
    const size_t bytes = (size + STEP_CLASS - 1) & -(size_t)STEP_CLASS;
    struct step_page *p = h->list[bytes / STEP_CLASS];
    void *block;

    if (!p && !(p = page_new(h, bytes ? bytes : STEP_CLASS)))
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

void step_put(struct step_heap *h, void *block)
{
    struct step_page *p = step_page_of(block);

    if (page_full(p))
        page_add(h, p);
    *(void **)block = p->free;
    p->free = block;
    if (--p->used == 0) {
        page_del(p);
        p->next = h->idle;
        h->idle = p;
        h->hot++;
    }
}

static struct step_heap only;

static void *alloc(size_t size)
{
    return step_take(&only, size);
}

static void release(void *block)
{
    step_put(&only, block);
}

void step_pages_reset(void)
{
    memset(&only, 0, sizeof(only));
    used = 0;
}

const struct step step_pages = {"pages", alloc, release, step_pages_reset,
                                false};
//< pages
