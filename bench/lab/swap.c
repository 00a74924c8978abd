/* SPDX-License-Identifier: MIT */
/*
 * What mkswap and swapon do. A swap device begins with one page that says
 * how long it is and ends with a mark; nothing else on it matters.
 */
#define _GNU_SOURCE
#include "swap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES_PER_MIB = 256 };

/* The first page of a swap device, as the kernel reads it. */
struct header {
    char boot[1024];
    uint32_t version;
    uint32_t last_page; /* number of the last one: pages - 1 */
    uint32_t bad_pages;
    char unused[PAGE - 1024 - 12 - 10];
    char magic[10];
} __attribute__((packed));

static int write_file(const char *path, const void *data, size_t size)
{
    const int fd = open(path, O_WRONLY);
    const ssize_t n = fd < 0 ? -1 : write(fd, data, size);

    if (fd >= 0)
        close(fd);
    return n == (ssize_t)size ? 0 : -1;
}

static int load_modules(void)
{
    char path[256];
    int i, fd, n, error = 0;
    struct dirent **entry;

    n = scandir("/swap", &entry, NULL, alphasort);
    for (i = 0; i < n && !error; i++) {
        if (entry[i]->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/swap/%.200s", entry[i]->d_name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        error = fd < 0 || syscall(SYS_finit_module, fd, "", 0) != 0;
        close(fd);
    }
    return error ? -1 : 0;
}

int swap_on(const char *mib, const char **what)
{
    static struct header header = {.version = 1, .magic = {0}};
    char size[32];

    memcpy(header.magic, "SWAPSPACE2", sizeof(header.magic));
    header.last_page = (uint32_t)atoi(mib) * PAGES_PER_MIB - 1;
    snprintf(size, sizeof(size), "%.16sM", mib);
    *what = "loading the modules of /swap";
    if (load_modules())
        return -1;
    *what = "setting the size of the swap device";
    if (write_file("/sys/block/zram0/disksize", size, strlen(size)))
        return -1;
    *what = "writing the head of the swap device";
    if (write_file("/dev/zram0", &header, sizeof(header)))
        return -1;
    *what = "swapping on";
    return swapon("/dev/zram0", 0);
}
