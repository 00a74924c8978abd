/* SPDX-License-Identifier: MIT */
//> checked
/*
 * What is wrong with a block, in one line, and the checked build.
 *
 * With PW_MALLOC_CHECKED a free block carries a mark in its second word,
 * made from its address, and a pattern in all that follows. A free that
 * finds the mark is a second one. An allocation that does not find it, or
 * the pattern, says that somebody wrote to a block after its free. It
 * costs what it costs to write every block once more.
 */
#include "malloc_core.h"

#include <stdarg.h>
#include <unistd.h>

/* One line to standard error, without stdio, whose locks may be held. */
void pw_malloc_say(const char *format, ...)
{
    char line[300] = "pagewise: malloc: ";
    const size_t head = strlen(line);
    va_list args;
    int n, state;

    va_start(args, format);
    n = vsnprintf(line + head, sizeof(line) - head - 1, format, args);
    va_end(args);
    strcpy(line + head + n, "\n");
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    n = (int)write(STDERR_FILENO, line, strlen(line));
    pthread_setcancelstate(state, NULL);
}

_Noreturn void pw_malloc_die(const char *what, const void *p,
                             const char *fix)
{
    pw_malloc_say("%s (%p); %s", what, p, fix);
    abort();
}

_Noreturn void pw_malloc_stranger(const void *block)
{
    pw_malloc_die("free of an address never allocated", block,
                  "free what malloc returned");
}

#define PATTERN 0xdf

struct marked {
    struct pw_block *next;
    uintptr_t mark;
    unsigned char rest[];
};

static uintptr_t mark_of(const void *block)
{
    return (uintptr_t)block ^ (uintptr_t)0x5bd1e995a7c3f00d;
}

/* The block becomes a free one. */
void pw_check_mark(void *block, size_t size)
{
    struct marked *b = block;

    b->mark = mark_of(b);
    memset(b->rest, PATTERN, size - sizeof(*b));
}

/* May this be freed? Then mark it. */
void pw_check_free(void *block)
{
    const struct pw_span *span = pw_span_of(block);
    size_t size, offset;

    if (!block)
        return;
    if (!span || span->kind < PW_FREE)
        pw_malloc_stranger(block);
    if (span->kind == PW_LARGE)
        return;
    size = pw_class_size(span->class);
    offset = (size_t)((char *)block - span->start);
    if (offset % size || offset / size >= span->cut)
        pw_malloc_die("free inside a block", block, "free its start");
    if (((struct marked *)block)->mark == mark_of(block))
        pw_malloc_die("double free", block, "free a block once");
    pw_check_mark(block, size);
}

/* A free block that is about to be handed out: is it as it was left? */
void *pw_check_alloc(void *block)
{
    struct marked *b = block;
    const size_t size = pw_class_size(pw_span_of(block)->class);
    bool intact = b->mark == mark_of(b);
    size_t i;

    for (i = 0; i < size - sizeof(*b); i++)
        intact &= b->rest[i] == PATTERN;
    if (!intact)
        pw_malloc_die("a write after free", block, "look for who freed it");
    b->mark = 0;
    return block;
}
//< checked
