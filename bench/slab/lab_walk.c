// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The kernel's lists of slabs, and what stands on them.
 *
 * A cache is filled until it has many full slabs, every second object is
 * freed, then all the others. After each step we go round every list that
 * the cache's node has, forwards and backwards, and count: how many slabs,
 * and how many of them are full, partial and empty. Slabs that are on no
 * list are what the cache has beyond that.
 *
 * Each state of a slab has a list if slabs in this state are found on one
 * list, and no others with them. Nobody else uses the cache; there is one
 * processor, and while we walk it takes no interrupts.
 */
#include "lab_parts.h"

#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

enum { SLABS = 256, STEPS = 3, MOST = 100000 };

static const char *const text = "slab-walk.txt";
static const char *const step_name[STEPS] = {"filled", "every second freed",
                                             "all freed"};

/* ---- What stands beside the lists ------------------------------------ */

static void *this_cpus(const struct kmem_cache *cache,
                       enum lab_member member)
{
    return this_cpu_ptr((void __percpu *)lab_read(cache, member));
}

/* Up to 6.12 SLUB's processors keep partial slabs of their own. */
static unsigned long count_one_way(const struct kmem_cache *cache)
{
    unsigned long n = 0;
    const void *slab;

    if (!lab_has(CACHE_CPU) || !lab_has(CPU_PARTIAL) || !lab_has(SLAB_NEXT))
        return 0;
    slab = (void *)lab_read(this_cpus(cache, CACHE_CPU), CPU_PARTIAL);
    for (; slab && n < MOST; n++)
        slab = (void *)lab_read(slab, SLAB_NEXT);
    return n;
}

static unsigned long count_sheaf(const void *sheaf)
{
    return sheaf ? lab_read(sheaf, SHEAF_SIZE) : 0;
}

/* SLAB has an array for the processor; 7.3 has sheaves and a barn. */
static unsigned long count_in_front(const struct kmem_cache *cache)
{
    const void *sheaves, *barn;
    unsigned long n;

    if (lab_has(CACHE_ARRAY))
        return *(unsigned *)this_cpus(cache, CACHE_ARRAY);
    if (!lab_has(CACHE_SHEAVES))
        return 0;
    sheaves = this_cpus(cache, CACHE_SHEAVES);
    n = count_sheaf((void *)lab_read(sheaves, SHEAVES_MAIN)) +
        count_sheaf((void *)lab_read(sheaves, SHEAVES_SPARE));
    barn = (void *)lab_read(cache, CACHE_BARN);
    if (barn)
        n += lab_read(barn, BARN_FULL) * lab_read(cache, CACHE_CAPACITY);
    return n;
}

/* ---- The lists ------------------------------------------------------- */

//> claim-s2
struct census {
    unsigned long on[LAB_LISTS][LAB_STATES]; /* slabs */
    bool ring[LAB_LISTS];    /* it leads back to its head, either way */
    unsigned long elsewhere; /* slabs on no list */
    unsigned long one_way;   /* of them, linked by one pointer */
    unsigned long in_front;  /* objects that lie free before the slabs */
};

enum lab_state lab_state(const struct kmem_cache *cache, const void *slab)
{
    const u64 inuse = lab_read(slab, SLAB_INUSE);

    if (inuse == 0)
        return LAB_EMPTY;
    return inuse < lab_read(cache, CACHE_OBJECTS) ? LAB_PARTIAL : LAB_FULL;
}

/* Go round one list; how many slabs are on it? */
static unsigned long go_round(const struct kmem_cache *cache,
                              struct census *c, unsigned list)
{
    const struct list_head *head = lab_list_head(cache, list), *at;
    unsigned long forward = 0, back = 0;

    c->ring[list] = true;
    for (at = head->next; at != head && forward < MOST; at = at->next) {
        c->ring[list] &= at->next->prev == at && at->prev->next == at;
        c->on[list][lab_state(cache, lab_slab_at(at))]++;
        forward++;
    }
    for (at = head->prev; at != head && back < MOST; at = at->prev)
        back++;
    c->ring[list] &= forward == back && forward < MOST;
    return forward;
}

static void take_census(struct kmem_cache *cache, struct census *c)
{
    unsigned long flags, listed = 0;
    unsigned list;

    memset(c, 0, sizeof(*c));
    local_irq_save(flags);
    for (list = 0; list < lab_lists; list++)
        listed += go_round(cache, c, list);
    c->elsewhere =
        lab_read((void *)lab_read(cache, CACHE_NODE), NODE_SLABS) - listed;
    c->one_way = count_one_way(cache);
    c->in_front = count_in_front(cache);
    local_irq_restore(flags);
}
//< claim-s2

/* ---- The three steps ------------------------------------------------- */

static void print_census(const struct census *c, int step)
{
    unsigned i;

    for (i = 0; i < lab_lists; i++)
        lab_print(text, "%-20s%-14s%6lu%9lu%7lu   %s\n",
                  i ? "" : step_name[step], lab_list_name[i],
                  c->on[i][LAB_FULL], c->on[i][LAB_PARTIAL],
                  c->on[i][LAB_EMPTY], c->ring[i] ? "a ring" : "broken");
    lab_print(text, "%-20s%-14s%6lu slabs", "", "on no list", c->elsewhere);
    lab_print(text, c->one_way ? ", %lu linked one way\n" : "\n",
              c->one_way);
    if (c->in_front)
        lab_print(text, "%-20s%-14s%6lu objects\n", "", "in front",
                  c->in_front);
}

/* Does the whole experiment; false if there was no memory for it. */
static bool three_steps(struct census census[STEPS], unsigned *per_slab)
{
    struct kmem_cache *cache = lab_make_cache("pw_lab_walk", 256, NULL);
    unsigned long n, i, got = 0;
    void **object;
    int step;

    if (!cache)
        return false;
    *per_slab = (unsigned)lab_read(cache, CACHE_OBJECTS);
    n = (unsigned long)SLABS * *per_slab;
    object = vmalloc(n * sizeof(*object));
    while (object && got < n &&
           (object[got] = kmem_cache_alloc(cache, GFP_KERNEL)) != NULL)
        got++;
    take_census(cache, &census[0]);
    for (step = 1; step < STEPS; step++) {
        for (i = step == 1; i < got; i += 2)
            kmem_cache_free(cache, object[i]);
        take_census(cache, &census[step]);
    }
    vfree(object);
    kmem_cache_destroy(cache);
    return got == n;
}

/* ---- s2 and s3 ------------------------------------------------------- */

/* The list where slabs in a state stand after its step, or -1. */
static int list_of(const struct census *c, int state)
{
    int list = -1;
    unsigned i;

    for (i = 0; i < lab_lists; i++)
        if (c->on[i][state] > (list < 0 ? 0 : c->on[list][state]))
            list = (int)i;
    return list;
}

static bool is_pure(const struct census census[STEPS], int list, int state)
{
    int step, other;

    for (step = 0; step < STEPS; step++)
        for (other = 0; other < LAB_STATES; other++)
            if (other != state && census[step].on[list][other])
                return false;
    return true;
}

static void claim_s2(const struct census census[STEPS], unsigned per_slab)
{
    static const char *const state_name[] = {"full", "partial", "empty"};
    char found[LAB_STATES][80];
    int list[LAB_STATES], state, own = 0;

    for (state = 0; state < LAB_STATES; state++) {
        list[state] = list_of(&census[state], state);
        if (list[state] < 0)
            snprintf(found[state], 80, "%s slabs on none",
                     state_name[state]);
        else
            snprintf(found[state], 80, "%lu %s on '%s'",
                     census[state].on[list[state]][state],
                     state_name[state], lab_list_name[list[state]]);
        own += list[state] >= 0 && is_pure(census, list[state], state);
    }
    lab_claim("s2", own == LAB_STATES ? LAB_HOLDS : LAB_FAILS,
              "%d slabs of %u objects, filled, half freed, all freed: of "
              "the %u lists that the node has, %s; %s; %s; %lu, %lu and "
              "%lu slabs on no list; %lu objects lie free in front of the "
              "slabs in the end",
              SLABS, per_slab, lab_lists, found[LAB_FULL],
              found[LAB_PARTIAL], found[LAB_EMPTY], census[0].elsewhere,
              census[1].elsewhere, census[2].elsewhere, census[2].in_front);
}

static void claim_s3(const struct census census[STEPS])
{
    unsigned used = 0, rings = 0, i;
    unsigned long most = 0, one_way = 0;

    for (i = 0; i < lab_lists; i++) {
        unsigned long n = 0;
        bool ring = true;
        int step, state;

        for (step = 0; step < STEPS; step++) {
            for (state = 0; state < LAB_STATES; state++)
                n = max(n, census[step].on[i][state]);
            ring &= census[step].ring[i];
            one_way = max(one_way, census[step].one_way);
        }
        used += n > 0;
        rings += n > 0 && ring;
        most = max(most, n);
    }
    lab_claim(
        "s3",
        !rings || rings < used         ? LAB_FAILS
        : used < LAB_STATES || one_way ? LAB_LIMIT
                                       : LAB_HOLDS,
        "%u of the node's %u lists ever had slabs on them, up to %lu; "
        "%u of these lead back to their heads in both directions, "
        "each slab's neighbours pointing back; slabs on a list with "
        "one pointer, the processor's own: up to %lu",
        used, lab_lists, most, rings, one_way);
}

void slab_lab_walk(void)
{
    static struct census census[STEPS];
    unsigned per_slab;
    int step;

    if (three_steps(census, &per_slab)) {
        lab_print(text, "%-20s%-14s%6s%9s%7s\n", "", "list", "full",
                  "partial", "empty");
        for (step = 0; step < STEPS; step++)
            print_census(&census[step], step);
        claim_s2(census, per_slab);
        claim_s3(census);
    }
}
