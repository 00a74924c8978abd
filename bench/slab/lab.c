// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The slab lab: a module that asks the running kernel whether its slab
 * allocator is what the essay says it is (claims s1 to s7; the other files
 * have s2, s3, s6 and s7).
 *
 * Each claim gathers evidence and then decides by it; a kernel that
 * behaved otherwise would get another verdict. On a second load the claims
 * are asked again and nothing is measured.
 */
#include "lab_parts.h"

#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>

/*
 * The kernel merges caches of equal size. Not those from which users may
 * copy some part; nor those with a constructor.
 */
struct kmem_cache *lab_make_cache(const char *name, size_t size,
                                  void (*ctor)(void *))
{
    return kmem_cache_create_usercopy(name, size, 0, 0, 0, 8, ctor);
}

/* ---- s1: one size, and a cache for each type ------------------------- */

//> claim-s1
enum { OBJECTS = 500, SIZE = 200 };

struct filled {
    struct lab_slabinfo before, after, neighbour;
    unsigned own, grid; /* objects in slabs of this cache; that far apart */
};

static void fill(struct kmem_cache *cache, struct kmem_cache *neighbour,
                 struct filled *f)
{
    static void *object[OBJECTS];
    const u64 stride = lab_read(cache, CACHE_SIZE);
    int i, n;

    lab_slabinfo(cache, &f->before);
    for (n = 0; n < OBJECTS; n++) {
        object[n] = kmem_cache_alloc(cache, GFP_KERNEL);
        if (!object[n])
            break;
        f->own += lab_owner(object[n]) == cache;
        f->grid += n == 0 ||
                   virt_to_head_page(object[n]) !=
                       virt_to_head_page(object[n - 1]) ||
                   abs(object[n] - object[n - 1]) % stride == 0;
    }
    lab_slabinfo(cache, &f->after);
    lab_slabinfo(neighbour, &f->neighbour);
    for (i = 0; i < n; i++)
        kmem_cache_free(cache, object[i]);
}

static void claim_s1(void)
{
    struct kmem_cache *one = lab_make_cache("pw_lab_one", SIZE, NULL);
    struct kmem_cache *two = lab_make_cache("pw_lab_two", SIZE, NULL);
    struct kmem_cache *three = kmem_cache_create("pw_lab_3", SIZE, 0, 0, 0);
    struct kmem_cache *four = kmem_cache_create("pw_lab_4", SIZE, 0, 0, 0);
    struct filled f = {.own = 0};
    bool holds = false;

    if (one && two && three && four) {
        fill(one, two, &f);
        holds = f.own == OBJECTS && f.grid == OBJECTS &&
                f.after.active >= f.before.active + OBJECTS &&
                f.neighbour.objects == 0;
        lab_claim("s1", holds ? LAB_HOLDS : LAB_FAILS,
                  "%d objects of %d bytes from one cache: its slabs had "
                  "room for %lu before and for %lu after, those of another "
                  "cache of that size for %lu; %u lie in slabs of their "
                  "cache, %u a multiple of %llu bytes from their "
                  "neighbours; two caches made without a reason to keep "
                  "them apart are %s",
                  OBJECTS, SIZE, f.before.objects, f.after.objects,
                  f.neighbour.objects, f.own, f.grid,
                  lab_read(one, CACHE_SIZE),
                  three == four ? "one cache with two names" : "two");
    }
    kmem_cache_destroy(four);
    kmem_cache_destroy(three);
    kmem_cache_destroy(two);
    kmem_cache_destroy(one);
}
//< claim-s1

/* ---- s4: pages in a slab --------------------------------------------- */

//> claim-s4
struct orders {
    unsigned long caches[NR_PAGE_ORDERS], slabs[NR_PAGE_ORDERS];
    unsigned long all_caches, all_slabs;
};

static void count_cache(struct kmem_cache *cache, void *arg)
{
    const u64 order = lab_read(cache, CACHE_ORDER);
    struct orders *o = arg;
    struct lab_slabinfo info;

    lab_slabinfo(cache, &info);
    o->caches[order]++;
    o->slabs[order] += info.slabs;
    o->all_caches++;
    o->all_slabs += info.slabs;
}

/*
 * Usually: in three of four cases, whether one counts caches or slabs.
 * More often than not makes it right with a limit.
 */
static void claim_s4(void)
{
    struct orders o = {.all_caches = 0};
    enum lab_verdict verdict = LAB_FAILS;
    unsigned most = 0, i;

    lab_each_cache(count_cache, &o);
    for (i = 0; i < NR_PAGE_ORDERS; i++)
        if (o.caches[i])
            most = i;
    if (most > 0 && 4 * o.caches[0] >= 3 * o.all_caches &&
        4 * o.slabs[0] >= 3 * o.all_slabs)
        verdict = LAB_HOLDS;
    else if (most > 0 && 2 * o.caches[0] > o.all_caches &&
             2 * o.slabs[0] > o.all_slabs)
        verdict = LAB_LIMIT;
    lab_claim("s4", verdict,
              "%lu of %lu caches have slabs of one page, which are %lu of "
              "the kernel's %lu slabs; the largest slabs have %lu pages",
              o.caches[0], o.all_caches, o.slabs[0], o.all_slabs,
              1UL << most);
    for (i = 0; i <= most && !lab_selftest; i++) {
        lab_value("slab.pages", "kernel", i, "caches", "caches",
                  1000ULL * o.caches[i]);
        lab_value("slab.pages", "kernel", i, "slabs", "slabs",
                  1000ULL * o.slabs[i]);
    }
}
//< claim-s4

/* ---- s5: task_struct ------------------------------------------------- */

//> claim-s5
enum { TASKS = 64 };

static void find_tasks(struct kmem_cache *cache, void *arg)
{
    const char *name = (void *)lab_read(cache, CACHE_NAME);

    if (strcmp(name, "task_struct") == 0)
        *(struct kmem_cache **)arg = cache;
}

static int do_nothing(void *unused)
{
    return 0;
}

static void claim_s5(void)
{
    struct kmem_cache *cache = NULL;
    struct task_struct *task[TASKS];
    struct lab_slabinfo before, after;
    unsigned n, i, own = 0;

    lab_each_cache(find_tasks, &cache);
    if (!cache) {
        lab_claim("s5", LAB_FAILS, "no cache has the name task_struct");
        return;
    }
    lab_slabinfo(cache, &before);
    for (n = 0; n < TASKS; n++) {
        task[n] = kthread_create(do_nothing, NULL, "pagewise/%u", n);
        if (IS_ERR(task[n]))
            break;
        own += lab_owner(task[n]) == cache;
    }
    lab_slabinfo(cache, &after);
    for (i = 0; i < n; i++)
        kthread_stop(task[i]);
    lab_claim(
        "s5",
        n == TASKS && own == n && after.active > before.active &&
                lab_read(cache, CACHE_REFCOUNT) == 1
            ? LAB_HOLDS
            : LAB_FAILS,
        "%u tasks were started: the cache task_struct (%llu bytes an "
        "object) went from %lu objects in use, as slabinfo counts "
        "them, to %lu, and from %lu slabs to %lu; %u of the tasks lie "
        "in it; it has %llu name",
        n, lab_read(cache, CACHE_SIZE), before.active, after.active,
        before.slabs, after.slabs, own, lab_read(cache, CACHE_REFCOUNT));
}
//< claim-s5

/* ---- The module ------------------------------------------------------ */

static void slab_lab_claims(void)
{
    static const char *const ask[] = {"s1", "s2", "s3", "s4",
                                      "s5", "s6", "s7"};
    const char *why;
    unsigned i;

    if (!lab_look_open(&why)) {
        for (i = 0; i < ARRAY_SIZE(ask); i++)
            lab_claim(ask[i], LAB_UNMEASURED, "%s", why);
        return;
    }
    claim_s1();
    slab_lab_walk();
    claim_s4();
    claim_s5();
    slab_lab_trace();
    slab_lab_books();
}

static int ask(void)
{
    slab_lab_claims();
    return lab_selftest ? 0 : slab_lab_cost();
}

LAB_MODULE(slab, ask);
