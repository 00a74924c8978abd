#!/bin/sh
# SPDX-License-Identifier: MIT
# The page allocator: unit, model, threads, fuzzing, and what is installed.
. tests/lib.sh

bin=build/tests/bin

unit() {
    CMOCKA_MESSAGE_OUTPUT=TAP "$bin/page"
}

# Reports of refused frees go to a file of their own: there are thousands.
model() {
    "$bin/page_model" 1500000 "$1" 2>"$T/model.err" ||
        { tail -n 20 "$T/model.err"; exit 1; }
}

threads() {
    TSAN_OPTIONS=halt_on_error=1 timeout 300 "$bin/page_threads" 10000
}

fuzz() {
    rm -rf "$T/corpus"
    cp -r tests/corpus/page "$T/corpus"
    timeout 300 "$bin/page_fuzz" -max_total_time=20 -max_len=400 -seed=1 \
        -print_final_stats=1 -artifact_prefix="$T/" "$T/corpus"
}

seeds() {
    timeout 300 "$bin/page_fuzz" -runs=0 tests/corpus/page
}

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

each "unit" unit
check "the answers to the exercises are right" "$bin/page_answers"
check "1.5 million random operations agree with a model (seed 1)" model 1
check "1.5 million random operations agree with a model (seed 2)" model 2
check "threads: no race, no block with two owners, nothing lost" threads
check "the fuzzer's seeds pass" seeds
check "20 s of fuzzing find nothing" fuzz
check "what make install gives compiles, links and runs" installed
check "the pkg-config file names the prefix installed under" pkg_config
check "installed headers carry no region markers" no_markers
check "the library exports its own names only" only_pw_names
finish
