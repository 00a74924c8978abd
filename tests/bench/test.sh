#!/bin/sh
# SPDX-License-Identifier: MIT
# The benchmark as its user meets it: how long it takes, what disturbs it,
# further mallocs, the summary, the drift, machines side by side.
. tests/common/lib.sh

make -s PACKAGES_DONE=1 lib bench-programs-only >"$T/made" 2>&1 || {
    tail "$T/made"
    echo "pagewise: tests: the benchmark does not build; see $T/made" >&2
}

# results FILE [HEAD LINES]: a file of results; rows on standard input, with
# blanks for tabs.
results() {
    mkdir -p "$(dirname "$1")"
    sed 's/ /\t/g' >"$T/rows"
    {
        printf '# %s: some\n' cpu kernel compiler flags commit
        echo "# machine: ${MACHINE-here}"
        echo "# versions: glibc 2.36"
        echo "# date: 2026-01-01T00:00:00Z"
        echo "# command: make bench"
        [ -z "${2-}" ] || echo "$2"
        printf 'experiment\tvariant\tx\tmetric\tunit\tinstrument\tkernel\t'
        printf 'median\tlo\thi\tn\n'
        cat "$T/rows"
        echo "# end: $(grep -c . "$T/rows")"
    } >"$1"
}

# A machine with a quiet A/A, three sizes, ours between two rivals.
machine() {
    rm -rf "${T:?}/$1"
    results "$T/$1/host/slab.tsv" "${2-}" <<'END'
measuring.aa a/b  ratio × host host 1.001 0.998 1.003 61
slab.hot pw 8 ns ns host host 4 4 4 61
slab.hot pw 64 ns ns host host 5 4.9 5.1 61
slab.hot pw 512 ns ns host host 6 6 6 61
slab.hot glibc 64 ns ns host host 20 19 21 61
slab.hot mimalloc 64 ns ns host host 10 9.8 10.2 61
slab.hot pw-nomag 64 ns ns host host 1 1 1 61
slab.many pw 64 ns ns host host 9 8.8 9.2 61
slab.many glibc 64 ns ns host host 6 5.9 6.1 61
END
    results "$T/$1/vm-insn/6.1/slab.tsv" <<'END'
slab.hot pw 64 insn insn vm-insn 6.1 20 20 20 1
slab.hot kernel 64 insn insn vm-insn 6.1 90 90 90 1
END
}

summary() {
    lua5.4 bench/results/summary.lua "$@" | tee "$T/summary"
}

# Ours, the best other and not ours otherwise; ratio, bar, place.
summed_up() {
    machine quiet
    printf '3\tslab.hot.pw.ns\tSection 7.1\tslab\n' >"$T/places"
    printf '1\tslab.hot.*.ns\tFigure 7.4\tslab\n' >>"$T/places"
    summary "$T/quiet" "$T/places"
    grep -q 'slab.hot 64 .*5 ns  mimalloc .*10 ns  0.50 ~0.48–0.52' \
        "$T/summary" && grep -q '███··│······  Figure 7.4$' "$T/summary" &&
        grep -q 'slab.many 64 .*glibc .* 1.50 .* █████████··· ' \
            "$T/summary" && grep -q 'within 0.3 % of 1' "$T/summary" &&
        ! grep -q WARNING "$T/summary"
}

# Paired where the repetitions are there.
paired() {
    machine raw
    head -n 9 "$T/raw/host/slab.tsv" >"$T/raw/host/slab.raw.tsv"
    {
        printf 'experiment\tvariant\tx\tmetric\tblock\tvalue\n'
        for block in 0 1 2 3 4 5 6; do
            printf 'slab.hot\t%s\t64\tns\t%s\t%s\n' \
                pw $block $((block + 1)) mimalloc $block $((4 * block + 4))
        done
        echo '# end: 14'
    } >>"$T/raw/host/slab.raw.tsv"
    summary "$T/raw"
    grep -q 'slab.hot 64 .* 0.25 0.25–0.25' "$T/summary"
}

noisy() {
    machine noisy
    sed -i 's/1.003/1.2/' "$T/noisy/host/slab.tsv"
    summary "$T/noisy"
    grep -q 'WARNING .*too noisy to believe' "$T/summary" || exit 1
    machine busy "# repeated: 900 of 9000 timed runs (disturbed by steal \
0, by context switches 2900; kept although disturbed 2000)"
    summary "$T/busy"
    grep -q 'WARNING .*too noisy to believe: other work' "$T/summary"
}

# A guest is a rival in the summary, and no row of the book's.
guest() {
    machine guest "# guests: mine"
    sed -i 's/^slab.hot\tglibc/slab.hot\tmine/; s/\t20\t19\t/\t2\t1\t/' \
        "$T/guest/host/slab.tsv"
    lua5.4 bench/results/results.lua check "$T/guest" || exit 1
    summary "$T/guest"
    grep -q 'slab.hot 64 .*mine .*2.50' "$T/summary" || exit 1
    cat >"$T/open.lua" <<'END'
package.path = "bench/results/?.lua;" .. package.path
local results = require "results"
local tree = assert(results.open { reader = arg[1], reference = arg[2] })
for _, row in ipairs(tree.rows) do
    print(results.key(row))
end
END
    lua5.4 "$T/open.lua" "$T/guest" "$T/none" | tee "$T/open"
    grep -q 'slab.hot.mimalloc.ns' "$T/open" && ! grep -q mine "$T/open"
}

# drift FACTOR [SED]: every time of a machine by that factor, then an edit
drift() {
    machine recorded/here
    mv "$T/recorded/here" "$T/was" && rm -rf "$T/recorded" "$T/now"
    mkdir -p "$T/recorded"
    mv "$T/was" "$T/recorded/here"
    cp -R "$T/recorded/here" "$T/now"
    awk -F '\t' -v OFS='\t' -v by="$1" '
        $5 == "ns" { $8 *= by; $9 *= by; $10 *= by } { print }' \
        "$T/recorded/here/host/slab.tsv" | sed "${2-}" \
        >"$T/now/host/slab.tsv"
    ${3+sed -i "$3" "$T/now/vm-insn/6.1/slab.tsv"}
    lua5.4 bench/results/drift.lua "$T/now" "$T/recorded" \
        "${AS-here}" | tee "$T/drift"
}

first_line() {
    [ "$(head -n 1 "$T/drift")" = "$1" ]
}

drifted() {
    drift 1.31
    first_line "the lab: identical; host: 31 % slower, same order of \
rivals" && ! grep -q 'Beyond\|Counts\|overtook' "$T/drift" || exit 1
    drift 1
    first_line "the lab: identical; host: as fast, same order of rivals" ||
        exit 1
    AS=elsewhere drift 1.31
    first_line "the lab: identical; host: 31 % slower than here, same \
order of rivals"
}

moved() {
    drift 1 's/^\(slab.many\tglibc\t.*\)\t6\t5.9\t6.1/\1\t12\t11\t13/'
    first_line "the lab: identical; host: as fast, another order of \
rivals in 1 of 7 comparisons" && grep -q '^ *slab.many.glibc.ns x=64: 12' \
        "$T/drift" && grep -q 'slab.many x=64: pw .* before glibc' \
        "$T/drift"
}

counted() {
    drift 1 '' 's/\t90\t90\t90/\t99\t99\t99/'
    first_line "the lab: 1 of 2 counts differ, by 10.0 % at most; host: \
as fast, same order of rivals" &&
        grep -q 'slab.hot.kernel.insn x=64 6.1: 99 insn, was 90' "$T/drift"
}

side_by_side() {
    rm -rf "$T/out" && mkdir -p "$T/out"
    machine one
    MACHINE=there machine two
    lua5.4 bench/results/compare.lua "$T/out" "$T/one" "$T/two/" || exit 1
    grep -q '>here<' "$T/out/compare.svg" &&
        grep -q '>there<' "$T/out/compare.svg" &&
        grep -q '>slab.many 64, ns<' "$T/out/compare.svg" &&
        grep -q '<svg' "$T/out/compare.html" &&
        grep -q '<td>5 (4.90–5.10)</td><td>5 (4.90–5.10)</td>' \
            "$T/out/compare.html" || exit 1
    refuses "RESULTS names fewer than two" \
        lua5.4 bench/results/compare.lua "$T/out" "$T/one" &&
        refuses "$T/none holds no results" lua5.4 \
            bench/results/compare.lua "$T/out" "$T/one" "$T/none"
}

# refused TEXT VARIABLE=VALUE...: before anything is measured
refused() {
    want=$1
    shift
    refuses "$want" env "$@" timeout 20 sh bench/all.sh measuring slab \
        malloc programs && [ "$(grep -c . "$T/refuses.out")" = 1 ]
}

wishes() {
    echo 'no library' >"$T/text.so"
    refused "no part is called 'page'" CHAPTER=page &&
        refused "'mine' is no name, '=' and path" PEERS=mine &&
        refused "'x=/none.so' names a file that cannot be read" \
            PEERS=x=/none.so &&
        refused "'glibc=$T/text.so' has the name of another" \
            PEERS="glibc=$T/text.so" &&
        refused "cannot be preloaded" PEERS="x=$T/text.so" &&
        refused "PEERS are raced in malloc's part" CHAPTER=slab \
            PEERS=x=/none.so || exit 1
    BENCH_PEERS="mine=build/lib/libpagewise-malloc.so" \
        build/bench/malloc/host --peers | tee "$T/peers"
    grep -q '^mine=build/lib' "$T/peers" && head -n 1 "$T/peers" |
        grep -q '^glibc=$'
}

# measured HOST ARGUMENT...: into $T/x.tsv
measured() {
    host=$1
    shift
    "build/bench/$host/host" --out "$T/x.tsv" "$@" || exit 1
    lua5.4 bench/results/results.lua check "$T/x.tsv" || exit 1
    grep -E '^# (blocks|repeated|guests)' "$T/x.tsv"
}

# What is to take a second does two thirds of its blocks and no more.
in_time() {
    measured measuring --only measuring.aa
    grep -q '^# blocks: 61,' "$T/x.tsv" || exit 1
    BENCH_SECONDS=1 measured measuring --only measuring.aa
    grep -q '^# blocks: 41,' "$T/x.tsv"
}

# The plan comes true, as far as a busy machine lets it; four cases in 61
# blocks of 15 ms with an eighth to warm up are four seconds by themselves.
foreseen() {
    said=$(build/bench/measuring/host --only measuring.load --plan) ||
        exit 1
    start=$(date +%s%N)
    build/bench/measuring/host --only measuring.load --out "$T/x.tsv"
    took=$((($(date +%s%N) - start) / 100000000))
    echo "said $said s, took $took tenths"
    awk -v said="$said" -v took=$took \
        'BEGIN { exit !(said >= 3.9 && said * 10 > took / 2 &&
            said * 10 < took * 2) }'
}

# Somebody else on the same processor: runs are done again, not too many.
disturbed() {
    # Where a process may run is read off before the benchmark is pinned.
    cpu=$(taskset -pc $$ | sed 's/.*[^0-9]//')
    taskset -c "$cpu" sh -c 'while :; do :; done' &
    busy=$!
    measured measuring --quick
    status=$?
    kill $busy
    awk '/^# repeated:/ { exit !($3 > 0 && $3 * 10 <= $5 * 1.2) }' \
        "$T/x.tsv" && [ $status = 0 ]
}

# at_terminal COMMAND: what it writes there is left in $T/terminal.
at_terminal() {
    TERM=dumb script -qec "$1" /dev/null </dev/null | tee "$T/terminal"
}

# A terminal has one line that changes, with the whole's time left.
progress() {
    cat >"$T/show.sh" <<'END'
. bench/harness/progress.sh
whole_plan=$1
printf 'one 10\ntwo 100\nthree 500\n' >"$1.in"
whole_begin <"$1.in"
planned two
show two 20
END
    sh "$T/show.sh" "$T/plan" 2>&1 | tee "$T/plain"
    grep -qx 'two, 9 min left' "$T/plain" || exit 1
    at_terminal "sh $T/show.sh $T/plan"
    grep -q 'K\[ *\] two, 9 min left' "$T/terminal" &&
        [ "$(wc -l <"$T/terminal")" = 0 ] || exit 1
    # The same line, from a benchmark.
    WHOLE_SINCE=$(date +%s) WHOLE_AFTER=600 at_terminal "$PWD/build/bench/\
measuring/host --quick --only measuring.aa --out $T/x.tsv"
    grep -q '\] bench measuring: block [0-9]* of 21, 10 min left' \
        "$T/terminal"
}

# What a silent stage says stands on lines of its own, its status counts.
silently() {
    cat >"$T/silent.sh" <<'END'
. bench/harness/progress.sh
whole_plan=$1
echo 'two 1' >"$1.in"
whole_begin <"$1.in"
silent two sh -c 'sleep 3; echo said >&2; exit 3' || echo "status $?"
END
    at_terminal "sh $T/silent.sh $T/plan"
    tr '\r' '\n' <"$T/terminal" | sed 's/^.\[K//' >"$T/lines"
    grep -qx said "$T/lines" && grep -qx 'status 3' "$T/lines" &&
        grep -q '\] two, [0-9] s longer than planned' "$T/lines"
}

# A tree with benchmarks that only say what they were told.
fake_tree() {
    rm -rf "$T/fake"
    mkdir -p "$T/fake/build/bench/one" "$T/fake/build/bench/two"
    cp -R bench "$T/fake/"
    for part in one:12 two:45; do
        cat >"$T/fake/build/bench/${part%:*}/host" <<END
#!/bin/sh
[ "\$1" != --plan ] || { echo ${part#*:}.3; exit; }
echo "${part%:*}: \$BENCH_SECONDS here, \$WHOLE_AFTER after"
END
        chmod +x "$T/fake/build/bench/${part%:*}/host"
    done
}

# The time of all is said first; each part knows what comes after it.
said_first() {
    fake_tree
    cd "$T/fake" || exit 1
    BENCH_PRINT=true sh bench/all.sh one two 2>&1 | tee ../said
    head -n 1 ../said | grep -q ': 4 min in all, until .*: one 13 s, ' &&
        grep -q '^one: 1[0-7] here, 206 after$' ../said &&
        grep -q '^two: [3-6][0-9] here, 160 after$' ../said || exit 1
    CHAPTER=two sh bench/all.sh one two 2>&1 | tee ../said
    head -n 1 ../said | grep -q ': 46 s in all' && ! grep -q one ../said
}

# `make` finds out what is to be done, and plans it.
made_whole() {
    fake_tree
    cd "$T/fake" || exit 1
    cat >again <<'END'
#!/bin/sh
case $* in
*-n*) echo 'X=y sh bench/harness/stage.sh host-one \'
    echo 'bench/lab/run.sh page 6.1'
    echo 'bench/lab/run.sh slab 6.1' ;;
*) echo "did $*" ;;
esac
END
    chmod +x again
    mkdir -p build/results/host
    echo 'lab-6.1-slab 300' >build/whole.took
    AGAIN=./again sh bench/whole.sh 2 KERNELS=6.1 2>&1 | tee ../said
    cat build/whole.plan
    [ "$(xargs <build/whole.plan)" = 'host-one 12 lab 310 print 170' ] &&
        grep -q '^pagewise: make: about 8 min$' ../said &&
        [ "$(sed -n 's/^did //p' ../said | xargs)" = \
            '-j2 lib measure-host measure-lab -j2 print' ]
}

# A quick run of programs: every row for all mallocs, or not at all.
whole_rows() {
    # shellcheck disable=SC2046 # words
    sh bench/malloc/programs/run.sh --quick 1 "$T/programs.tsv" \
        $(build/bench/malloc/host --peers) || exit 1
    cut -f 1,2,4 "$T/programs.tsv" | sed '/^#/d; /^experiment/d' |
        sort >"$T/rows"
    cat "$T/rows"
    ! grep -q 'time\|brk\|hw-\|programs.all' "$T/rows" &&
        grep -qP '^programs.gcc\tpw\tratio$' "$T/rows" || exit 1
    mallocs=$(build/bench/malloc/host --peers | grep -c .)
    awk -v n="$mallocs" '{ seen[$1 " " $3]++ }
        END { for (k in seen) if (seen[k] != n - (k ~ /ratio/)) {
            print k, seen[k]; bad = 1 } exit bad }' "$T/rows"
}

check "the summary: ours, the best other, ratio, bar, place" summed_up
check "the summary pairs repetitions by block" paired
check "the summary warns of a noisy machine" noisy
check "a guest's rows are read, and are not the book's" guest
check "make drift: a verdict in the first line" drifted
check "make drift: who moved, who overtook whom" moved
check "make drift: counts are exact" counted
check "machines side by side in one figure" side_by_side
check "bad wishes are refused in one line, at once" wishes
check "what is planned to take a second takes no more" in_time
check "a plan comes true" foreseen
check "disturbed runs are done again, within bounds" disturbed
check "progress: one line, with the whole's time left" progress
check "progress: who is silent is watched" silently
check "make bench: the time of all is said first" said_first
check "make: what is to be done is planned" made_whole
check "a quick run of programs never mixes" whole_rows
finish
