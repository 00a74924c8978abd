#!/bin/sh
# SPDX-License-Identifier: MIT
# malloc: unit, model, sanitizers, fuzzing, bad input, other people's
# programs.
. tests/common/allocator.sh
. tests/malloc/redis.sh

so=$PWD/build/lib/libpagewise-malloc.so
checked=$PWD/build/lib/libpagewise-malloc-checked.so
library=$PWD/$bin/malloc_library.so

race() {
    TSAN_OPTIONS=halt_on_error=1 timeout 300 "$bin/malloc_tsan" 400000 4 1
}

world() {
    LD_PRELOAD=$so timeout 120 "$bin/malloc_world" "$library"
}

world_checked() {
    LD_PRELOAD=$checked timeout 300 "$bin/malloc_world" "$library"
}

# reports PROGRAM: of the kinds that users have reported.
reports() {
    LD_PRELOAD=$so timeout 400 "$bin/malloc_report_$1" \
        "$PWD/build/lib/libpagewise.so"
}

# fuzz_malloc NAME
fuzz_malloc() {
    fuzz 600 "$1" -max_total_time=12 -len_control=0
}

# ---- Bad input -----------------------------------------------------------

cat >"$T/bad.c" <<'C'
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
static void *twice(void *p) { free(p); free(p); return p; }
int main(int argc, char **argv)
{
    char *p = malloc(100), *q = malloc(100), *big = malloc(3000000);
    char local[64], *volatile s = local;
    pthread_t other;
    (void)argc;
    switch (argv[1][0]) {
    case '1': free(p); free(p); break;
    case '2': free(p); free(q); free(p); break;
    case '3': free(big + 32); break;
    case '4': free(p + 32); break;
    case '5': free(s); break;
    case '6': free(p); p[40] = 1; for (int i = 0; i < 999; i++)
        q = malloc(100); break;
    case '7': free(big); free(big); break;
    case '8': big = malloc(40000); free(big); free(big); break;
    case '9': memset(big, 3, malloc_usable_size(big));
        free((char *)((size_t)p & -2097152) + 16); break;
    case 'a': pthread_create(&other, NULL, twice, p);
        pthread_join(other, NULL); break;
    }
    return q == NULL;
}
C

# bad CASE LIBRARY TEXT: the program dies with one line that says TEXT.
bad() {
    gcc -O0 -w -o "$T/bad" "$T/bad.c" || return 1
    LD_PRELOAD=$2 "$T/bad" "$1" 2>"$T/bad.err"
    status=$?
    cat "$T/bad.err" # the shell itself may add "Aborted"
    [ $status = 134 ] && [ "$(grep -vc ^Aborted "$T/bad.err")" = 1 ] &&
        grep -q "^pagewise: malloc: $3 (0x[0-9a-f]*); " "$T/bad.err"
}

never='free of an address never allocated'

# ---- C++ -----------------------------------------------------------------

cat >"$T/new.cc" <<'C'
#include <cstdio>
#include <cstdint>
#include <new>
#include <string>
#include <vector>
struct alignas(256) wide { char c[300]; };
static int called;
static void handler() { if (++called == 3) std::set_new_handler(nullptr); }
int main()
{
    std::vector<std::string> v;
    for (int i = 0; i < 100000; i++)
        v.push_back(std::to_string(i) + " and some more of a string");
    wide *w = new wide, *x = new wide[10];
    if ((uintptr_t)w % 256 || (uintptr_t)x % 256) return 1;
    delete w;
    delete[] x;
    delete new int;
    delete[] new char[1000000];
    volatile size_t huge = PTRDIFF_MAX;
    if (::operator new(huge, std::nothrow)) return 2;
    try { ::operator new(huge); return 3; } catch (std::bad_alloc &) {}
    try { ::operator new(huge, std::align_val_t(64)); return 4; }
    catch (std::bad_alloc &) {}
    std::set_new_handler(handler);
    try { ::operator new[](huge); return 5; } catch (std::bad_alloc &) {}
    return called == 3 ? 0 : 6;
}
C

cpp() {
    clang++ -O1 -std=c++17 -o "$T/new" "$T/new.cc" &&
        LD_PRELOAD=$so "$T/new"
}

reports=tests/malloc/reports

cpp_nothrow() {
    clang++ -O1 -std=c++17 -o "$T/nothrow" $reports/nothrow.cc &&
        LD_PRELOAD=$so "$T/nothrow"
}

cpp_plugin() {
    clang++ -O1 -std=c++17 -shared -fPIC -o "$T/plug.so" $reports/plug.cc &&
        clang -o "$T/host" $reports/host.c -ldl &&
        LD_PRELOAD=$so "$T/host" "$T/plug.so"
}

# ---- Programs ------------------------------------------------------------

# same COMMAND...: the same output under ours as under the C library's.
same() {
    "$@" >"$T/plain.out" 2>&1
    LD_PRELOAD=$so "$@" >"$T/ours.out" 2>&1
    test -s "$T/plain.out" && cmp "$T/plain.out" "$T/ours.out"
}

missing() {
    ! command -v "$1" >/dev/null && echo "$1 is not installed"
}

gcc_same() {
    same gcc -O2 -S -o - code/malloc/malloc_heap.c
}

lua_same() {
    same lua5.4 -e 'local t = {} for i = 1, 300000 do
        t[i % 5000 .. ""] = ("x"):rep(i % 99) end
        local n = 0 for k, v in pairs(t) do n = n + #v end print(n)'
}

perl_same() {
    missing perl || same perl -e 'my %h; $h{$_ % 7919} .= "$_," for
        1..200000; print join(";", map { length $h{$_} } sort keys %h)'
}

sqlite_same() {
    missing sqlite3 || same sqlite3 :memory: 'with recursive n(i) as
        (select 1 union all select i + 1 from n where i < 100000)
        select sum(length(hex(i * i))), count(distinct i % 977) from n;'
}

bash_same() {
    # shellcheck disable=SC2016 # the inner shell's
    same bash -c 'for i in {1..20000}; do a[i]=$i$i; done; echo ${#a[@]} \
        ${a[@]:9000:20}; echo $(seq 5000 | sort -rn | md5sum)'
}

git_same() {
    missing git || same git log --stat --oneline -20 ||
        same git --version
}

python_same() {
    missing python3 || same python3 -c 'import json
d = {str(i): list(range(i % 50)) for i in range(20000)}
print(hash(json.dumps(d)) and len(json.dumps(d)))'
}

# An archive, and what comes out of it.
tar_same() {
    same tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
        -cf - chapters code || return 1
    rm -rf "$T/tar"
    mkdir "$T/tar"
    LD_PRELOAD=$so tar -xf "$T/ours.out" -C "$T/tar" &&
        diff -r chapters "$T/tar/chapters" && diff -r code "$T/tar/code"
}

# A few megabytes of text, much the same again and again.
text() {
    for _ in 1 2 3 4 5 6 7 8; do
        cat chapters/*.md code/*/*.c
    done >"$T/text"
}

xz_same() {
    missing xz && return
    text
    same xz -2 -T 4 --block-size=300000 -c "$T/text" || return 1
    LD_PRELOAD=$so xz -dc -T 4 <"$T/ours.out" | cmp - "$T/text"
}

# Little memory, so that it makes files and merges them.
sort_same() {
    seq 300000 | awk '{ print $1 * 7919 % 1000003 "," $1 }' >"$T/lines"
    same sort --parallel=4 -S 2M -T "$T" -t , -k 1,1n "$T/lines" &&
        same sort --parallel=4 -T "$T" -r "$T/lines"
}

# absent PROGRAM: says in a test's name that it did nothing.
absent() {
    case $1 in
    lua) set -- lua5.4 ;;
    sqlite) set -- sqlite3 ;;
    python) set -- python3 ;;
    redis) set -- redis-check-rdb ;;
    esac
    command -v "$1" >/dev/null || echo " (not installed: left out)"
    [ "$1" != redis-check-rdb ] || ! mixes 2>/dev/null ||
        echo " (mixes jemalloc's mallocx with free: left out)"
}

statistics() {
    PAGEWISE_STATS=1 LD_PRELOAD=$so lua5.4 -e '' 2>&1 |
        grep -q '^pagewise: malloc: [0-9]* KiB in pages'
}

# A sparse array costs what is touched of it, not what was asked for.
sparse() {
    cat >"$T/sparse.c" <<'C'
#include <stdlib.h>
#include <sys/resource.h>
int main(void)
{
    struct rusage use;
    char *p = calloc(4096, 1048576);
    if (!p)
        return 1;
    p[4000000000] = 1;
    getrusage(RUSAGE_SELF, &use);
    return p[77] || use.ru_maxrss > 20000;
}
C
    gcc -w -o "$T/sparse" "$T/sparse.c" && LD_PRELOAD=$so "$T/sparse"
}

# What the library exports: the C library's names, those that glibc has
# twice, every form of operator new and delete, and the names of malloc.h.
# One that is missing would leave a program with two allocators.
intended() {
    printf '%s\n' malloc free calloc realloc reallocarray aligned_alloc \
        memalign posix_memalign valloc pvalloc malloc_usable_size \
        free_sized free_aligned_sized malloc_trim mallopt mallinfo \
        mallinfo2 malloc_stats malloc_info cfree
    printf '__libc_%s\n' malloc free calloc realloc reallocarray \
        memalign valloc pvalloc mallopt mallinfo
    for form in m mRKSt9nothrow_t mSt11align_val_t \
        mSt11align_val_tRKSt9nothrow_t; do
        printf '%s\n' "_Znw$form" "_Zna$form"
    done
    for form in Pv Pvm PvRKSt9nothrow_t PvSt11align_val_t \
        PvmSt11align_val_t PvSt11align_val_tRKSt9nothrow_t; do
        printf '%s\n' "_Zdl$form" "_Zda$form"
    done
    grep -o 'pw_[a-z0-9_]*(' code/malloc/malloc.h | tr -d '('
}

# names LIBRARY: no name is missing, and none too many.
names() {
    nm -D --defined-only "$1" | awk '{ print $NF }' | sort >"$T/exported"
    intended | sort >"$T/intended"
    diff "$T/intended" "$T/exported"
}

# The book says how long it is: all that libpagewise-malloc.so is made of,
# but for the port, without comments and blank lines. No function has more
# than 60 lines.
parts=$(find code/malloc -maxdepth 1 -name '*.[ch]')

length() {
    # shellcheck disable=SC2086 # a list
    lines=$(sed -e '/^ *\/\*.*\*\/$/d' -e '/^ *\/\*/,/\*\/$/d' \
        -e '/^ *\/\//d' -e '/^ *$/d' $parts | wc -l)
    echo "$lines lines of code"
    [ "$lines" -le 1510 ]
}

longest() {
    # shellcheck disable=SC2086 # a list
    awk '/^\{/ { from = FNR } /^}/ && from { n = FNR - from + 1
        if (n > most) most = n
        from = 0 }
        END { print "the longest function has " most " lines"
        exit most > 60 }' $parts
}

check "at most 1,510 lines of code, $(length | head -n 1)" length
check "no function over 60 lines" longest
check "exactly the intended names are exported" names "$so"
check "and by the checked build" names "$checked"
each "unit" unit unit
check "2 million random operations keep all contents" \
    "$bin/malloc_model" 2000000 1 1
check "1 million from four threads, blocks freed by any" \
    "$bin/malloc_model" 1000000 4 2
check "the same in the checked build" "$bin/malloc_checked" 400000 4 3
check "the steps keep all contents" "$bin/malloc_steps"
check "no race" race
check "the fuzzer's seeds pass" seeds fuzz
check "and in the checked build" seeds checked_fuzz
check "12 s of fuzzing find nothing" fuzz_malloc fuzz
check "12 s in the checked build" fuzz_malloc checked_fuzz
each "world" world
each "world, checked" world_checked
for p in fork space end; do
    each "reported" reports $p
done
check "a double free is seen at once" bad 1 "$so" 'double free'
check "a double free by another thread" bad a "$so" 'double free'
check "a free inside a large block is seen" \
    bad 3 "$so" 'free inside a block'
check "a large block freed twice is seen" bad 7 "$so" "$never"
check "a middling block freed twice is seen" bad 8 "$so" "$never"
check "checked: a double free" bad 1 "$checked" 'double free'
check "checked: one with another free in between" \
    bad 2 "$checked" 'double free'
check "checked: a free inside a block" \
    bad 4 "$checked" 'free inside a block'
check "checked: a free of a stack address" bad 5 "$checked" "$never"
check "checked: a free where the descriptors lie" bad 9 "$checked" "$never"
check "checked: a write after free" bad 6 "$checked" 'a write after free'
check "C++: new and delete in all forms" cpp
check "C++: new that may not throw, with a handler that does" cpp_nothrow
check "C++: a plug-in catches bad_alloc in a C program" cpp_plugin
check "a sparse array of 4 GiB costs next to nothing" sparse
check "PAGEWISE_STATS=1 prints a line" statistics
for p in gcc lua perl sqlite bash git python tar xz sort redis; do
    check "$p prints the same$(absent $p)" "${p}_same"
done
finish
