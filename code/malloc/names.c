/* SPDX-License-Identifier: MIT */
//> theory
/*
 * The same functions under the names that programs call. An alias must
 * stand in one file with what it is an alias of, and it costs nothing: a
 * program that calls malloc runs the code of pw_malloc.
 */
#include "malloc.c"
#include "stats.c"

#include <dlfcn.h>
//< theory

//> c-names
#define NAME(name, of) \
    extern __typeof(of) name API __attribute__((alias(#of), copy(of)));
#define NAMES(of, a, b) NAME(a, of) NAME(b, of)
#define SAME(a, b) NAME(a, pw_##a) NAME(b, pw_##b)

/* The older mallinfo() has the same fields as ints. */
static struct ints {
    int field[10];
} mallinfo_ints(void)
{
    const struct pw_mallinfo2 info = pw_mallinfo2();
    struct ints ints;

    for (unsigned i = 0; i < 10; i++)
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
//< c-names

//> new
/*
 * C++: operator new must not return NULL. When there is no memory, it
 * calls the handler that the program has set, again and again until
 * there is, and throws std::bad_alloc if none is set; the forms that may
 * not throw return NULL then. Handler and exception belong to the C++
 * library, which a C program does not have, so they are looked up.
 */
static void *new_slow(size_t align, size_t size, bool may_throw)
{
    void (*(*get)(void))(void);
    void (*handler)(void);
    void *p;

    while (!(p = aligned(align, size))) {
        *(void **)&get = dlsym(RTLD_DEFAULT, "_ZSt15get_new_handlerv");
        handler = get ? get() : NULL;
        if (!handler && !may_throw)
            return NULL;
        if (!handler)
            *(void **)&handler =
                dlsym(RTLD_DEFAULT, "_ZSt17__throw_bad_allocv");
        if (!handler)
            malloc_die("new: no memory", NULL, "link the C++ library");
        handler();
    }
    return p;
}

static void *new (size_t size)
{
    struct block *block = quick(size);

    return port_likely(block) ? checked(block) : new_slow(1, size, true);
}

static void *new_aligned(size_t size, size_t align)
{
    return new_slow(align, size, true);
}

static void *new_nothrow(size_t size)
{
    return new_slow(1, size, false);
}

static void *new_aligned_nothrow(size_t size, size_t align)
{
    return new_slow(align, size, false);
}
//< new

//> new-forms
/* The plain form, and the one for arrays. */
NAMES(new, _Znwm, _Znam)
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
//< new-forms
