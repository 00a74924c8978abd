/* SPDX-License-Identifier: MIT */
/*
 * How far it is: one line that changes at a terminal, a line every ten
 * seconds elsewhere. Where this program is one stage of several (whole.sh)
 * the time left is the whole's: WHOLE_AFTER seconds come after it, and it
 * began at WHOLE_SINCE. whole.sh draws the same line for what is silent.
 */
#define _GNU_SOURCE
#include "progress.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { EVERY = 10, CELLS = 20 };

static double told(const char *name)
{
    const char *text = getenv(name);

    return text ? strtod(text, NULL) : 0;
}

static void draw_bar(double left)
{
    const double since = told("WHOLE_SINCE");
    const double gone = since > 0 ? (double)time(NULL) - since : 0;
    const int done = (int)(CELLS * gone / (gone + left + 1e-9));

    fputc('[', stderr);
    for (int i = 0; i < CELLS; i++)
        fputc(i < done ? '=' : ' ', stderr);
    fputs("] ", stderr);
}

static void draw_span(double seconds)
{
    if (seconds < 90)
        fprintf(stderr, "%.0f s left", seconds);
    else
        fprintf(stderr, "%.0f min left", seconds / 60);
}

void progress_show(const char *what, size_t done, size_t of, double left)
{
    static time_t last;
    const bool terminal = isatty(STDERR_FILENO);
    const time_t now = time(NULL);

    if (!terminal && now - last < EVERY)
        return;
    last = now;
    left += told("WHOLE_AFTER");
    if (terminal) {
        fputs("\r\033[K", stderr);
        if (getenv("WHOLE_SINCE"))
            draw_bar(left);
    }
    fprintf(stderr, "bench %s: block %zu of %zu, ", what, done, of);
    draw_span(left);
    if (!terminal)
        fputc('\n', stderr);
}

void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}
