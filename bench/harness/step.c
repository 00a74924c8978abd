/* SPDX-License-Identifier: MIT */
/* Counting instructions by single steps: see step.h. */
#define _GNU_SOURCE
#include "step.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void stop_self(void)
{
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGSTOP);
}

/* The child: between the two stops is what is counted. */
_Noreturn static void child(struct bench_case *c, size_t ops)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(1);
    if (c->setup)
        c->setup(c, ops);
    c->run(c, ops); /* warm: lists filled, functions bound */
    stop_self();
    c->run(c, ops);
    stop_self();
    _exit(0);
}

/* Is the child stopped by this signal? */
static bool stopped(pid_t pid, int signal)
{
    int status;

    return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) &&
           WSTOPSIG(status) == signal;
}

/* Instructions from the child's first stop to its second; -1: refused. */
static long count(pid_t pid)
{
    long steps = 0;
    int status;

    if (!stopped(pid, SIGSTOP))
        return -1;
    for (;;) {
        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 ||
            waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
            return -1;
        if (WSTOPSIG(status) == SIGSTOP)
            return steps;
        steps++;
    }
}

static long count_run(struct bench_case *c, size_t ops)
{
    /* Without the handlers by which code/port stops a child that shares
     * its parent's frames: the parent waits and touches none. */
    const pid_t pid = _Fork();
    long steps;

    if (pid < 0)
        return -1;
    if (pid == 0)
        child(c, ops);
    steps = count(pid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return steps;
}

void step_record(struct bench_case *c, size_t few, size_t many)
{
    const long a = count_run(c, few);
    const long b = count_run(c, many);
    double each;

    if (a < 0 || b < a) {
        bench_unmeasured(c->experiment, c->variant, c->x, "step",
                         "instructions", "the kernel permits no ptrace");
        return;
    }
    each = (double)(b - a) / (double)(many - few);
    bench_record(c->experiment, c->variant, c->x, "step", "instructions",
                 &each, 1, 0.5);
}
