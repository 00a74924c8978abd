/* SPDX-License-Identifier: MIT */
/* The processor's counters: see counters.h. */
#define _GNU_SOURCE
#include "counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const counters_metric[COUNTERS] = {
    "hw-cycles", "hw-instructions", "hw-dtlb-misses"};
const char *const counters_unit[COUNTERS] = {"cycles", "instructions",
                                             "misses"};

static const struct {
    uint32_t type;
    uint64_t config;
} events[COUNTERS] = {
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_DTLB |
                             PERF_COUNT_HW_CACHE_OP_READ << 8 |
                             PERF_COUNT_HW_CACHE_RESULT_MISS << 16},
};

static int fds[COUNTERS] = {-1, -1, -1};
static const char *reasons[COUNTERS];

static const char *explain(int error)
{
    switch (error) {
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV: return "no such counter on this machine";
    case EACCES:
    case EPERM: return "the kernel does not permit it to this user";
    case ENOSYS: return "the kernel has no perf_event_open";
    default: return "perf_event_open failed";
    }
}

//> try-counter
/* A counter that does not move while the processor works is none. */
static const char *try_counter(int fd)
{
    volatile unsigned turns = 0;
    uint64_t count = 0;

    ioctl(fd, PERF_EVENT_IOC_RESET, 0);
    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
    while (turns < 100000)
        turns++;
    ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
    if (read(fd, &count, sizeof(count)) != sizeof(count))
        return "the counter cannot be read";
    return count > 0 ? NULL : "the counter stays at zero";
}
//< try-counter

void counters_open(void)
{
    for (int i = 0; i < COUNTERS; i++) {
        struct perf_event_attr attr = {
            .type = events[i].type,
            .size = sizeof(attr),
            .config = events[i].config,
            .disabled = 1,
            .exclude_kernel = 1,
            .exclude_hv = 1,
        };

        fds[i] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
        if (fds[i] < 0)
            reasons[i] = explain(errno);
        else if (i < 2) /* a loop misses no TLB */
            reasons[i] = try_counter(fds[i]);
    }
}

const char *counters_reason(int n)
{
    return reasons[n];
}

void counters_start(void)
{
    for (int i = 0; i < COUNTERS; i++) {
        if (reasons[i])
            continue;
        ioctl(fds[i], PERF_EVENT_IOC_RESET, 0);
        ioctl(fds[i], PERF_EVENT_IOC_ENABLE, 0);
    }
}

void counters_stop(uint64_t value[COUNTERS])
{
    for (int i = 0; i < COUNTERS; i++)
        if (!reasons[i])
            ioctl(fds[i], PERF_EVENT_IOC_DISABLE, 0);
    for (int i = 0; i < COUNTERS; i++)
        if (reasons[i] || read(fds[i], &value[i], sizeof(value[i])) !=
                              (ssize_t)sizeof(value[i]))
            value[i] = 0;
}
