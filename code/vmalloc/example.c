/* SPDX-License-Identifier: MIT */
//> log
/*
 * A log that grows and is never copied. Its frames come one by one, from
 * wherever; when it is full it gets as many more, and all of them are
 * mapped side by side at other addresses. What was written stays where it
 * lies: only the addresses are new.
 */
#include "vmalloc.h"

#include <stdio.h>

enum { MOST = 1024, LINE = 28 }; /* frames; bytes, with the NUL */

struct log {
    struct pw_page *frame[MOST];
    size_t frames, used; /* used: bytes */
    char *text;          /* all frames, one behind the other */
};
//< log

//> grow
static int grow(struct log *log)
{
    const size_t want = log->frames ? 2 * log->frames : 1;
    char *text;

    if (want > MOST)
        return -ENOMEM;
    while (log->frames < want) {
        log->frame[log->frames] = pw_alloc_pages(0);
        if (!log->frame[log->frames])
            return -ENOMEM;
        log->frames++;
    }
    text = pw_vmap(log->frame, log->frames);
    if (!text)
        return -ENOMEM;
    pw_vunmap(log->text);
    log->text = text;
    return 0;
}
//< grow

//> use
static int note(struct log *log, int n)
{
    if (log->used + LINE > log->frames * PORT_PAGE_SIZE && grow(log) != 0)
        return -ENOMEM;
    snprintf(log->text + log->used, LINE, "%06d: something happened\n", n);
    log->used += LINE - 1;
    return 0;
}

int main(void)
{
    static struct log log;
    int n = 0;

    if (pw_page_init(2048) != 0 || pw_vmalloc_init(8192) != 0)
        return 1;
    while (n < 100000 && note(&log, n) == 0)
        n++;
    printf("%d notes, %zu bytes in %zu frames; the last: %s", n, log.used,
           log.frames, log.text + log.used - LINE + 1);
    pw_vunmap(log.text);
    pw_vmalloc_exit();
    pw_page_exit();
    return n == 100000 ? 0 : 1;
}
//< use
