/* SPDX-License-Identifier: MIT */
/*
 * Bugs of a process, each by its name, for the tools that find them; and
 * `work`, which has none and takes some time. The exit status is 0: that a
 * bug was seen must be somebody else's word.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 100, BLOCKS = 1000, ROUNDS = 200000 };

/* A block whose origin the compiler does not know. */
static char *hidden(void *block)
{
    __asm__ volatile("" : "+r"(block));
    return block;
}

static void double_free(void)
{
    char *block = malloc(SIZE), *same = hidden(block);

    free(block);
    free(hidden(malloc(3 * SIZE))); /* not twice in a row */
    free(same);
}

static void write_after_free(void)
{
    char *block = malloc(SIZE), *same = hidden(block);

    free(block);
    memset(same + 32, 'x', 8); /* behind the free list's own words */
    for (int i = 0; i < BLOCKS; i++)
        hidden(malloc(SIZE));
}

static void read_after_free(void)
{
    char *block = malloc(SIZE), *same = hidden(block);

    free(block);
    (void)*(volatile char *)(same + 32);
}

static void overrun(void)
{
    char *block = hidden(malloc(SIZE));

    block[SIZE] = 'x';
    free(block);
}

static void overrun_far(void)
{
    char *block = hidden(malloc(SIZE));

    memset(block + SIZE, 'x', 24); /* into the next block's header */
    free(block);
}

static void free_middle(void)
{
    free(hidden(malloc(SIZE)) + 16);
}

static void leak(void)
{
    for (int i = 0; i < 3; i++)
        hidden(malloc(SIZE));
}

/* Blocks of 16 to 1,015 bytes, in no order. */
static void work(void)
{
    static char *block[BLOCKS];
    uint32_t dice = 1;

    for (int i = 0; i < ROUNDS; i++) {
        dice = dice * 1664525 + 1013904223;
        const size_t at = dice >> 8 & 1023, size = 16 + (dice >> 18) % 1000;

        if (at >= BLOCKS)
            continue;
        free(block[at]);
        block[at] = malloc(size);
        memset(block[at], 1, size);
    }
    for (int i = 0; i < BLOCKS; i++)
        free(block[i]);
}

int main(int n, char **args)
{
    static const struct {
        const char *name;
        void (*bug)(void);
    } bugs[] = {
        {"double-free", double_free},
        {"write-after-free", write_after_free},
        {"read-after-free", read_after_free},
        {"overrun", overrun},
        {"overrun-far", overrun_far},
        {"free-middle", free_middle},
        {"leak", leak},
        {"work", work},
    };

    for (size_t i = 0; n > 1 && i < sizeof(bugs) / sizeof(*bugs); i++)
        if (strcmp(bugs[i].name, args[1]) == 0) {
            bugs[i].bug();
            return 0;
        }
    fprintf(stderr, "pagewise: bugs: no such bug; give a name\n");
    return 2;
}
