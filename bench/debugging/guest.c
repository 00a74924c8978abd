/* SPDX-License-Identifier: MIT */
/*
 * Has the module beside it (lab.c) commit one bug after the other, and
 * prints what the kernel's log then says: the telling lines of each as a
 * text, and the first line of each in a list. A bug may kill whoever
 * commits it, so a child does. What a boot has only to show (leaks, owners,
 * failures on order) is asked for by the files of debugfs.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COLUMNS = 76, LINES = 18, STACK = 8, TEXT = 65536 };

static const char *boot, *kernel, *instrument;
static int log_fd; /* /dev/kmsg, at what is new */

/* ---- The log --------------------------------------------------------- */

/* The text of a record, without its head; NULL when there is no more. */
static char *log_line(void)
{
    static char record[8192];
    ssize_t n = read(log_fd, record, sizeof(record) - 1);
    char *text, *end;

    if (n <= 0)
        return NULL;
    record[n] = '\0';
    text = strchr(record, ';');
    end = text ? strchr(text, '\n') : NULL;
    if (!end)
        return record;
    *end = '\0';
    return text + 1;
}

/* How lines begin that every report has and no reader needs. */
static const char noise[] =
    "Modules linked in|Hardware name|Tainted:|Code:|RAX:|RDX:|"
    "RBP:|R10:|R13:|FS:|CS:|CR2:|DR0:|DR3:|PKRU|RSP:|---|===|"
    "<TASK>|</TASK>|Mem-Info|lowmem_r|hugetlb|swap|Swap|pages |"
    "PGD |Oops:|cpuset|ORIG_RAX|irq ev|hardirqs|softirqs|"
    "Disabling|note: |raw: |CPU: |Call Trace|RIP: 0033|"
    "invalid op|Free swap|Total swap|active_anon|Node 0 active|"
    "Node 0 huge|Memory cgroup|";

static int is_noise(const char *line)
{
    const char *text = line + strspn(line, " "), *word, *end;

    for (word = noise; (end = strchr(word, '|')); word = end + 1)
        if (strncmp(text, word, (size_t)(end - word)) == 0)
            return 1;
    return isdigit((unsigned char)*line) || !*text ||
           strstr(line, " ? ") != NULL;
}

/* Memory in bytes, "Object   <address>: 6b 6b ...": only the lines with a
 * byte that is not as the others, and those without the letters. */
static int is_dull_dump(char *line)
{
    char *byte = strstr(line, ": ");
    int differ = 0;

    if (!byte ||
        (strncmp(line, "Object   ", 9) && strncmp(line, "Redzone  ", 9) &&
         strncmp(line, "Padding  ", 9)))
        return 0;
    byte += 2;
    for (int i = 1; i < 16 && isxdigit((unsigned char)byte[3 * i]); i++)
        differ |= memcmp(byte, byte + 3L * i, 2) != 0;
    byte[strlen(byte) < 47 ? strlen(byte) : 47] = '\0';
    return !differ;
}

/* Without what every line has: the taint, an end of line in hexadecimal. */
static void shorten(char *line)
{
    char *from = strstr(line, " (Tainted: "), *to;

    to = from ? strchr(from + 2, ')') : NULL;
    if (to)
        memmove(from, to + 1, strlen(to + 1) + 1);
    to = strstr(line, "\\x0a");
    if (to)
        *to = '\0';
}

/* Entries of a stack are not telling from the system call down. */
static int is_deep(const char *line)
{
    static const char *const words[] = {"on_write", "proc_reg_write",
                                        "vfs_write", "do_syscall"};

    for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strstr(line, words[i]))
            return 1;
    return 0;
}

/* A line, broken between words where it is too long to print. */
static void fold(FILE *to, const char *line)
{
    const char *indent = "";

    while (strlen(indent) + strlen(line) > COLUMNS) {
        int n = COLUMNS - (int)strlen(indent);

        while (n > 20 && line[n] != ' ')
            n--;
        fprintf(to, "%s%.*s\n", indent, n, line);
        line += n + (line[n] == ' ');
        indent = "    ";
    }
    fprintf(to, "%s%s\n", indent, line);
}

/* ---- Bugs ------------------------------------------------------------ */

static FILE *said;
static char said_text[TEXT];

static int commit(const char *bug)
{
    int status;
    const pid_t child = fork();

    if (child == 0) {
        const int door = open("/dev/debugging-do", O_WRONLY);

        _exit(write(door, bug, strlen(bug)) < 0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

/* The memory of a failure's report: what is free, and in what blocks. */
static int is_of_other_zone(const char *line)
{
    return strncmp(line, "Node 0 DMA", 10) == 0 && line[10] != '3';
}

/* Commit it. Returns whether the kernel said anything; the first telling
 * line goes to the list. */
static int provoke(const char *bug)
{
    char first[COLUMNS - 25] = "";
    int lines = 0, deep = 0, killed;
    char *line;

    while (log_line())
        ;
    printf("@ file debugging/debugging-%s%s%s.txt\n", bug, boot ? "-" : "",
           boot ? boot : "");
    killed = commit(bug);
    usleep(20000); /* what is printed from elsewhere */
    while ((line = log_line()) != NULL) {
        if (strncmp(line, "pagewise: lab: ", 15) == 0)
            line += 15;
        if (is_noise(line) || is_of_other_zone(line) || is_dull_dump(line))
            continue;
        shorten(line);
        if (line[0] != ' ')
            deep = 0;
        else if (++deep > STACK || is_deep(line))
            deep = STACK;
        if (deep >= STACK)
            continue;
        if (!*first && line[0] != ' ')
            snprintf(first, sizeof(first), "%s", line);
        if (lines++ < LINES)
            fold(stdout, line);
    }
    if (!lines)
        printf("(nothing)\n");
    fprintf(said, "%-22s  %s%s\n", bug, killed ? "† " : "",
            *first ? first : "nothing");
    return lines > 0;
}

/* ---- Debugfs --------------------------------------------------------- */

static int set(const char *file, const char *value)
{
    char path[256];
    int fd;
    ssize_t n;

    snprintf(path, sizeof(path), "/sys/kernel/debug/%s", file);
    fd = open(path, O_WRONLY);
    n = fd < 0 ? -1 : write(fd, value, strlen(value));
    close(fd);
    return n < 0 ? -1 : 0;
}

/* The paragraph of a file that has a word in it, from an offset on. */
static void show(const char *file, off_t at, const char *word, int most)
{
    static char text[1 << 20], path[256];
    char *found, *line;
    ssize_t n, size = 0;
    int fd;

    snprintf(path, sizeof(path), "/sys/kernel/%s", file);
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return;
    lseek(fd, at, SEEK_SET);
    while ((n = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
        size += n;
    close(fd);
    text[size] = '\0';
    found = strstr(text, word);
    if (!found)
        return;
    while (found > text && !(found[-1] == '\n' && *found != ' ' &&
                             *found != '\t' && *found != '\n'))
        found--;
    for (line = strtok(found, "\n"); line && most-- > 0;
         line = strtok(NULL, "\n"))
        if (!is_deep(line))
            fold(stdout, line[0] == '\t' ? line + 1 : line);
}

/* Have the next requests of a child fail. */
static void fail(const char *kind, const char *bug)
{
    char file[64];
    static const char *const set_to[][2] = {
        {"probability", "100"},   {"times", "1"},       {"space", "0"},
        {"interval", "1"},        {"task-filter", "Y"}, {"verbose", "2"},
        {"ignore-gfp-wait", "N"}, {"min-order", "0"},
    };

    for (unsigned i = 0; i < sizeof(set_to) / sizeof(*set_to); i++) {
        snprintf(file, sizeof(file), "%s/%s", kind, set_to[i][0]);
        set(file, set_to[i][1]);
    }
    if (fork() == 0) {
        const int self = open("/proc/self/make-it-fail", O_WRONLY);
        const int door = open("/dev/debugging-do", O_WRONLY);

        if (write(self, "1", 1) > 0 && write(door, bug, strlen(bug)) > 0)
            _exit(0);
        _exit(1);
    }
    wait(NULL);
    snprintf(file, sizeof(file), "%s/probability", kind);
    set(file, "0");
}

static void show_failing(const char *kind, const char *bug)
{
    char *line;
    int lines = 0, deep = 0;

    while (log_line())
        ;
    fail(kind, bug);
    printf("@ file debugging/debugging-%s.txt\n", kind);
    while ((line = log_line()) != NULL && lines < LINES) {
        if (line[0] != ' ')
            deep = 0;
        deep |= is_deep(line);
        if (is_noise(line) || deep)
            continue;
        if (strncmp(line, "pagewise: lab: ", 15) == 0)
            line += 15;
        fold(stdout, line);
        lines++;
    }
}

/* ---- Boots ----------------------------------------------------------- */

static void claim(const char *id, int holds, const char *text)
{
    printf("@ file debugging/claims.tsv\n%s\t%s\t%s\t%s\n", id, kernel,
           holds ? "holds" : "fails", text);
}

/* What an object of kmalloc-128 takes, all told. */
static void footprint(void)
{
    FILE *f = fopen("/sys/kernel/slab/kmalloc-128/slab_size", "r");
    int bytes = 0;

    if (!f || fscanf(f, "%d", &bytes) != 1)
        bytes = 0;
    if (f)
        fclose(f);
    if (bytes)
        printf("@ file debugging/debugging.tsv\ndebugging.footprint\t%s\t\t"
               "bytes\tbytes\t%s\t%s\t%d\t%d\t%d\t1\n",
               boot ? boot : "main", instrument, kernel, bytes, bytes,
               bytes);
}

static const char *seen_or_not(int seen)
{
    return seen ? "reported" : "not seen";
}

/* The bugs with objects, and what is to be claimed of them. */
static void objects(int checked)
{
    char text[400];
    const int kasan = strcmp(kernel, "debug") == 0;
    const int written = provoke("write-after-free");
    const int read = provoke("read-after-free");
    const int over = provoke("overrun");

    snprintf(text, sizeof(text),
             "a write after free was %s, a read after free %s, a write "
             "beyond the end %s",
             seen_or_not(written), seen_or_not(read), seen_or_not(over));
    if (kasan)
        claim("g4", written && read && over, text);
    else if (checked)
        claim("g2", written && !read && over, text);
    else
        claim("g1", !written && !read && !over, text);
    provoke("overrun-slack");
    if (strcmp(kernel, "slab") != 0)
        provoke("free-middle");
    provoke("too-large");
}

static void pages(void)
{
    provoke("nothing-left");
    sleep(11); /* such messages come once in ten seconds */
    claim("g5", provoke("fragmented"),
          "every second frame was free; 16 in a row, asked for by a caller "
          "who could wait, were not to be had");
    provoke("vmalloc-overrun");
    provoke("page-double-free");
    provoke("page-of-vmalloc");
    provoke("page-write-after-free");
    provoke("sleep-in-atomic");
}

static void plain(int checked)
{
    int twice;

    objects(checked);
    pages();
    twice = provoke("double-free"); /* last: it may take down more */
    if (!checked && strcmp(kernel, "debug") != 0)
        claim("g6", twice,
              twice ? "the second free of an object, with nothing between, "
                      "was noticed"
                    : "the second free of an object, with nothing between, "
                      "was not noticed");
}

static void sampled(void)
{
    const int read_seen = provoke("sampled-read-after-free");
    const int over_seen = provoke("sampled-overrun");

    claim("g3", read_seen && over_seen,
          read_seen && over_seen
              ? "an object that KFENCE guarded: a read after free and a "
                "write beyond the end were reported"
              : "not all was reported");
}

static void owners(void)
{
    static const char scan[] = "scan";
    char *line;
    long frame = 0;

    commit("leak");
    sleep(6); /* younger blocks are not leaks yet */
    set("kmemleak", scan);
    set("kmemleak", scan);
    printf("@ file debugging/debugging-leak.txt\n");
    show("debug/kmemleak", 0, "size 128", 9);
    while (log_line())
        ;
    commit("hold");
    while ((line = log_line()) != NULL)
        if (sscanf(line, "pagewise: lab: frame %ld", &frame) == 1)
            break;
    printf("@ file debugging/debugging-owner.txt\n");
    show("debug/page_owner", frame, "order 2", 9);
    provoke("page-write-after-free");
}

static void traces(void)
{
    commit("keep");
    printf("@ file debugging/debugging-traces.txt\n");
    show("debug/slab/kmalloc-128/alloc_traces", 0, "keep+", 4);
    show("slab/kmalloc-128/alloc_calls", 0, "keep+", 1);
}

int main(void)
{
    boot = getenv("LAB_BOOT");
    kernel = getenv("LAB_KERNEL") ? getenv("LAB_KERNEL") : "";
    instrument =
        getenv("LAB_INSTRUMENT") ? getenv("LAB_INSTRUMENT") : "vm-insn";
    setvbuf(stdout, NULL, _IOLBF, 0);
    mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
    log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
    said = fmemopen(said_text, sizeof(said_text), "w");
    if (!boot || strcmp(boot, "checks") == 0) {
        footprint();
        if (boot)
            traces();
        plain(boot != NULL);
    } else if (strcmp(boot, "kfence") == 0) {
        sampled();
    } else {
        owners();
    }
    if (!boot && strcmp(kernel, "debug") == 0) {
        show_failing("failslab", "try-object");
        show_failing("fail_page_alloc", "try-page");
    }
    fclose(said);
    printf("@ file debugging/debugging-said%s%s.txt\n%s", boot ? "-" : "",
           boot ? boot : "", said_text);
    return 0;
}
