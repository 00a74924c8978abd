/* SPDX-License-Identifier: MIT */
/*
 * A program that uses the installed library, as C and as C++. Built with
 * -DHOSTILE=file, it also defines every name that the library keeps for
 * itself, each as a function that ends the program.
 */
#include <pagewise/pagewise.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HOSTILE
#define MINE(name) \
    void name(void); \
    void name(void) \
    { \
        abort(); \
    }
#include HOSTILE
#endif

static int all_work(void)
{
    struct pw_cache *cache = pw_cache_create("user", 40, 0, 0, NULL);
    void *object = pw_cache_alloc(cache);
    char *small = (char *)pw_kmalloc(100, PW_GFP_KERNEL);
    char *area = (char *)pw_vzalloc(10000);
    char *block = (char *)pw_calloc(10, 10);
    void *page = pw_get_free_page();
    int bad = !object || !small || !area || area[9999] || !block || !page;

    memset(small, 1, 100);
    block = (char *)pw_realloc(block, 100000);
    bad |= !block || block[99] ||
           pw_cache_of(&pw_contig_zone, object) != cache ||
           pw_vmalloc_to_page(area) == NULL;
    pw_free(block);
    return bad | pw_free_page(page) | pw_vfree(area) | pw_kfree(small) |
           pw_cache_free(cache, object) | pw_cache_destroy(cache);
}

int main(void)
{
    if (PW_VERSION_NUMBER < 100 || pw_page_init(2048) ||
        pw_kmalloc_init(4, 0) || pw_vmalloc_init(4096) || all_work() ||
        pw_zone_check(&pw_contig_zone) || pw_kmalloc_check() ||
        pw_vspace_check(&pw_vmalloc_space))
        return 1;
    printf("%s\n", PW_VERSION);
    return 0;
}
