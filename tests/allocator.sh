# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What the groups of the allocators share: `. tests/allocator.sh` instead
# of tests/lib.sh. The programs are named after the group: page_model.

. tests/lib.sh

bin=build/tests/bin

# unit PROGRAM
unit() {
    CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$bin/$1"
}

# model PROGRAM OPERATIONS... SEED. Reports of refused frees go to a file
# of their own: there are thousands.
model() {
    program=$1
    shift
    timeout 300 "$bin/$program" "$@" 2>"$T/$program.err" ||
        { tail -n 20 "$T/$program.err"; exit 1; }
}

# threads STEPS
threads() {
    TSAN_OPTIONS=halt_on_error=1 \
        timeout 300 "$bin/${group}_threads" "$1"
}

# seeds [PROGRAM]
seeds() {
    timeout 300 "$bin/${1:-${group}_fuzz}" -runs=0 "tests/corpus/$group"
}

# fuzz LENGTH [PROGRAM [OPTION...]]: inputs of at most so many bytes
fuzz() {
    length=$1
    program=${2:-${group}_fuzz}
    shift
    [ $# -eq 0 ] || shift
    rm -rf "$T/corpus"
    cp -r "tests/corpus/$group" "$T/corpus"
    timeout 300 "$bin/$program" -max_total_time=20 -max_len="$length" \
        -seed=1 -print_final_stats=1 -artifact_prefix="$T/" "$@" \
        "$T/corpus"
}
