/* SPDX-License-Identifier: MIT */
//> example
/*
 * The words of a text: blocks of any size, an array of them that grows,
 * and how much of what was given out is not used.
 */
#include "kmalloc.h"

#include <stdio.h>
#include <string.h>

static const char text[] =
    "a slab is a block of pages cut into objects of one size and a cache "
    "is a set of slabs and kmalloc is a row of caches one for each size";

struct words {
    char **word;
    size_t n, room;
};

static int add(struct words *w, const char *from, size_t length)
{
    for (size_t i = 0; i < w->n; i++)
        if (strncmp(w->word[i], from, length) == 0)
            return 0; /* it, or one that begins with it */
    if (w->n == w->room) {
        const size_t room = w->room ? 2 * w->room : 4;
        char **more =
            pw_krealloc_array(w->word, room, sizeof(*more), PW_GFP_KERNEL);

        if (!more)
            return -ENOMEM; /* w->word is still good */
        w->word = more;
        w->room = room;
    }
    w->word[w->n] = pw_kzalloc(length + 1, PW_GFP_KERNEL);
    if (!w->word[w->n])
        return -ENOMEM;
    memcpy(w->word[w->n++], from, length);
    return 0;
}

int main(void)
{
    struct words w = {NULL, 0, 0};
    size_t used = 0, given = 0;
    int err = 0;

    if (pw_page_init(1024) != 0 || pw_kmalloc_init(0, 0) != 0)
        return 1;
    for (const char *at = text; *at && !err; at += strspn(at, " ")) {
        err = add(&w, at, strcspn(at, " "));
        at += strcspn(at, " ");
    }
    for (size_t i = 0; i < w.n; i++) {
        used += strlen(w.word[i]) + 1;
        given += pw_ksize(w.word[i]);
        pw_kfree(w.word[i]);
    }
    printf("%zu words, %zu bytes in blocks of %zu\n", w.n, used, given);
    pw_kfree(w.word);
    return pw_kmalloc_exit() || err;
}
//< example
