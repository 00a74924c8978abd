/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * m8: memory under pressure. 64 pages of a block are written and their
 * frames noted. Then another process touches more and more memory, until
 * they have gone out to swap or it has touched as much as the machine has,
 * and looks whether it has got one of the frames. Swap is a compressed
 * disk in memory (zram), which the lab's init sets up.
 */
#define _GNU_SOURCE
#include "lab_parts.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

enum { VARIANTS = 2, CHUNK = 2 * MIB };

struct watched {
    char *page;            /* 64 of them */
    uint64_t frame[PAGES]; /* where they were before the pressure */
    uint64_t lent;         /* a bit for each: somebody else had it */
    int out, back, ok;     /* how many */
};

static unsigned content(int page, int at)
{
    return (unsigned)(page * PAGE + at) * 2654435761u;
}

static void watch(struct watched *w, const struct variant *v)
{
    w->page = first_page(v->take((PAGES + 1) * PAGE));
    for (int i = 0; i < PAGES; i++) {
        unsigned *words = (unsigned *)(w->page + i * PAGE);

        for (int k = 0; k < PAGE / 4; k++)
            words[k] = content(i, k);
        w->frame[i] = page_frame(words);
    }
}

//> swap
/* Touch 2 MiB at p; which of their frames are behind it now? */
static void touch_and_look(struct watched w[VARIANTS], char *p)
{
    static uint64_t entries[CHUNK / PAGE];

    for (size_t at = 0; at < CHUNK; at += PAGE)
        *(size_t *)(p + at) = at + 1;
    page_entries(p, entries, CHUNK / PAGE);
    for (size_t k = 0; k < CHUNK / PAGE; k++)
        for (int i = 0; entries[k] >> 63 && i < VARIANTS * PAGES; i++)
            if ((entries[k] & FRAME) == w[i / PAGES].frame[i % PAGES])
                w[i / PAGES].lent |= (uint64_t)1 << i % PAGES;
}

/* Another process presses, again if it had none of the first's frames,
 * and says whose it has had. */
static void press(struct watched w[VARIANTS], size_t bytes)
{
    int to[2];

    if (pipe(to) != 0)
        return;
    if (fork() == 0) {
        char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        for (int round = 0; round < 4 && !w[0].lent; round++)
            for (size_t at = 0; p != MAP_FAILED && at < bytes; at += CHUNK)
                touch_and_look(w, p + at);
        for (int v = 0; v < VARIANTS; v++)
            if (write(to[1], &w[v].lent, sizeof(w[v].lent)) < 0)
                _exit(1);
        _exit(0);
    }
    close(to[1]);
    for (int v = 0; v < VARIANTS; v++)
        if (read(to[0], &w[v].lent, sizeof(w[v].lent)) < 8)
            w[v].lent = 0;
    close(to[0]);
    wait(NULL);
}
//< swap

static void check(struct watched *w)
{
    for (int i = 0; i < PAGES; i++)
        w->out += page_swapped(w->page + i * PAGE);
    for (int i = 0; i < PAGES; i++) {
        const unsigned *words = (unsigned *)(w->page + i * PAGE);
        int good = 0;

        for (int k = 0; k < PAGE / 4; k++)
            good += words[k] == content(i, k);
        w->ok += good == PAGE / 4;
        w->back += page_present(words);
    }
}

/* How many is luck, and differs from machine to machine: not recorded. */
static const char *seen(uint64_t lent)
{
    return lent ? "at least one" : "none";
}

void lab_swap(void)
{
    static struct watched w[VARIANTS];
    struct sysinfo info;
    size_t bytes;

    sysinfo(&info);
    if (info.totalswap == 0) {
        claim("m8", "unmeasured", "this machine has no swap");
        return;
    }
    bytes = info.totalram / 4 / CHUNK * CHUNK * 5;
    for (int v = 0; v < VARIANTS; v++)
        watch(&w[v], &variants[v]);
    press(w, bytes);
    for (int v = 0; v < VARIANTS; v++) {
        check(&w[v]);
        row("swap", variants[v].name, PAGES, "out", "pages", w[v].out);
        row("swap", variants[v].name, PAGES, "lent", "seen",
            w[v].lent != 0);
        row("swap", variants[v].name, PAGES, "back", "pages", w[v].back);
        row("swap", variants[v].name, PAGES, "intact", "pages", w[v].ok);
    }
    claim("m8",
          w[0].ok < PAGES || w[0].out == 0 ? "fails"
          : w[0].lent                      ? "holds"
                                           : "limit",
          "another process touched %lu MiB where there are %lu: of 64 "
          "written pages %d went out to swap, %s of their frames was seen "
          "behind its pages, and %d came back with their contents when "
          "they were read; of our malloc's %d, %s and %d",
          (unsigned long)(bytes / MIB),
          (unsigned long)(info.totalram / MIB), w[0].out, seen(w[0].lent),
          w[0].ok, w[1].out, seen(w[1].lent), w[1].ok);
}
