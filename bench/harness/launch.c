/* SPDX-License-Identifier: MIT */
/*
 * A launcher, as small as can be: runs one program under one malloc.
 *
 *     launch [-p LIBRARY] [-o FILE] PROGRAM [ARGUMENT...]
 *
 * LIBRARY is preloaded into the program, not into the launcher, so that
 * whoever times the whole does not time the library twice. With -o the
 * launcher waits and appends one line to FILE: peak resident set in KiB,
 * page faults without and with reading from disk, microseconds of the
 * processor's time, of the program and all the children it waited for.
 * (The peak of a big launcher's own memory would be inherited over
 * fork(); this one has next to none.) Exits as the program does; 127 if
 * there is no such program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void become(char **argv)
{
    execvp(argv[0], argv);
    fprintf(stderr, "pagewise: launch: %s: %s; install it\n", argv[0],
            strerror(errno));
    _exit(127);
}

static long long micros(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

static int watch(const char *path, char **argv, const char *library)
{
    FILE *out = fopen(path, "a");
    struct rusage use;
    int status;
    pid_t pid;

    if (!out) {
        fprintf(stderr, "pagewise: launch: %s: %s; make its folder\n", path,
                strerror(errno));
        return 126;
    }
    pid = fork();
    if (pid == 0) {
        if (library)
            setenv("LD_PRELOAD", library, 1);
        become(argv);
    }
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
        return 126;
    fprintf(out, "%ld %ld %ld %lld\n", use.ru_maxrss, use.ru_minflt,
            use.ru_majflt, micros(use.ru_utime) + micros(use.ru_stime));
    fclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

int main(int argc, char **argv)
{
    const char *out = NULL, *library = NULL;
    int option;

    while ((option = getopt(argc, argv, "+o:p:")) != -1) {
        if (option == 'o')
            out = optarg;
        else if (option == 'p')
            library = optarg;
        else
            return 2;
    }
    if (optind == argc) {
        fputs("usage: launch [-p LIBRARY] [-o FILE] PROGRAM...\n", stderr);
        return 2;
    }
    if (out)
        return watch(out, argv + optind, library);
    if (library)
        setenv("LD_PRELOAD", library, 1);
    become(argv + optind);
}
