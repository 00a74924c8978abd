/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * m8: memory under pressure. 64 pages of a block are written and their
 * frames noted. Then another process touches more and more memory, until
 * they have gone out to swap or it has touched as much as the machine has,
 * and looks whether it has got one of the frames. Swap is a compressed
 * disk in memory (zram), which the lab's init sets up.
 */
#define _GNU_SOURCE
#include "malloc_lab.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

enum { VARIANTS = 2 };

//> swap
struct watched {
    char *page;              /* 64 of them */
    uint64_t frame[PAGES];   /* where they were before the pressure */
    int out, lent, back, ok; /* how many */
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

/* How many of their frames are behind the memory at p now? */
static int lent(const struct watched *w, const char *p, size_t bytes)
{
    static uint64_t entries[512];
    int n = 0;

    for (size_t at = 0; at < bytes; at += sizeof(entries) / 8 * PAGE) {
        page_entries(p + at, entries, sizeof(entries) / 8);
        for (size_t k = 0; k < sizeof(entries) / 8; k++)
            for (int i = 0; entries[k] >> 63 && i < PAGES; i++)
                n += (entries[k] & FRAME) == w->frame[i];
    }
    return n;
}

/* Another process presses, then says whose frames it has now. */
static void press(struct watched w[VARIANTS], size_t bytes)
{
    int got[VARIANTS] = {0}, to[2];
    char *p;

    if (pipe(to) == 0 && fork() == 0) {
        p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (size_t at = 0; p != MAP_FAILED && at < bytes; at += PAGE)
            *(size_t *)(p + at) = at + 1;
        for (int v = 0; p != MAP_FAILED && v < VARIANTS; v++)
            got[v] = lent(&w[v], p, bytes);
        _exit(write(to[1], got, sizeof(got)) != sizeof(got));
    }
    close(to[1]);
    if (read(to[0], got, sizeof(got)) == sizeof(got))
        for (int v = 0; v < VARIANTS; v++)
            w[v].lent = got[v];
    close(to[0]);
    wait(NULL);
}

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
//< swap

void lab_swap(void)
{
    static struct watched w[VARIANTS];
    struct sysinfo info;

    sysinfo(&info);
    if (info.totalswap == 0) {
        claim("m8", "unmeasured", "this machine has no swap");
        return;
    }
    for (int v = 0; v < VARIANTS; v++)
        watch(&w[v], &variants[v]);
    press(w, info.totalram / 4 * 5);
    for (int v = 0; v < VARIANTS; v++) {
        check(&w[v]);
        row("swap", variants[v].name, PAGES, "out", "pages", w[v].out);
        row("swap", variants[v].name, PAGES, "lent", "pages", w[v].lent);
        row("swap", variants[v].name, PAGES, "back", "pages", w[v].back);
        row("swap", variants[v].name, PAGES, "intact", "pages", w[v].ok);
    }
    claim("m8",
          w[0].ok < PAGES || w[0].out == 0 ? "fails"
          : w[0].lent                      ? "holds"
                                           : "limit",
          "another process touched %lu MiB where there are %lu: of 64 "
          "written pages %d "
          "went out to swap, and %d of their frames were then its own; "
          "%d came back with their contents when they were read; of our "
          "malloc's %d, %d and %d",
          (unsigned long)(info.totalram / 4 * 5 / MIB),
          (unsigned long)(info.totalram / MIB), w[0].out, w[0].lent,
          w[0].ok, w[1].out, w[1].lent, w[1].ok);
}
