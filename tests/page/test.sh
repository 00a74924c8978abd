#!/bin/sh
# SPDX-License-Identifier: MIT
# The page allocator: unit, model, threads, fuzzing, and what is installed.
. tests/common/allocator.sh

# The installed library, headers and pkg-config file serve a stranger.
installed() {
    rm -rf "$T/root"
    make -s install PREFIX="$PWD/$T/root" || exit 1
    cat >"$T/user.c" <<'C'
#include <page/page.h>
int main(void)
{
    if (pw_page_init(64) != 0)
        return 1;
    return pw_free_page(pw_get_free_page());
}
C
    lib=$T/root/lib
    cflags="-I$T/root/include/pagewise -I$T/root/include"
    # shellcheck disable=SC2086 # a list of words
    gcc $cflags "$T/user.c" -o "$T/static" "$lib/libpagewise.a" -pthread &&
        gcc $cflags "$T/user.c" -o "$T/shared" -L"$lib" -lpagewise &&
        "$T/static" && LD_LIBRARY_PATH=$lib "$T/shared"
}

pkg_config() {
    pc=$T/root/lib/pkgconfig/pagewise.pc
    cat "$pc"
    grep -q "^prefix=$PWD/$T/root\$" "$pc"
}

no_markers() {
    test -s "$T/root/include/pagewise/page/page.h" &&
        ! grep -rnE '^//[<>] ' "$T/root/include"
}

only_pw_names() {
    nm -g --defined-only build/lib/libpagewise.so |
        awk '{print $3}' >"$T/names"
    grep -q '^pw_zone_alloc$' "$T/names" &&
        ! grep -vE '^(pw_|port_)' "$T/names"
}

each "unit" unit unit
check "the answers to the exercises are right" "$bin/page_answers"
check "1.5 million random operations agree with a model (seed 1)" \
    model model 1500000 1
check "1.5 million random operations agree with a model (seed 2)" \
    model model 1500000 2
check "threads: no race, no block with two owners, nothing lost" \
    threads 10000
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz 400
check "what make install gives compiles, links and runs" installed
check "the pkg-config file names the prefix installed under" pkg_config
check "installed headers carry no region markers" no_markers
check "the library exports its own names only" only_pw_names
finish
