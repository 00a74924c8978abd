/* SPDX-License-Identifier: MIT */
/*
 * Each allocator's memory, given to each of the others to free: refused,
 * with the owner's name, and nothing has changed.
 */
#include <pagewise/pagewise.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int failures;
static FILE *said;

/* The call has returned `err`; it must be `want` and have said `owner`. */
static void refused(const char *call, int err, int want, const char *owner)
{
    char text[400] = "";

    fflush(stderr);
    rewind(said);
    if (fread(text, 1, sizeof(text) - 1, said) == 0 || err != want ||
        !strstr(text, owner) || strchr(text, '\n')[1]) {
        printf("%s: %d, want %d and '%s'; said: %s\n", call, err, want,
               owner, text);
        failures++;
    }
    rewind(said);
    if (ftruncate(fileno(said), 0) != 0)
        failures++;
}

#define REFUSED(call, want, owner) refused(#call, call, -want, owner)

static void *frame_of(const void *area)
{
    return pw_page_address(&pw_contig_zone, pw_vmalloc_to_page(area));
}

static struct pw_cache *cache, *other;
static char *page, *object, *small, *large, *area;

static int setup(void)
{
    said = tmpfile();
    if (!said || dup2(fileno(said), 2) != 2 || pw_page_init(8192) ||
        pw_kmalloc_init(2, 0) || pw_vmalloc_init(8192))
        return 1;
    cache = pw_cache_create("mine", 3000, 0, 0, NULL);
    other = pw_cache_create("yours", 3000, 0, 0, NULL);
    page = pw_get_free_pages(3);
    object = pw_cache_alloc(cache);
    small = pw_kmalloc(96, PW_GFP_KERNEL);
    large = pw_kmalloc(20000, PW_GFP_KERNEL);
    area = pw_vmalloc(5 * 4096);
    return !cache || !other || !page || !object || !small || !large ||
           !area;
}

static void *page_of(char *address)
{
    return address - ((uintptr_t)address & 4095);
}

/* Any page of it, and any order. */
static void to_the_page_allocator(void)
{
    struct pw_page *frame = pw_virt_to_page(&pw_contig_zone, small);

    for (unsigned order = 0; order < 12; order++)
        for (int at = 0; at < 5; at++) {
            REFUSED(pw_free_pages(page_of(small), order), EPERM,
                    "kmalloc-96");
            REFUSED(pw_free_pages(page_of(object), order), EPERM,
                    "cache mine");
            REFUSED(pw_free_pages(large + 4096 * at, order), EPERM,
                    "pw_kmalloc()");
            REFUSED(pw_free_pages(frame_of(area + 4096 * at), order), EPERM,
                    "pw_vmalloc()");
            REFUSED(pw_free_pages(area + 4096 * at, order), EFAULT,
                    "pw_vmalloc()");
        }
    REFUSED(pw_free_page(small + 1), EPERM, "kmalloc-96");
    REFUSED(pw_zone_free(&pw_contig_zone, frame, 0), EPERM, "kmalloc-96");
    REFUSED(pw_zone_free_bulk(&pw_contig_zone, 1, &frame), EPERM,
            "kmalloc-96");
    for (unsigned tag = 1; tag < 65536; tag++) /* an order like a tag */
        if (pw_zone_free(&pw_contig_zone, frame, tag << 16) == 0)
            failures++;
    rewind(said);
    if (ftruncate(fileno(said), 0) != 0)
        failures++;
}

static void to_the_others(void)
{
    REFUSED(pw_cache_free(other, object), EINVAL, "cache mine");
    REFUSED(pw_cache_free(other, small), EINVAL, "cache kmalloc-96");
    REFUSED(pw_cache_free(other, large), EFAULT, "pw_kmalloc()");
    REFUSED(pw_cache_free(other, area), EFAULT, "pw_vmalloc()");
    REFUSED(pw_cache_free(other, page), EFAULT, "pw_alloc_pages()");
    REFUSED(pw_cache_free(other, page + 4096), EFAULT, "pw_alloc_pages()");

    /* kmalloc takes objects of any cache */
    REFUSED(pw_kfree(area), EFAULT, "pw_vmalloc()");
    REFUSED(pw_kfree(frame_of(area)), EFAULT, "pw_vmalloc()");
    REFUSED(pw_kfree(page), EFAULT, "pw_alloc_pages()");

    REFUSED(pw_vfree(object), EFAULT, "cache mine");
    REFUSED(pw_vfree(small), EFAULT, "cache kmalloc-96");
    REFUSED(pw_vfree(large), EFAULT, "pw_kmalloc()");
    REFUSED(pw_vfree(page), EFAULT, "pw_alloc_pages()");
    REFUSED(pw_vunmap(area), EINVAL, "pw_vmalloc");
}

int main(void)
{
    if (setup() != 0)
        return 1;
    to_the_page_allocator();
    to_the_others();
    /* and each can still be freed where it belongs */
    if (pw_free_pages(page, 3) || pw_cache_free(cache, object) ||
        pw_kfree(small) || pw_kfree(large) || pw_vfree(area) ||
        pw_cache_destroy(cache) || pw_cache_destroy(other) ||
        pw_kmalloc_check() || pw_vspace_check(&pw_vmalloc_space) ||
        pw_kmalloc_exit() || pw_zone_check(&pw_contig_zone))
        failures++;
    printf("%d failures\n", failures);
    return failures != 0;
}
