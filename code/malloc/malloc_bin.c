/* SPDX-License-Identifier: MIT */
//> bins
/*
 * Free spans, and how they are found, joined and given back.
 *
 * A free span is dirty or clean. Dirty ones have memory behind them;
 * clean ones are addresses only. Each kind has bins by size, exact up to
 * 15 pages, from there on eight to a doubling; a bit for each bin says
 * whether there is a span in it, so that finding one takes the same few
 * steps however many there are. Neighbours of the same kind are joined;
 * the map finds them.
 *
 * Dirty spans stand in the order in which they were given back. What has
 * lain there for a second or two, or is over the cap on idle bytes, is
 * made clean at the next occasion; where that makes a long run, its
 * addresses go back too. Any system call may be refused: the span then
 * stays what it was. Everything here is called under the lock.
 */
#include "malloc_core.h"

enum {
    BINS = 34 * 8,
    WORDS = (BINS + 63) / 64,
    TRIES = 8,          /* spans to look at in a bin that may have one */
    LONG = 1024 * 1024, /* bytes; from here on addresses go back as well */
};

static struct pw_link bins[PW_FREE][BINS];
static uint64_t filled[PW_FREE][WORDS];      /* bit n: bin n is not empty */
static struct pw_link ages = {&ages, &ages}; /* dirty, the oldest first */
size_t pw_span_idle, pw_span_mapped; /* bytes: dirty; of all spans */

static unsigned bin_of(size_t size)
{
    const size_t pages = size >> PORT_PAGE_SHIFT;
    unsigned doubling;

    if (pages < 8)
        return (unsigned)pages;
    doubling = 60 - (unsigned)__builtin_clzll(pages);
    return doubling * 8 + (unsigned)(pages >> doubling);
}

/* The first filled bin from this one on, or BINS. */
static unsigned bin_next(unsigned kind, unsigned bin)
{
    unsigned word = bin / 64;
    uint64_t bits =
        bin < BINS ? filled[kind][word] >> bin % 64 << bin % 64 : 0;

    while (!bits && ++word < WORDS)
        bits = filled[kind][word];
    return bits ? word * 64 + (unsigned)__builtin_ctzll(bits) : BINS;
}

/* What the map says of a free span's ends. */
static void mark(const struct pw_span *span, struct pw_span *as)
{
    pw_map_set(span->start, PORT_PAGE_SIZE, as);
    pw_map_set(pw_span_end(span) - PORT_PAGE_SIZE, PORT_PAGE_SIZE, as);
}

void pw_bin_put(struct pw_span *span)
{
    const unsigned bin = bin_of(span->size);
    struct pw_link *head = &bins[span->kind][bin];
    uint64_t *word = &filled[span->kind][bin / 64];

    if (!(*word >> bin % 64 & 1))
        pw_link_init(head);
    *word |= (uint64_t)1 << bin % 64;
    pw_link_add(head, &span->link);
    span->epoch = pw_malloc_epoch;
    mark(span, span);
    if (span->kind == PW_DIRTY) {
        pw_link_add(ages.prev, &span->age);
        port_write(pw_span_idle, pw_span_idle + span->size);
    }
}

void pw_bin_remove(struct pw_span *span)
{
    const unsigned bin = bin_of(span->size);
    struct pw_link *head = &bins[span->kind][bin];

    pw_link_del(&span->link);
    if (head->next == head)
        filled[span->kind][bin / 64] &= ~((uint64_t)1 << bin % 64);
    mark(span, NULL);
    if (span->kind == PW_DIRTY) {
        pw_link_del(&span->age);
        port_write(pw_span_idle, pw_span_idle - span->size);
    }
}

/*
 * A span with room for so many bytes at a multiple of align, or NULL. In
 * a bin that may have one, a few are looked at; from some bin on all fit.
 */
struct pw_span *pw_bin_find(unsigned kind, size_t size, size_t align)
{
    unsigned bin, i;

    for (bin = bin_next(kind, bin_of(size)); bin < BINS;
         bin = bin_next(kind, bin + 1)) {
        const struct pw_link *head = &bins[kind][bin];
        struct pw_link *at = head->next;

        for (i = 0; i < TRIES && at != head; i++, at = at->next) {
            struct pw_span *span = PW_SPAN_IN(link, at);

            if (span->size >=
                size + (-(uintptr_t)span->start & (align - 1)))
                return span;
        }
    }
    return NULL;
}
//< bins

//> join
/* The span that this address is in, if it is one to be joined or taken. */
struct pw_span *pw_span_neighbour(const char *at)
{
    struct pw_span *span = pw_span_of(at);

    if (span && (span->kind >= PW_FREE || span->epoch != pw_malloc_epoch))
        span = NULL;
    return span;
}

/* A span becomes a free one, joined with its neighbours. */
struct pw_span *pw_span_join(struct pw_span *span)
{
    struct pw_span *near[] = {pw_span_neighbour(span->start - 1),
                              pw_span_neighbour(pw_span_end(span))};
    int i;

    for (i = 0; i < 2; i++) {
        if (!near[i] || near[i]->kind != span->kind)
            continue;
        pw_bin_remove(near[i]);
        span->start = i == 0 ? near[i]->start : span->start;
        span->size += near[i]->size;
        pw_span_drop(near[i]);
    }
    pw_bin_put(span);
    return span;
}
//< join

//> purge
/* Give the addresses back. */
static bool unmap(struct pw_span *span)
{
    if (munmap(span->start, span->size) != 0)
        return false;
    pw_bin_remove(span);
    port_write(pw_span_mapped, pw_span_mapped - span->size);
    pw_span_drop(span);
    return true;
}

/* Make a dirty span clean. Locked memory can only be unmapped. */
static bool purge(struct pw_span *span)
{
    if (span->size >= LONG && unmap(span))
        return true;
    if (madvise(span->start, span->size, MADV_DONTNEED) != 0)
        return unmap(span);
    pw_bin_remove(span);
    span->kind = PW_CLEAN;
    span = pw_span_join(span);
    if (span->size >= LONG)
        unmap(span);
    return true;
}
//< purge

//> evict
/*
 * Give back what is too much, and once a second what is too old; was
 * there anything?
 */
bool pw_span_evict(size_t cap, time_t time)
{
    static time_t looked;
    bool some = false;
    struct pw_span *span;

    if (pw_span_idle <= cap && time == looked)
        return false;
    looked = time;
    while (ages.next != &ages) {
        span = PW_SPAN_IN(age, ages.next);
        if (pw_span_idle <= cap && time <= span->since + 1)
            break;
        if (!purge(span)) { /* refused: not again before long */
            span->since = time;
            pw_link_del(&span->age);
            pw_link_add(ages.prev, &span->age);
            break;
        }
        some = true;
    }
    return some;
}
//< evict

//> release
/* Unmap every free span of at least so many bytes: was there one? */
bool pw_span_release(size_t least)
{
    bool some = false;
    struct pw_link *at, *next;
    unsigned kind, bin;

    for (kind = 0; kind < PW_FREE; kind++)
        for (bin = bin_next(kind, bin_of(least)); bin < BINS;
             bin = bin_next(kind, bin + 1))
            for (at = bins[kind][bin].next; at != &bins[kind][bin];
                 at = next) {
                next = at->next;
                some |= unmap(PW_SPAN_IN(link, at));
            }
    return some;
}

/* In a child, where the lists may be half changed: see malloc_lock.c. */
void pw_bin_abandon(void)
{
    memset(filled, 0, sizeof(filled));
    pw_link_init(&ages);
    port_write(pw_span_idle, 0);
}
//< release
