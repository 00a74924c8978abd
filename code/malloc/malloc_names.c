/* SPDX-License-Identifier: MIT */
//> names
/*
 * The same functions under the names that programs call. An alias must
 * stand in one file with what it is an alias of, and it costs nothing: a
 * program that calls malloc runs the code of pw_malloc.
 */
#include "malloc.c"
#include "malloc_stats.c"

#include <dlfcn.h>

#if __has_attribute(copy) /* gcc, which wants both to have the same */
#define ALIAS(of) alias(#of), copy(of)
#else
#define ALIAS(of) alias(#of)
#endif
#define NAME(name, of) \
    extern __typeof(of) name PW_API __attribute__((ALIAS(of)));
#define NAMES(of, a, b) NAME(a, of) NAME(b, of)
#define SAME(a, b) NAME(a, pw_##a) NAME(b, pw_##b)

/* The older mallinfo() has the same fields as ints. */
static struct ints {
    int field[10];
} mallinfo_ints(void)
{
    const struct pw_mallinfo2 info = pw_mallinfo2();
    struct ints ints;
    unsigned i;

    for (i = 0; i < 10; i++)
        ints.field[i] = (int)(&info.arena)[i];
    return ints;
}

NAMES(pw_malloc, malloc, __libc_malloc)
NAMES(pw_free, free, __libc_free)
NAME(cfree, pw_free)
NAMES(pw_calloc, calloc, __libc_calloc)
NAMES(pw_realloc, realloc, __libc_realloc)
NAMES(pw_aligned_alloc, memalign, __libc_memalign)
NAMES(pw_valloc, valloc, __libc_valloc)
NAMES(pw_valloc, pvalloc, __libc_pvalloc)
NAMES(pw_reallocarray, reallocarray, __libc_reallocarray)
SAME(aligned_alloc, posix_memalign)
NAMES(pw_free, free_sized, free_aligned_sized)
SAME(malloc_usable_size, malloc_trim)
NAMES(pw_mallopt, mallopt, __libc_mallopt)
NAMES(mallinfo_ints, mallinfo, __libc_mallinfo)
NAME(mallinfo2, pw_mallinfo2)
SAME(malloc_stats, malloc_info)

/*
 * C++: operator new must not return NULL. When there is no memory, it
 * calls the handler that the program has set, again and again until
 * there is, and throws std::bad_alloc if none is set. Handler and
 * exception belong to the C++ library, which a C program does not have,
 * or has for a plug-in alone, out of everybody else's sight.
 */
static void *library(void *where, const char *name)
{
    static const char *const names[] = {"libstdc++.so.6", "libc++.so.1"};
    void *found = dlsym(where, name), *handle;
    unsigned i;

    for (i = 0; !found && i < 2; i++) {
        handle = dlopen(names[i], RTLD_LAZY | RTLD_NOLOAD);
        found = handle ? dlsym(handle, name) : NULL;
    }
    return found;
}

static void *new_slow(size_t align, size_t size)
{
    void (*(*get)(void))(void);
    void (*handler)(void);
    void *p;

    while (!(p = aligned(align, size))) {
        *(void **)&get = library(RTLD_DEFAULT, "_ZSt15get_new_handlerv");
        handler = get ? get() : NULL;
        if (!handler)
            *(void **)&handler =
                library(RTLD_DEFAULT, "_ZSt17__throw_bad_allocv");
        if (!handler)
            pw_malloc_die("new: no memory", NULL, "link the C++ library");
        handler();
    }
    return p;
}

static void *operator_new(size_t size)
{
    struct pw_block *block = quick(size);

    return port_likely(block) ? pw_checked(block) : new_slow(1, size);
}

static void *new_aligned(size_t size, size_t align)
{
    return new_slow(align, size);
}

/*
 * The forms that may not throw return NULL where these would. A handler
 * may throw, and C cannot catch, so the C++ library's own form is called,
 * which calls new and catches.
 */
static void *new_nothrow(size_t size, const void *tag)
{
    void *p = pw_malloc(size);
    void *(*form)(size_t, const void *);

    if (p)
        return p;
    *(void **)&form = library(RTLD_NEXT, "_ZnwmRKSt9nothrow_t");
    return form ? form(size, tag) : NULL;
}

static void *new_aligned_nothrow(size_t size, size_t align, const void *tag)
{
    void *p = aligned(align, size);
    void *(*form)(size_t, size_t, const void *);

    if (p)
        return p;
    *(void **)&form =
        library(RTLD_NEXT, "_ZnwmSt11align_val_tRKSt9nothrow_t");
    return form ? form(size, align, tag) : NULL;
}

/* The plain form, and the one for arrays. */
NAMES(operator_new, _Znwm, _Znam)
NAMES(new_nothrow, _ZnwmRKSt9nothrow_t, _ZnamRKSt9nothrow_t)
NAMES(new_aligned, _ZnwmSt11align_val_t, _ZnamSt11align_val_t)
NAMES(new_aligned_nothrow, _ZnwmSt11align_val_tRKSt9nothrow_t,
      _ZnamSt11align_val_tRKSt9nothrow_t)

/* delete: what follows the address says nothing that free must know. */
NAMES(pw_free, _ZdlPv, _ZdaPv)
NAMES(pw_free, _ZdlPvm, _ZdaPvm)
NAMES(pw_free, _ZdlPvRKSt9nothrow_t, _ZdaPvRKSt9nothrow_t)
NAMES(pw_free, _ZdlPvSt11align_val_t, _ZdaPvSt11align_val_t)
NAMES(pw_free, _ZdlPvmSt11align_val_t, _ZdaPvmSt11align_val_t)
NAMES(pw_free, _ZdlPvSt11align_val_tRKSt9nothrow_t,
      _ZdaPvSt11align_val_tRKSt9nothrow_t)
//< names
