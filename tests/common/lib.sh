# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What every group of tests starts with: `. tests/common/lib.sh`. A group is
# a script tests/NAME/test.sh that calls check once a test. A test passes
# when its command does; what it wrote is kept in build/tests/NAME/.

# shellcheck disable=SC2254 # ONLY is a pattern
set -u
export LC_ALL=C.UTF-8 CI=true SOURCE_DATE_EPOCH=1767225600
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS

group=$(basename "$(dirname "$0")")
T=build/tests/$group      # this group's logs and scratch files
TALLY=${TALLY:-build/tests/tally}
mkdir -p "$T"
count=0

# Is the test $name wanted? Then its log and its time begin.
begin_test() {
    case $name in ${ONLY:-*}) ;; *) return 1 ;; esac
    count=$((count + 1))
    log=$T/$(printf '%02d' $count).log
    start=$(date +%s%N)
}

ms_since() {
    echo $((($(date +%s%N) - $1) / 1000000))
}

# check NAME COMMAND...: one test, one line.
check() {
    name=$1
    shift
    begin_test || return 0
    if ("$@") >"$log" 2>&1 </dev/null; then
        verdict=ok
    else
        verdict=FAIL
    fi
    tally "$verdict" "$name" "$(ms_since "$start")"
    [ $verdict = ok ] || { tail -n 20 "$log" | sed 's/^/     | /'; }
}

# tally VERDICT NAME MS
tally() {
    echo "$1 $group: $2" >>"$TALLY"
    printf '%-4s %s: %s  %d.%d s\n' "$1" "$group" "$2" \
        $(($3 / 1000)) $(($3 % 1000 / 100))
}

# each NAME COMMAND...: a program that reports its own tests as TAP lines
# ("ok 1 - this", "not ok 2 - that"): every line is a test. A program that
# fails without saying which is a failed test of its own.
each() {
    name=$1
    shift
    begin_test || return 0
    ("$@") >"$log" 2>&1 </dev/null
    status=$?
    ms=$(ms_since "$start")
    sed -n 's/^\(not ok\|ok\) [0-9]* *-* *\([^#]*\).*/\1:\2/p' "$log" \
        >"$log.tap"
    bad=0
    while IFS=: read -r verdict what; do
        if [ "$verdict" = ok ]; then
            tally ok "$name: $what" 0
        else
            tally FAIL "$name: $what" 0
            bad=1
        fi
    done <"$log.tap"
    if [ ! -s "$log.tap" ] || { [ $status != 0 ] && [ $bad = 0 ]; }; then
        tally FAIL "$name (status $status)" "$ms"
        bad=1
    fi
    [ $bad = 0 ] || { tail -n 30 "$log" | sed 's/^/     | /'; }
}

# refuses TEXT COMMAND...: the command fails, and one line of what it says
# starts with "pagewise: " and contains TEXT (not a pattern).
refuses() {
    want=$1
    shift
    out=$T/refuses.out
    if "$@" >"$out" 2>&1 </dev/null; then
        cat "$out"
        echo "expected a failure that says: $want"
        return 1
    fi
    cat "$out"
    if ! grep '^pagewise: ' "$out" | grep -qF -- "$want"; then
        echo "expected a line 'pagewise: ...' with: $want"
        return 1
    fi
}

is_checkout() {
    [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]
}

# sources [PATTERN...]: the project's own files.
sources() {
    if is_checkout; then
        git ls-files -co --exclude-standard -- "$@" | while read -r f; do
            [ -f "$f" ] && echo "$f"
        done
    else
        [ $# -gt 0 ] || set -- '*'
        for pattern; do
            find . -path ./build -prune -o -path ./.git -prune -o \
                -type f -path "./$pattern" -print
        done | sed 's|^\./||' | sort -u
    fi
}

# copy_tree DIR: a copy of the project without build/ and history.
copy_tree() {
    rm -rf "$1"
    mkdir -p "$1"
    sources | tar cf - -T - | tar xf - -C "$1"
}

# The group's last command: says that it came to its end.
finish() {
    echo "end $group" >>"$TALLY"
}
