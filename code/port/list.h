/* SPDX-License-Identifier: MIT */
//> list
/*
 * A circular doubly linked list. The head is a link like all the others,
 * so there is no first and no last, and an empty list is a head that
 * points at itself.
 */
#ifndef PW_LIST_H
#define PW_LIST_H

struct pw_link {
    struct pw_link *next, *prev;
};

static inline void pw_link_init(struct pw_link *head)
{
    head->next = head->prev = head;
}

/* Put a link behind another: behind the head, or behind its prev. */
static inline void pw_link_add(struct pw_link *at, struct pw_link *link)
{
    link->next = at->next;
    link->prev = at;
    at->next->prev = link;
    at->next = link;
}

static inline void pw_link_del(struct pw_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
}

#endif
//< list
