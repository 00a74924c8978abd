/* SPDX-License-Identifier: MIT */
/*
 * The process whose two allocations the chapter follows. It asks malloc
 * for 100 bytes and for a mebibyte, touches what it got and gives it back,
 * then has the module beside it (lab.c) do the same with kmalloc and
 * vmalloc, while the machine writes down every instruction that it
 * executes, the kernel's included (LAB_TRACE, bench/lab/trace.sh).
 *
 * Where one step ends and the next begins is seen in that trace by calls
 * of functions that do nothing but have an address. Nothing here may use
 * malloc before its time, so there is no stdio until the end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, MIB = 1048576 };

/* ---- Talking ------------------------------------------------------- */

static void say(const char *words)
{
    if (write(STDOUT_FILENO, words, strlen(words)) < 0)
        _exit(1);
}

/* Tell the runner, and wait until it says that it has seen to it. */
static void request(int port, const char *what)
{
    char go;

    say(what);
    tcdrain(STDOUT_FILENO);
    if (read(port, &go, 1) != 1)
        _exit(2);
}

static int open_port(void)
{
    const int port = open("/dev/ttyS2", O_RDWR | O_NOCTTY);
    struct termios raw;

    if (port < 0 || tcgetattr(port, &raw))
        return -1;
    cfmakeraw(&raw);
    tcsetattr(port, TCSANOW, &raw);
    return port;
}

/* The same distance from the timer's next tick on every run. */
static void begin_of_a_tick(void)
{
    struct timespec at;

    prctl(PR_SET_TIMERSLACK, 1UL);
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec++;
    at.tv_nsec = 1000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* What the functions of kernel and module are called, and where they are.
 * The serial port is slow, and nobody calls the other symbols. */
static void say_symbols(void)
{
    static char text[1 << 24];
    const int fd = open("/proc/kallsyms", O_RDONLY);
    ssize_t n, size = 0;
    char *from = text, *to = text, *end;

    while ((n = read(fd, text + size, sizeof(text) - (size_t)size)) > 0)
        size += n;
    close(fd);
    for (; from < text + size; from = end + 1) {
        end = memchr(from, '\n', (size_t)(text + size - from));
        if (!end)
            break;
        if ((from[17] | ' ') == 't' && strncmp(from + 19, "__pfx_", 6)) {
            memmove(to, from, (size_t)(end - from + 1));
            to += end - from + 1;
        }
    }
    say("@ symbols\n");
    for (from = text; from < to; from += n)
        if ((n = write(STDOUT_FILENO, from, (size_t)(to - from))) <= 0)
            break;
}

/* ---- The steps ----------------------------------------------------- */

#define STEP(name) \
    __attribute__((noinline, noclone)) void step_##name(void) \
    { \
        __asm__ volatile(""); \
    }

STEP(small_malloc)
STEP(small_touch)
STEP(small_free)
STEP(small_again)
STEP(small_refree)
STEP(large_malloc)
STEP(large_touch)
STEP(large_next)
STEP(large_free)
STEP(end)

static int door; /* the module */

/* Have the module print how `address` is translated now. */
static void walk(const char *when, const void *address)
{
    char line[96];
    int n = 0, i;
    const char *w = when;

    line[n++] = 'w';
    for (i = 60; i >= 0; i -= 4)
        line[n++] = "0123456789abcdef"[(uintptr_t)address >> i & 15];
    while (*w)
        line[n++] = *w++;
    if (write(door, line, (size_t)n) < 0)
        _exit(3);
}

/*
 * Take blocks of 100 bytes until the heap's top has no room for another:
 * the next call is the one that asks the kernel. Returns how many.
 */
static long exhaust(void)
{
    enum { CHUNK = 112, LEAST = 32 }; /* of glibc: 100 + 8, rounded up */
    long n = 0;
    char *block;

    do {
        block = malloc(100);
        n++;
    } while ((char *)sbrk(0) - (block - 16 + CHUNK) >= CHUNK + LEAST);
    return n;
}

//> life
/* One life after the other. `volatile`: the compiler shall not know. */
static void live(void)
{
    char *volatile block;

    step_small_malloc(); /* one that runs into the end of the heap */
    block = malloc(100);
    step_small_touch();
    block[0] = 'x';
    step_small_free();
    free(block);
    step_small_again(); /* and one like most */
    block = malloc(100);
    step_small_refree();
    free(block);

    step_large_malloc();
    block = malloc(1 << 20);
    step_large_touch();
    block[0] = 'x';
    step_large_next();
    block[PAGE] = 'x';
    step_large_free();
    free(block);
    step_end();
}
//< life

/* ---- Looking, in a process of its own ------------------------------- */

/* A large block's page-table entries, between the steps. */
static void look_at_tables(void)
{
    char *block = malloc(1 << 20), *page;

    page = (char *)(((uintptr_t)block + 8 * PAGE) & -(uintptr_t)PAGE);
    walk(" after malloc", page);
    (void)*(volatile char *)page;
    walk(" after a read", page);
    *(volatile char *)page = 'x';
    walk(" after a write", page);
    free(block);
    walk(" after free", page);
    if (write(door, "m", 1) < 0) /* the kernel's own blocks */
        _exit(5);
}

static long faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

/* Of many small blocks: how many calls grew the heap, how many pages came,
 * and how many of them within malloc, before the block was written to. */
static void count_calls(void)
{
    enum { CALLS = 10000 };
    const char *kernel = getenv("LAB_KERNEL"), *end = sbrk(0);
    const char *by = getenv("LAB_INSTRUMENT");
    long grown = 0, inside = 0, before, all = faults();

    for (int i = 0; i < CALLS; i++) {
        char *block;

        before = faults();
        block = malloc(100);
        inside += faults() - before;
        memset(block, 'x', 100);
        grown += sbrk(0) != end;
        end = sbrk(0);
    }
    all = faults() - all;
    printf("@ file life/life.tsv\n");
    printf("life.calls\tglibc\t\tbrk\tcalls\t%s\t%s\t%ld\t%ld\t%ld\t1\n",
           by, kernel, grown, grown, grown);
    printf("life.calls\tglibc\t\tfaults\tfaults\t%s\t%s\t%ld\t%ld\t%ld"
           "\t1\n",
           by, kernel, all, all, all);
    printf("@ file life/claims.tsv\n");
    printf(
        "l1\t%s\t%s\tof %d calls of malloc(100) %ld asked the kernel for "
        "more; %ld pages came by faults, %ld of them inside malloc\n",
        kernel, grown * 100 < CALLS ? "holds" : "fails", CALLS, grown, all,
        inside);
}

int main(int n, char **args)
{
    const int port = open_port();

    (void)args;
    door = open("/proc/pagewise/life-do", O_WRONLY);
    if (door < 0)
        return 4;
    if (n > 1) {
        look_at_tables();
        count_calls();
        return 0;
    }
    if (port >= 0) {
        say_symbols();
        request(port, "@ trace life\n");
        begin_of_a_tick();
    }
    exhaust();
    live();
    if (write(door, "k", 1) < 0)
        return 5;
    step_end();
    if (port >= 0)
        request(port, "@ traced life\n");
    return execl("/proc/self/exe", "guest", "look", (char *)NULL);
}
