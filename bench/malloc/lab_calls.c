/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * m4: the system calls behind a block. A child allocates, frees, allocates
 * the same again and frees that; its parent stops it at every system call
 * (ptrace) and writes down those that are about memory. Between the four
 * the child makes a call that has no other purpose here, getppid, so that
 * the parent knows where it is.
 */
#define _GNU_SOURCE
#include "lab_parts.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

enum { BRK, MMAP, MUNMAP, MADVISE, KINDS, PHASES = 4 };

static const char *const kind_name[KINDS] = {"brk", "mmap", "munmap",
                                             "madvise"};

/* How often each was called: malloc, free, malloc again, free again. */
struct calls {
    int n[PHASES][KINDS];
};

static int kind_of(unsigned long call)
{
    switch (call) {
    case SYS_brk: return BRK;
    case SYS_mmap: return MMAP;
    case SYS_munmap: return MUNMAP;
    case SYS_madvise: return MADVISE;
    default: return KINDS;
    }
}

//> traced
/* The child. What is left of the heap's top must not serve the block. */
static _Noreturn void work(const struct variant *v, size_t size)
{
    void *block, *first = v->take(16 * KIB);

    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    for (int phase = 0; phase < PHASES; phase += 2) {
        syscall(SYS_getppid);
        block = v->take(size);
        syscall(SYS_getppid);
        v->give(block);
    }
    syscall(SYS_getppid);
    _exit(first == NULL);
}

/* The parent: every call stops the child twice, going in and out. */
static struct calls trace(const struct variant *v, size_t size)
{
    struct calls c = {0};
    struct user_regs_struct regs;
    int status, phase = -1;
    const pid_t child = fork();

    if (child == 0)
        work(v, size);
    waitpid(child, &status, 0);
    for (int in = 1; WIFSTOPPED(status); in = !in) {
        ptrace(PTRACE_SYSCALL, child, NULL, NULL);
        waitpid(child, &status, 0);
        if (!in || !WIFSTOPPED(status))
            continue;
        ptrace(PTRACE_GETREGS, child, NULL, &regs);
        if (regs.orig_rax == SYS_getppid)
            phase++;
        else if (phase >= 0 && phase < PHASES &&
                 kind_of(regs.orig_rax) < KINDS)
            c.n[phase][kind_of(regs.orig_rax)]++;
    }
    return c;
}
//< traced

//> threshold
/* The smallest size that the first malloc gets by mmap, to the byte. */
static size_t threshold(const struct variant *v)
{
    size_t below = 16 * KIB, from = 16 * MIB;

    while (from - below > 1) {
        const size_t size = below + (from - below) / 2;

        if (trace(v, size).n[0][MMAP])
            from = size;
        else
            below = size;
    }
    return from;
}
//< threshold

static void print_phase(FILE *to, int phase, const int *n)
{
    char cell[64] = "";

    for (int k = 0; k < KINDS; k++)
        if (n[k])
            snprintf(cell + strlen(cell), sizeof(cell) - strlen(cell),
                     "%s%s %d", *cell ? ", " : "", kind_name[k], n[k]);
    fprintf(to, phase < PHASES - 1 ? "  %-16s" : "  %s\n",
            *cell ? cell : "-");
}

static void print_variant(FILE *to, const struct variant *v)
{
    static const int kib[] = {1, 64, 127, 128, 1024, 16384, 65536};

    fprintf(to, "%-7s%7s  %-16s  %-16s  %-16s  %s\n", v->name, "KiB",
            "malloc", "free", "malloc again", "free again");
    for (size_t i = 0; i < sizeof(kib) / sizeof(*kib); i++) {
        const struct calls c = trace(v, (size_t)kib[i] * KIB);

        fprintf(to, "%14d", kib[i]);
        for (int phase = 0; phase < PHASES; phase++)
            print_phase(to, phase, c.n[phase]);
        for (int k = BRK; k <= MMAP; k++) {
            row("first", v->name, kib[i], kind_name[k], "calls", c.n[0][k]);
            row("again", v->name, kib[i], kind_name[k], "calls", c.n[2][k]);
        }
    }
}

void lab_calls(FILE *table)
{
    const size_t first = threshold(&variants[0]);
    const size_t ours = threshold(&variants[1]);
    const struct calls below = trace(&variants[0], first - 1);
    const struct calls at = trace(&variants[0], first);
    const int moved = at.n[2][MMAP] == 0 && at.n[2][BRK] > 0;

    row("threshold", "glibc", 0, "bytes", "bytes", (long)first);
    row("threshold", "pw", 0, "bytes", "bytes", (long)ours);
    claim("m4",
          below.n[0][BRK] && at.n[0][MMAP] && moved ? "holds" : "fails",
          "system calls: brk up to %zu bytes, mmap from %zu on; a second "
          "block of that size, after the first was freed, came by %s: the "
          "threshold had moved. Our malloc never calls brk, and maps a "
          "block's memory by itself from %zu bytes on",
          first - 1, first, moved ? "brk" : "mmap", ours);
    print_variant(table, &variants[0]);
    fprintf(table, "\n");
    print_variant(table, &variants[1]);
}
