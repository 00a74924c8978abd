# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What the groups of the allocators share: `. tests/common/allocator.sh`
# instead of tests/common/lib.sh. The programs are named after the group:
# page_model.

. tests/common/lib.sh

bin=build/tests/bin

# unit NAME
unit() {
    CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$bin/${group}_$1"
}

# model NAME OPERATIONS... SEED. Reports of refused frees go to a file
# of their own: there are thousands.
model() {
    program=$1
    shift
    timeout 300 "$bin/${group}_$program" "$@" 2>"$T/$program.err" ||
        { tail -n 20 "$T/$program.err"; exit 1; }
}

# threads STEPS
threads() {
    TSAN_OPTIONS=halt_on_error=1 \
        timeout 300 "$bin/${group}_threads" "$1"
}

# seeds [NAME]
seeds() {
    timeout 300 "$bin/${group}_${1:-fuzz}" -runs=0 "tests/$group/corpus"
}

# fuzz LENGTH [NAME [OPTION...]]: inputs of at most so many bytes
fuzz() {
    length=$1
    program=${2:-fuzz}
    shift
    [ $# -eq 0 ] || shift
    rm -rf "$T/corpus"
    cp -r "tests/$group/corpus" "$T/corpus"
    timeout 300 "$bin/${group}_$program" -max_total_time=20 \
        -max_len="$length" -seed=1 -print_final_stats=1 \
        -artifact_prefix="$T/" "$@" "$T/corpus"
}
