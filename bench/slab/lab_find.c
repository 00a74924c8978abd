// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the members lie in the kernel's structures that the lab looks at.
 *
 * Debian's kernels carry a description of all their types (BTF), which
 * tracers use: a list of types, each with its members, one after the
 * other. We read the few that we need. The kernel with SLAB, which the lab
 * has built itself, needs no such thing: its mm/slab.h is at hand, and the
 * compiler answers.
 */
#include "lab_parts.h"

#include <uapi/linux/btf.h>
#ifdef CONFIG_SLAB
#include <../mm/slab.h>
#endif

const char *lab_list_name[LAB_LISTS];
u32 lab_list_offset[LAB_LISTS];
unsigned lab_lists;

struct lab_place lab_place[LAB_MEMBERS];

#ifdef CONFIG_SLAB

#define BITS(bytes) (8 * (bytes))
#define PLACE(type, m) \
    BITS(offsetof(struct type, m)), BITS(sizeof_field(struct type, m))

static const struct lab_place of_slab[LAB_MEMBERS] = {
    [CACHE_LIST] = {PLACE(kmem_cache, list)},
    [CACHE_NAME] = {PLACE(kmem_cache, name)},
    [CACHE_SIZE] = {PLACE(kmem_cache, size)},
    [CACHE_REFCOUNT] = {PLACE(kmem_cache, refcount)},
    [CACHE_OBJECTS] = {PLACE(kmem_cache, num)},
    [CACHE_ORDER] = {PLACE(kmem_cache, gfporder)},
    [CACHE_NODE] = {PLACE(kmem_cache, node[0])},
    [CACHE_ARRAY] = {PLACE(kmem_cache, cpu_cache)},
    [NODE_SLABS] = {PLACE(kmem_cache_node, total_slabs)},
    [SLAB_LIST] = {PLACE(slab, slab_list)},
    [SLAB_CACHE] = {PLACE(slab, slab_cache)},
    [SLAB_INUSE] = {PLACE(slab, active)},
    [SLAB_FREELIST] = {PLACE(slab, freelist)},
    [SLAB_FIRST] = {PLACE(slab, s_mem)},
};

bool lab_find_layouts(void)
{
    memcpy(lab_place, of_slab, sizeof(lab_place));
    lab_list_name[0] = "slabs_full";
    lab_list_offset[0] = offsetof(struct kmem_cache_node, slabs_full);
    lab_list_name[1] = "slabs_partial";
    lab_list_offset[1] = offsetof(struct kmem_cache_node, slabs_partial);
    lab_list_name[2] = "slabs_free";
    lab_list_offset[2] = offsetof(struct kmem_cache_node, slabs_free);
    lab_lists = 3;
    return true;
}

#else

//> btf
static const struct btf_header *btf;

static const char *btf_string(u32 at)
{
    return (const char *)btf + btf->hdr_len + btf->str_off + at;
}

/* The type behind this one: its members follow it, so many by kind. */
static const struct btf_type *btf_next(const struct btf_type *type)
{
    static const u8 fixed[32] = {[1] = 4, [3] = 12, [14] = 4, [17] = 4};
    static const u8 each[32] = {
        [4] = 12, [5] = 12, [6] = 8, [13] = 8, [15] = 12, [19] = 12};
    const u32 kind = BTF_INFO_KIND(type->info) & 31;

    return (const void *)(type + 1) + fixed[kind] +
           each[kind] * BTF_INFO_VLEN(type->info);
}

static bool is_struct(const struct btf_type *type)
{
    const u32 kind = BTF_INFO_KIND(type->info);

    return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* By number, or with number 0 the structure of that name; or NULL. */
static const struct btf_type *btf_find(u32 number, const char *name)
{
    const struct btf_type *type =
        (const void *)btf + btf->hdr_len + btf->type_off;
    const void *end = (const void *)type + btf->type_len;
    u32 n;

    for (n = 1; (const void *)type < end; n++, type = btf_next(type))
        if (number ? n == number
                   : is_struct(type) &&
                         strcmp(btf_string(type->name_off), name) == 0)
            return type;
    return NULL;
}
//< btf

static struct lab_place place_of(const struct btf_type *type,
                                 const struct btf_member *member)
{
    const bool fields = BTF_INFO_KFLAG(type->info);
    struct lab_place p = {member->offset, 0};
    const struct btf_type *t = btf_find(member->type, NULL);

    if (fields) {
        p.bit = BTF_MEMBER_BIT_OFFSET(member->offset);
        p.bits = BTF_MEMBER_BITFIELD_SIZE(member->offset);
    }
    while (t && (BTF_INFO_KIND(t->info) == BTF_KIND_TYPEDEF ||
                 BTF_INFO_KIND(t->info) == BTF_KIND_VOLATILE ||
                 BTF_INFO_KIND(t->info) == BTF_KIND_CONST))
        t = btf_find(t->type, NULL);
    if (!p.bits && t && BTF_INFO_KIND(t->info) == BTF_KIND_INT)
        p.bits = 8 * t->size;
    if (!p.bits) /* a pointer, or something that is only looked at */
        p.bits = 64;
    return p;
}

/* A member, or one of a member that has no name itself. */
static struct lab_place member_of(const struct btf_type *type,
                                  const char *name)
{
    const struct btf_member *m = (const void *)(type + 1);
    struct lab_place p = {0, 0};
    u32 i;

    for (i = 0; i < BTF_INFO_VLEN(type->info) && !p.bits; i++, m++) {
        const char *is = btf_string(m->name_off);

        if (strcmp(is, name) == 0) {
            p = place_of(type, m);
        } else if (!*is) {
            p = member_of(btf_find(m->type, NULL), name);
            p.bit += place_of(type, m).bit;
        }
    }
    return p;
}

static const struct {
    const char *type, *other, *name; /* other: the type's name of old */
    bool must;
} wanted[LAB_MEMBERS] = {
    [CACHE_LIST] = {"kmem_cache", NULL, "list", true},
    [CACHE_NAME] = {"kmem_cache", NULL, "name", true},
    [CACHE_SIZE] = {"kmem_cache", NULL, "size", true},
    [CACHE_REFCOUNT] = {"kmem_cache", NULL, "refcount", true},
    [CACHE_OBJECTS] = {"kmem_cache", NULL, "oo", true},
    [CACHE_NODE] = {"kmem_cache", NULL, "node", false},
    [CACHE_CPU] = {"kmem_cache", NULL, "cpu_slab", false},
    [NODE_SLABS] = {"kmem_cache_node", NULL, "nr_slabs", true},
    [CPU_PARTIAL] = {"kmem_cache_cpu", NULL, "partial", false},
    [CACHE_SHEAVES] = {"kmem_cache", NULL, "cpu_sheaves", false},
    [SHEAVES_MAIN] = {"slub_percpu_sheaves", NULL, "main", false},
    [SHEAVES_SPARE] = {"slub_percpu_sheaves", NULL, "spare", false},
    [SHEAF_SIZE] = {"slab_sheaf", NULL, "size", false},
    [CACHE_CAPACITY] = {"kmem_cache", NULL, "sheaf_capacity", false},
    [BARN_FULL] = {"node_barn", NULL, "nr_full", false},
    [SLAB_LIST] = {"slab", "page", "slab_list", true},
    [SLAB_NEXT] = {"slab", "page", "next", false},
    [SLAB_CACHE] = {"slab", "page", "slab_cache", true},
    [SLAB_INUSE] = {"slab", "page", "inuse", true},
    [SLAB_FREELIST] = {"slab", "page", "freelist", true},
};

/* Every list_head among a node's members is a list of slabs. */
static void find_lists(void)
{
    const struct btf_type *node = btf_find(0, "kmem_cache_node");
    const struct btf_member *m = (const void *)(node + 1);
    u32 i;

    lab_lists = 0;
    for (i = 0; i < BTF_INFO_VLEN(node->info); i++, m++) {
        const struct btf_type *t = btf_find(m->type, NULL);

        if (!is_struct(t) ||
            strcmp(btf_string(t->name_off), "list_head") != 0 ||
            lab_lists == LAB_LISTS)
            continue;
        lab_list_name[lab_lists] = btf_string(m->name_off);
        lab_list_offset[lab_lists++] = place_of(node, m).bit / 8;
    }
}

/* Newer kernels have a pair of pointers for each node. */
static bool find_pair(void)
{
    const struct btf_type *cache = btf_find(0, "kmem_cache");
    const struct btf_type *pair = btf_find(0, "kmem_cache_per_node_ptrs");

    if (!pair)
        return false;
    lab_place[CACHE_NODE] = lab_place[CACHE_BARN] =
        member_of(cache, "per_node");
    lab_place[CACHE_NODE].bit += member_of(pair, "node").bit;
    lab_place[CACHE_BARN].bit += member_of(pair, "barn").bit;
    return lab_has(CACHE_NODE);
}

bool lab_find_layouts(void)
{
    const struct btf_type *type;
    unsigned i;

    btf = (const void *)lab_lookup("__start_BTF");
    if (!btf || btf->magic != BTF_MAGIC || !btf_find(0, "kmem_cache_node"))
        return false;
    for (i = 0; i < LAB_MEMBERS; i++) {
        if (!wanted[i].name)
            continue;
        type = btf_find(0, wanted[i].type);
        if (!type && wanted[i].other)
            type = btf_find(0, wanted[i].other);
        lab_place[i] =
            type ? member_of(type, wanted[i].name) : (struct lab_place){};
        if (wanted[i].must && !lab_place[i].bits)
            return false;
    }
    /* The order is the upper half of the word that has the objects. */
    lab_place[CACHE_OBJECTS].bits = 16;
    lab_place[CACHE_ORDER] = lab_place[CACHE_OBJECTS];
    lab_place[CACHE_ORDER].bit += 16;
    find_lists();
    return lab_lists > 0 && (lab_place[CACHE_NODE].bits || find_pair());
}

#endif
