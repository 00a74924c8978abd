# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The whole of a long command, to be sourced: its stages one after another,
# how long all will take, and one line that says how long is left (at a
# terminal; elsewhere a line every ten seconds). progress.c draws the same
# line from inside a benchmark; both read
#
#   WHOLE_SINCE   when the whole began, seconds since 1970
#   WHOLE_AFTER   seconds that the stages after this one will take
#   WHOLE_NEWS    a folder; whoever works in a silent stage leaves there,
#                 in a file of his own, a line about what he does
#
# The plan is a file of lines "STAGE SECONDS". What a stage took is kept in
# build/whole.took, the best guess for the next time.

WHOLE_TOOK=build/whole.took
whole_plan=build/whole.plan

# span SECONDS
span() {
    if [ "$1" -lt 90 ]; then
        echo "$1 s"
    elif [ "$1" -lt 5400 ]; then
        echo "$((($1 + 30) / 60)) min"
    else
        echo "$(($1 / 3600)) h $((($1 % 3600 + 30) / 60)) min"
    fi
}

draw_bar() {
    cells=20 i=0
    done=$((cells * ($1 + 1) / ($1 + $2 + 1)))
    while [ $i -lt $cells ]; do
        [ $i -lt $done ] && printf '=' || printf ' '
        i=$((i + 1))
    done
}

# show TEXT LEFT: how long this stage has left, seconds; below 0: how much
# longer than planned it takes
show_last=0
show() {
    show_now=$(date +%s)
    show_left=$(($2 > 0 ? $2 + ${WHOLE_AFTER:-0} : ${WHOLE_AFTER:-0}))
    show_time="$(span $show_left) left"
    [ "$2" -ge 0 ] || show_time="$(span $((-$2))) longer than planned"
    if [ -t 2 ]; then
        show_wide=$(stty size <&2 2>/dev/null | cut -d ' ' -f 2) || :
        show_bar=
        [ -z "${WHOLE_SINCE-}" ] || show_bar="[$(draw_bar \
            $((show_now - WHOLE_SINCE)) $show_left)] "
        printf '\r\033[K%s%.*s, %s' "$show_bar" \
            $((${show_wide:-80} - 50)) "$1" "$show_time" >&2
    elif [ $((show_now - show_last)) -ge 10 ]; then
        printf '%s, %s\n' "$1" "$show_time" >&2
        show_last=$show_now
    fi
}

show_end() {
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# took STAGE DEFAULT: how long it took the last time
took() {
    awk -v stage="$1" -v seconds="$2" '$1 == stage { seconds = $2 }
        END { print seconds }' "$WHOLE_TOOK" /dev/null 2>/dev/null ||
        echo "$2"
}

# keep_took STAGE SECONDS
keep_took() {
    mkdir -p build
    { grep -v "^$1 " "$WHOLE_TOOK" 2>/dev/null || :; echo "$1 $2"; } \
        >"$WHOLE_TOOK.$$" && mv "$WHOLE_TOOK.$$" "$WHOLE_TOOK"
}

# whole_begin: the plan stands on standard input
whole_begin() {
    mkdir -p build
    cat >"$whole_plan"
    WHOLE_SINCE=$(date +%s)
    WHOLE_TOTAL=$(awk '{ s += $2 } END { print s + 0 }' "$whole_plan")
    export WHOLE_SINCE
}

# planned STAGE: its seconds, and those of all after it, in two variables
planned() {
    stage_seconds=$(awk -v s="$1" '$1 == s { print $2 }' "$whole_plan")
    stage_seconds=${stage_seconds:-1}
    WHOLE_AFTER=$(awk -v s="$1" 'on { sum += $2 } $1 == s { on = 1 }
        END { print sum + 0 }' "$whole_plan")
    export WHOLE_AFTER
}

# stage NAME COMMAND...: it shows its own progress. BENCH_SECONDS is what it
# may take if the whole is to end in time, more or less than planned.
stage() {
    planned "$1"
    shift
    BENCH_SECONDS=$((WHOLE_SINCE + WHOLE_TOTAL - WHOLE_AFTER \
        - $(date +%s)))
    stage_least=$((stage_seconds * 7 / 10))
    stage_most=$((stage_seconds * 13 / 10 + 1))
    [ $BENCH_SECONDS -ge $stage_least ] || BENCH_SECONDS=$stage_least
    [ $BENCH_SECONDS -le $stage_most ] || BENCH_SECONDS=$stage_most
    export BENCH_SECONDS
    "$@"
}

# What the workers of a silent stage say, in one line.
news() {
    [ -z "${WHOLE_NEWS-}" ] ||
        cat "$WHOLE_NEWS"/* 2>/dev/null | paste -s -d ';' |
        sed 's/;/; /g'
}

# tick NAME SECONDS PARENT: the line, as long as the parent lives
tick() {
    tick_since=$(date +%s)
    while sleep 1 >/dev/null 2>&1 && kill -0 "$3" 2>/dev/null; do
        tick_news=$(news)
        show "$1${tick_news:+: $tick_news}" \
            $(($2 - $(date +%s) + tick_since))
    done
}

# What the stage says is not to stand behind the line that changes.
aside() {
    if [ -t 2 ]; then
        { aside_status=0
            "$@" 2>&1 || aside_status=$?
            echo $aside_status >build/whole.status
        } | while IFS= read -r aside_line; do
            printf '\r\033[K%s\n' "$aside_line" >&2
        done
        return "$(cat build/whole.status)"
    fi
    "$@"
}

# silent NAME COMMAND...: one that says nothing of how far it is
silent() {
    silent_name=$1
    planned "$1"
    shift
    silent_since=$(date +%s)
    tick "$silent_name" "$stage_seconds" $$ &
    ticker=$!
    silent_status=0
    aside "$@" || silent_status=$?
    kill $ticker 2>/dev/null || :
    wait $ticker 2>/dev/null || :
    show_end
    [ $silent_status != 0 ] || [ $(($(date +%s) - silent_since)) -lt 3 ] ||
        keep_took "$silent_name" $(($(date +%s) - silent_since))
    return $silent_status
}
