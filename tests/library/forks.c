/* SPDX-License-Identifier: MIT */
/*
 * A child of fork(): its first call ends it with one line; one that calls
 * nothing, or gives the zone up first, lives; the parent notices nothing.
 */
#include <pagewise/pagewise.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct pw_cache *cache;
static void *page, *object, *block, *area;

static void nothing(void)
{
}
static void get_page(void)
{
    pw_get_free_page();
}
static void free_page(void)
{
    pw_free_page(page);
}
static void get_object(void)
{
    pw_cache_alloc(cache);
}
static void free_object(void)
{
    pw_cache_free(cache, object);
}
static void get_block(void)
{
    pw_kmalloc(8, PW_GFP_KERNEL);
}
static void get_large(void)
{
    pw_kmalloc(100000, PW_GFP_KERNEL);
}
static void free_block(void)
{
    pw_kfree(block);
}
static void get_area(void)
{
    pw_vmalloc(8);
}
static void free_area(void)
{
    pw_vfree(area);
}
static void drain(void)
{
    pw_zone_drain(&pw_contig_zone);
}

static void *of_a_thread(void *unused)
{
    pw_cache_alloc(cache);
    return unused;
}

static void start_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, of_a_thread, NULL);
    pthread_join(thread, NULL);
}

static void fork_again(void)
{
    int status = 0;

    if (fork() == 0) {
        pw_get_free_page();
        _exit(0);
    }
    wait(&status);
    if (WIFSIGNALED(status))
        get_page(); /* as its child, so the parent */
}

static void start_afresh(void)
{
    struct pw_zone own;

    pw_page_exit();
    if (pw_page_init(64) || !(page = pw_get_free_page()) ||
        pw_free_page(page) || pw_zone_init(&own, 64, 32))
        _exit(1);
    pw_zone_exit(&own);
    if (!pw_get_free_page())
        _exit(1);
}

/* Does a child that does this die of SIGABRT, with one line? */
static int dies(void (*call)(void))
{
    char text[400] = "";
    int to[2], status;
    ssize_t n;

    if (pipe(to) != 0)
        return -1;
    fflush(NULL);
    if (fork() == 0) {
        dup2(to[1], 2);
        call();
        _exit(0);
    }
    close(to[1]);
    for (n = 0; n < (ssize_t)sizeof(text) - 1;) {
        const ssize_t got = read(to[0], text + n, sizeof(text) - 1 - n);

        if (got <= 0)
            break;
        n += got;
    }
    close(to[0]);
    wait(&status);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && n == 0)
        return 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
        strncmp(text, "pagewise: fork: ", 16) == 0)
        return 1;
    printf("status %x: %s\n", (unsigned)status, text);
    return -1;
}

int main(void)
{
    static void (*const bad[])(void) = {
        get_page,  free_page, get_object,   free_object,
        get_block, get_large, free_block,   get_area,
        free_area, drain,     start_thread, fork_again};
    const struct rlimit no_core = {0, 0};
    int failures = 0;

    setrlimit(RLIMIT_CORE, &no_core);
    if (dies(nothing) != 0 || pw_page_init(1024) || pw_kmalloc_init(0, 0) ||
        pw_vmalloc_init(1024))
        return 1;
    cache = pw_cache_create("here", 64, 0, 0, NULL);
    page = pw_get_free_page();
    object = pw_cache_alloc(cache);
    block = pw_kmalloc(100, PW_GFP_KERNEL);
    area = pw_vmalloc(8192);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (dies(bad[i]) != 1) {
            printf("call %u does not end the child\n", i);
            failures++;
        }
    failures += dies(nothing) != 0;
    failures += dies(start_afresh) != 0;
    if (pw_free_page(page) || pw_cache_free(cache, object) ||
        pw_kfree(block) || pw_vfree(area) || pw_cache_destroy(cache) ||
        pw_kmalloc_exit() || pw_zone_check(&pw_contig_zone))
        failures++;
    printf("%d failures\n", failures);
    return failures != 0;
}
