/* SPDX-License-Identifier: MIT */
/*
 * The workers: processes that have one allocator each (work.c), and
 * do a job when they are given a line. Each is started anew for every
 * block, and ends when its standard input does.
 */
#define _GNU_SOURCE
#include "peers.h"
#include "../../code/slab/slab.h"

#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

const struct peer peers[] = {
    {"pw", NULL, "", 0, "pw", false},
    {"pw-nomag", NULL, "", PW_CACHE_NO_MAGAZINES, "pw", false},
    {"glibc", NULL, "", 0, NULL, false},
    {"jemalloc", "libjemalloc.so.", "2", 0, NULL, false},
    {"mimalloc", "libmimalloc.so.", "32", 0, NULL, false},
    {"tcmalloc", "libtcmalloc_minimal.so.", "4", 0, NULL, false},
    {"pw-static", NULL, "", 0, "static", true},
    {"calls", NULL, "", 0, "calls", true},
};
const size_t peers_count = sizeof(peers) / sizeof(*peers);

struct worker {
    FILE *to, *from;
    pid_t pid;
    size_t block;
    char library[40]; /* its name with its number, or "" */
    enum { UNKNOWN, THERE, ABSENT } state;
};

static struct worker workers[sizeof(peers) / sizeof(*peers)];
static cpu_set_t allowed; /* before this process was pinned */

/* The worker lies beside this program. */
static void worker_path(const struct peer *p, char path[4096])
{
    char self[4096];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[n > 0 ? n : 0] = '\0';
    snprintf(path, 4096, "%s/work-%s", dirname(self),
             p->ours ? p->ours : "malloc");
}

_Noreturn static void become(const struct peer *p, const char *library,
                             int in, int out)
{
    char path[4096];

    worker_path(p, path);
    sched_setaffinity(0, sizeof(allowed), &allowed);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    if (*library)
        setenv("LD_PRELOAD", library, 1);
    execl(path, path, (char *)NULL);
    _exit(127);
}

static void start(const struct peer *p, struct worker *w)
{
    int to[2], from[2];

    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        bench_die("no pipe", "close some files");
    w->pid = fork();
    if (w->pid == 0)
        become(p, w->library, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    w->to = fdopen(to[1], "w");
    w->from = fdopen(from[0], "r");
    if (w->pid < 0 || !w->to || !w->from)
        bench_die("cannot start a worker", "raise the limit (ulimit -u)");
}

static void stop(struct worker *w)
{
    fclose(w->to);
    fclose(w->from);
    waitpid(w->pid, NULL, 0);
}

static void answer(struct worker *w, char *line, int size)
{
    if (!fgets(line, size, w->from))
        bench_die("a worker has ended", "see what it said above");
}

/* Has it the malloc that it should have? ld.so only warns if not. */
static bool is_right(const struct peer *p, struct worker *w)
{
    char line[200], name[20];

    answer(w, line, sizeof(line));
    return sscanf(line, "ready %19s", name) == 1 &&
           strcmp(name, p->ours ? "pw" : p->variant) == 0;
}

/* Looked for in a child: ld.so complains of what it does not find. */
static bool is_installed(const char *library)
{
    int status, said[2];
    char byte;
    pid_t pid;
    bool silent;

    if (pipe2(said, O_CLOEXEC) != 0)
        bench_die("no pipe", "close some files");
    pid = fork();
    if (pid == 0) {
        setenv("LD_PRELOAD", library, 1);
        dup2(said[1], STDERR_FILENO);
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    close(said[1]);
    silent = read(said[0], &byte, 1) == 0;
    close(said[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 &&
           silent;
}

/* Its newest library that is installed, or none if it wants none. */
static bool find_library(const struct peer *p, struct worker *w)
{
    if (!p->library)
        return true;
    for (const char *n = p->numbers; *n; n++) {
        snprintf(w->library, sizeof(w->library), "%s%c", p->library, *n);
        if (is_installed(w->library))
            return true;
    }
    return false;
}

bool peers_there(size_t peer)
{
    const struct peer *p = &peers[peer];
    struct worker *w = &workers[peer];

    if (w->state == UNKNOWN) {
        if (CPU_COUNT(&allowed) == 0)
            sched_getaffinity(0, sizeof(allowed), &allowed);
        w->state = ABSENT;
        if (find_library(p, w)) {
            start(p, w);
            if (is_right(p, w))
                w->state = THERE;
            else
                stop(w);
        }
    }
    return w->state == THERE;
}

const char *peers_reason(size_t peer)
{
    static char why[sizeof(peers) / sizeof(*peers)][60];

    snprintf(why[peer], sizeof(why[peer]), "%s is not installed",
             peers[peer].variant);
    return why[peer];
}

void peers_renew(size_t peer, size_t block)
{
    struct worker *w = &workers[peer];

    if (block <= w->block)
        return;
    w->block = block;
    stop(w);
    start(&peers[peer], w);
    if (!is_right(&peers[peer], w))
        bench_die("a worker does not start again", "raise the limits");
}

static void tell(struct worker *w, const char *job)
{
    fprintf(w->to, "%s\n", job);
    if (fflush(w->to) != 0)
        bench_die("a worker has ended", "see what it said above");
}

uint64_t peers_time(size_t peer, const char *job)
{
    char line[200], *end;
    uint64_t took;

    tell(&workers[peer], job);
    answer(&workers[peer], line, sizeof(line));
    took = strtoull(line, &end, 10);
    bench_switched(strtol(end, NULL, 10));
    return took;
}

/* In a process of its own: what an earlier job left would count. */
void peers_memory(size_t peer, size_t size, uint64_t seed,
                  double bytes[MOMENTS])
{
    const size_t live = ((size_t)64 << 20) / size;
    char line[200];
    struct worker w = workers[peer]; /* the same library */

    start(&peers[peer], &w);
    if (!is_right(&peers[peer], &w))
        bench_die("a worker does not start again", "raise the limits");
    snprintf(line, sizeof(line), "Memory %zu %u %zu 1 %llu", size,
             peers[peer].flags, live, (unsigned long long)seed);
    tell(&w, line);
    answer(&w, line, sizeof(line));
    stop(&w);
    if (sscanf(line, "%lf %lf %lf %lf %lf", bytes, bytes + 1, bytes + 2,
               bytes + 3, bytes + 4) != MOMENTS)
        bench_die("a worker answers nonsense",
                  "mend bench/slab/work/held.c");
}
