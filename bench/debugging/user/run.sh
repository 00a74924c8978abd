#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The bugs of bugs.c under each tool that is there: what it says, and what
# it costs where there is no bug.
#
#     sh bench/debugging/user/run.sh OUT.tsv
#
#   debugging-user.txt           the first telling line, by bug and tool
#   debugging-<tool>-<bug>.txt   what the tool said, of those in `shown`
#   debugging.user               by tool: the processor's time for `work`,
#                                to that without a tool of the same round
#                                (ratio, ×)
#
# A tool that is not installed is left out; its bugs stand as "?".

set -eu
out=$1
to=$(dirname "$out")
dir=build/bench/debugging
bugs='double-free write-after-free read-after-free overrun overrun-far
    free-middle leak'
shown='asan-read-after-free valgrind-read-after-free
    checked-write-after-free'
mkdir -p "$to" "$dir"

cc=${CC:-cc}
$cc -O1 -g -w -fno-builtin -o "$dir/bugs" bench/debugging/user/bugs.c
$cc -O1 -g -w -fno-builtin -fsanitize=address -o "$dir/bugs-asan" \
    bench/debugging/user/bugs.c 2>/dev/null || rm -f "$dir/bugs-asan"
debug=$(find /usr/lib /lib -name 'libc_malloc_debug.so.0' 2>/dev/null |
    head -n 1)

# The tools: a name, and how a program is run under it.
tools='none glibc check checked asan valgrind'
under() {
    case $1 in
    none) echo "$dir/bugs" ;;
    glibc) echo "env MALLOC_PERTURB_=165 $dir/bugs" ;;
    check) [ -z "$debug" ] || echo "env LD_PRELOAD=$debug" \
        "GLIBC_TUNABLES=glibc.malloc.check=3 $dir/bugs" ;;
    checked) echo "env LD_PRELOAD=build/lib/libpagewise-malloc-checked.so" \
        "$dir/bugs" ;;
    asan) [ ! -x "$dir/bugs-asan" ] || echo "$dir/bugs-asan" ;;
    valgrind) ! command -v valgrind >/dev/null ||
        echo "valgrind -q --leak-check=full $dir/bugs" ;;
    esac
}

# What was said, without what differs from run to run or helps nobody.
telling() {
    sed -E -e 's/==[0-9]+== ?//' -e '/^=+$/d' -e '/^\s*$/d' \
        -e "s,$PWD/,,g" -e 's/ \(BuildId.*//' -e 's,[^ ]*/bugs,bugs,g' \
        -e 's,[^ ]*libsanitizer/,,' -e '/^ABORTING/d' \
        -e '/^Shadow byte|^  (0x|=>)|^=>|^  [A-Z].*: /d' \
        -e '/__libc_start|_start |libc-start/d' "$1" |
        cut -c 1-76 | head -n 14
}

printf '%-18s' bug >"$to/debugging-user.txt"
for tool in $tools; do
    printf '%-10s' "$tool" >>"$to/debugging-user.txt"
done
echo >>"$to/debugging-user.txt"
for bug in $bugs; do
    printf '%-18s' "$bug" >>"$to/debugging-user.txt"
    for tool in $tools; do
        run=$(under $tool)
        if [ -z "$run" ]; then
            word='?'
        elif status=0 && timeout 60 $run "$bug" >"$dir/said" 2>&1 ||
            status=$?; then
            telling "$dir/said" >"$dir/$tool-$bug.txt"
            if [ -s "$dir/$tool-$bug.txt" ]; then
                word=told
            elif [ "$status" != 0 ]; then
                word=killed
            else
                word=-
            fi
        fi
        printf '%-10s' "$word" >>"$to/debugging-user.txt"
    done
    echo >>"$to/debugging-user.txt"
done

for pair in $shown; do
    [ ! -s "$dir/$pair.txt" ] ||
        cp "$dir/$pair.txt" "$to/debugging-$pair.txt"
done

# Three rounds, each tool once in each.
for round in 1 2 3; do
    for tool in $tools; do
        run=$(under $tool)
        [ -n "$run" ] || continue
        build/bench/launch -o "$dir/$tool.rusage.new" $run work \
            >/dev/null 2>&1 || :
    done
done
for tool in $tools; do
    [ ! -e "$dir/$tool.rusage.new" ] ||
        mv "$dir/$tool.rusage.new" "$dir/$tool.rusage"
done

{
    sh bench/machine/machine.sh
    echo "# compiler: $($cc --version | head -n 1)"
    echo "# flags: -O1"
    echo "# command: ${BENCH_COMMAND:-make bench-quick}"
    tr ' ' '\t' <<END
experiment variant x metric unit instrument kernel median lo hi n
END
    for tool in $tools; do
        [ -e "$dir/$tool.rusage" ] || continue
        paste -d ' ' "$dir/$tool.rusage" "$dir/none.rusage" |
            awk '{ print $4 / $8 }' | sort -g |
            awk -v tool="$tool" -v OFS='\t' '{ v[NR] = $1 }
                END { print "debugging.user", tool, "", "ratio", "×",
                    "host", "host", v[int((NR + 1) / 2)], v[1], v[NR],
                    NR }'
    done
} >"$out.part"
echo "# end: $(grep -c '^debugging' "$out.part")" >>"$out.part"
mv "$out.part" "$out"
