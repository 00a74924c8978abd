/* SPDX-License-Identifier: MIT */
/*
 * The lab's init: the only process in the machine that measures.
 *
 * In a boot that wants to swap (LAB_SWAP, in MiB) it first sees to that.
 * It loads the modules of /modules in the order of their names, runs the
 * programs of /guests, which want them loaded, copies what they offer under
 * /proc/pagewise to the second serial port, unloads them, loads and unloads
 * them once more for a self-test (not with LAB_ONCE), runs the programs of
 * /programs with their output to the same port, and switches the machine
 * off. On that port a line that begins with '@' is ours, all others belong
 * to the file that the last "@ file" line named:
 *
 *     @ load page.ko            @ file page/page.tsv
 *     @ failed page.ko: <why>   @ program list 0
 *     @ end
 *
 * Without "@ end" nothing that came before is believed.
 */
#define _GNU_SOURCE
#include "swap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { NAMES = 32 };

static int out; /* the second serial port */

static void say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vdprintf(out, format, args);
    va_end(args);
}

/* A fault on request (LAB_PLANT), so that the runner can be tested. */
static int planted(const char *fault)
{
    const char *plant = getenv("LAB_PLANT");

    return plant && strcmp(plant, fault) == 0;
}

static void complain(void)
{
    static const char words[] = "<4>WARNING: planted\n";
    const int log = open("/dev/kmsg", O_WRONLY);

    if (write(log, words, sizeof(words) - 1) < 0)
        say("@ failed init: planting: %s\n", strerror(errno));
    close(log);
}

static void open_port(void)
{
    struct termios raw;

    out = open("/dev/ttyS1", O_RDWR | O_NOCTTY);
    if (out < 0 || tcgetattr(out, &raw))
        exit(1); /* the kernel panics and says so */
    cfmakeraw(&raw);
    cfsetspeed(&raw, B115200);
    tcsetattr(out, TCSANOW, &raw);
}

static void power_off(void)
{
    tcdrain(out);
    sync();
    reboot(RB_POWER_OFF);
}

static void fail(const char *file, const char *what)
{
    say("@ failed %s: %s: %s\n", file, what, strerror(errno));
    power_off();
}

/* The names in a directory, sorted; returns how many. */
static int list(const char *path, char *names[NAMES])
{
    struct dirent **entry;
    int i, n = 0, all = scandir(path, &entry, NULL, alphasort);

    for (i = 0; i < all; i++)
        if (entry[i]->d_name[0] != '.' && n < NAMES)
            names[n++] = entry[i]->d_name;
    return n;
}

/* Load one; what the kernel's command line gave us goes to the module. */
static void load(const char *file, int selftest)
{
    char path[256], args[256];
    const char *instrument = getenv("LAB_INSTRUMENT");
    const char *kernel = getenv("LAB_KERNEL");
    const char *boot = getenv("LAB_BOOT");
    int fd;

    snprintf(path, sizeof(path), "/modules/%s", file);
    snprintf(args, sizeof(args),
             "instrument=%s kernel=%s boot=%s selftest=%d",
             instrument ? instrument : "vm-insn", kernel ? kernel : "",
             boot ? boot : "main", selftest);
    say("@ load %s\n", file);
    fd = open(planted("load") ? "/init" : path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && syscall(SYS_finit_module, fd, args, 0) == 0) {
        close(fd);
        return;
    }
    fail(file, "loading");
}

static void unload(const char *file)
{
    char name[256];

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, "."), file);
    if (syscall(SYS_delete_module, name, O_NONBLOCK)) {
        fail(file, "unloading");
    }
    say("@ unload %s\n", file);
}

/* Copy /proc/pagewise/<folder>/<file>, for all of them. */
static void copy_file(const char *folder, const char *file)
{
    char path[512], buffer[4096];
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "/proc/pagewise/%s/%s", folder, file);
    fd = open(path, O_RDONLY);
    say("@ file %s/%s\n", folder, file);
    while ((n = read(fd, buffer, sizeof(buffer))) > 0)
        if (write(out, buffer, (size_t)n) != n)
            break;
    if (n != 0)
        fail(file, "reading");
    close(fd);
}

static void copy_records(void)
{
    char *folders[NAMES], *files[NAMES], path[256];
    int i, j, n = list("/proc/pagewise", folders), m;

    for (i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "/proc/pagewise/%s", folders[i]);
        m = list(path, files);
        for (j = 0; j < m; j++)
            copy_file(folders[i], files[j]);
    }
}

static void run_program(const char *folder, const char *name)
{
    char path[256];
    int status = -1;
    pid_t child;

    snprintf(path, sizeof(path), "/%s/%s", folder, name);
    say("@ file program/%s\n", name);
    child = fork();
    if (child == 0) {
        dup2(out, STDOUT_FILENO);
        execl(path, path, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    say("@ program %s %d\n", name,
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/*
 * A kernel that has just started is still busy in the background. Let it
 * finish: under icount an idle machine's clock jumps, so that waiting
 * costs only the work that others have.
 */
static void settle(void)
{
    const char *instrument = getenv("LAB_INSTRUMENT");

    sleep(instrument && strcmp(instrument, "vm-kvm") == 0 ? 1 : 10);
}

static void begin_to_swap(void)
{
    const char *mib = getenv("LAB_SWAP"), *what = "";

    if (mib && swap_on(mib, &what))
        fail("init", what);
}

int main(void)
{
    char *module[NAMES], *guest[NAMES], *program[NAMES];
    const int passes = getenv("LAB_ONCE") ? 1 : 2;
    int i, pass, modules, guests, programs;

    mount("none", "/proc", "proc", 0, NULL);
    mount("none", "/sys", "sysfs", 0, NULL);
    mount("none", "/dev", "devtmpfs", 0, NULL);
    open_port();
    if (planted("panic"))
        return 1; /* init must not end */
    begin_to_swap();
    settle();
    modules = list("/modules", module);
    guests = list("/guests", guest);
    programs = list("/programs", program);
    for (pass = 0; pass < passes; pass++) {
        for (i = 0; i < modules; i++)
            load(module[i], pass);
        for (i = 0; i < guests && pass == 0; i++)
            run_program("guests", guest[i]);
        if (pass == 0)
            copy_records();
        for (i = modules; i-- > 0;)
            unload(module[i]);
    }
    for (i = 0; i < programs; i++)
        run_program("programs", program[i]);
    if (planted("warn"))
        complain();
    if (planted("hang"))
        pause();
    if (!planted("no-end"))
        say("@ end\n");
    power_off();
    return 0;
}
