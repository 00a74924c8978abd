#!/bin/sh
# SPDX-License-Identifier: MIT
# The lab: the same instructions every time, a clean kernel log, and every
# way to fail told apart. Works on copies that share the downloads.
. tests/common/lib.sh

here=$PWD
plan() {
    make -s PACKAGES_DONE=1 lab-plan CHAPTER="$1"
}
# Where a stretch is traced, the machine waits for the runner, for a time
# that differs, and frames and a few instructions differ with it.
chapters=$(for c in $(plan none | sed 1d); do
    grep -qs LAB_TRACE= "bench/$c/boots.tsv" || echo "$c"
done)
no_trace() {
    for c in $(plan none | sed 1d); do
        echo "$chapters" | grep -qx "$c" ||
            [ ! -e "build/results/vm-insn/6.1/$c.tsv" ] || return 1
    done
}
modules=$(for c in $chapters; do
    plan "$c" | grep -qx module && echo "$c"
done)
programs=$(for c in $chapters; do
    plan "$c" | grep -qx program && echo "$c"
done)
mkdir -p build/cache

# main_has CHAPTER WORD: does the table say that of its first boot?
main_has() {
    grep -qs "^main[[:space:]].*$2" "bench/$1/boots.tsv"
}

# lab_copy NAME: a copy of the project with this one's downloads.
lab_copy() {
    copy_tree "$T/$1"
    mkdir -p "$T/$1/build"
    ln -sfn "$here/build/cache" "$T/$1/build/cache"
}

# lab COPY ARGUMENT...: the runner of that copy, by emulation.
lab() {
    copy=$1
    shift
    LAB_KVM=no "$T/$copy/bench/lab/run.sh" "$@"
}

# One has what `make` found out, unless a traced stretch is among it, and
# runs what is missing; two runs all.
two_runs() {
    lab_copy one
    lab_copy two
    for part in lab/6.1 results/vm-insn/6.1; do
        if [ -d "build/$part" ] && no_trace; then
            mkdir -p "$T/one/build/${part%/*}"
            cp -a "build/$part" "$T/one/build/$part"
        fi
    done
    for copy in one two; do
        env LAB_KVM=no make -s -C "$T/$copy" lab -j2 PACKAGES_DONE=1 \
            KERNELS=6.1 LABS="$(echo "$chapters" | xargs)" || exit 1
    done
}

# Some chapters have several boots, with a folder each.
same_records() {
    (cd "$T/one" && find build/lab/6.1 -name records.txt) >"$T/records"
    cat "$T/records"
    [ "$(wc -l <"$T/records")" -gt 6 ] || exit 1
    while read -r records; do
        grep -q '^@ end' "$T/one/$records" || exit 1
        cmp "$T/one/$records" "$T/two/$records" || exit 1
    done <"$T/records"
}

# All but the lines that say when and where the measuring was done, and the
# claims' head, which is that of the lab that ended last.
rows() {
    (cd "$1/build/results/vm-insn/6.1" &&
        grep -rv '^# \(date\|commit\|machine\|command\):' . |
        grep -v '^\./claims\.tsv:# ' | sort)
}

same_results() {
    rows "$T/one" >"$T/one.rows"
    rows "$T/two" >"$T/two.rows"
    [ "$(grep -c vm-insn "$T/one.rows")" -gt 20 ] || exit 1
    cmp "$T/one.rows" "$T/two.rows"
}

whole_results() {
    lua5.4 bench/results/results.lua check "$T/one/build/results/vm-insn"
}

# What is on record for this kernel is found again, with its verdict; but
# for the claims of labs that are traced.
every_claim() {
    verdicts bench/reference/*/vm-insn/6.1/claims.tsv >"$T/recorded"
    verdicts "$T/one/build/results/vm-insn/6.1/claims.tsv" >"$T/found"
    [ "$(wc -l <"$T/found")" -gt 40 ] || exit 1
    comm -13 "$T/recorded" "$T/found" | tee "$T/other"
    [ ! -s "$T/other" ] || exit 1
    comm -23 "$T/recorded" "$T/found" | while read -r claim verdict; do
        traced | xargs grep -qw "$claim" ||
            { echo "$claim, $verdict, is not found"; exit 1; }
    done
}

verdicts() {
    cat "$@" | grep -v '^#' | cut -f 1,3 | sort -u
}

traced() {
    grep -l LAB_TRACE= bench/*/boots.tsv | while read -r boots; do
        ls "${boots%/*}"/*.c "${boots%/*}"/*.lua
    done
}

twice() {
    for chapter in $programs; do
        grep -qx "@ program $chapter 0" \
            "$T/one/build/lab/6.1/$chapter/records.txt" || exit 1
    done
    for chapter in $modules; do
        main_has "$chapter" LAB_ONCE=yes && continue
        records=$T/one/build/lab/6.1/$chapter/records.txt
        [ "$(grep -c "^@ load pagewise_$chapter" "$records")" = 2 ] &&
            [ "$(grep -c "^@ unload pagewise_$chapter" "$records")" = 2 ] ||
            exit 1
    done
}

# But where the lab makes the kernel complain, that is what it is for.
clean_log() {
    for chapter in $chapters; do
        main_has "$chapter" LAB_COMPLAINTS=wanted && continue
        log=$T/one/build/lab/6.1/$chapter/console.txt
        grep -q 'Linux version 6\.1' "$log" || exit 1
        bad='WARNING|BUG|Oops|Call Trace|leak|Error|pagewise: [^l]'
        ! grep -nE "$bad" "$log" || exit 1
    done
}

# planted FAULT TEXT [NAME=VALUE]: the runner must see it and say so, with
# the kernel's last messages before it.
planted() {
    what=$1
    text=$2
    shift 2
    refuses "$text" env LAB_PLANT="$what" LAB_KVM=no "$@" \
        "$T/one/bench/lab/run.sh" page 6.1 || exit 1
    grep -q '^    .*[a-z]' "$T/refuses.out" ||
        { echo "no kernel messages shown"; exit 1; }
}

no_qemu() {
    rm -rf "${T:?}/bin"
    mkdir -p "$T/bin"
    ln -s /usr/bin/* /usr/sbin/* "$T/bin" 2>/dev/null
    rm -f "$T"/bin/qemu-system-*
    refuses "qemu-system-x86_64 is not installed; apt-get install" \
        env PATH="$here/$T/bin" "$T/one/bench/lab/run.sh" page 6.1
}

# No network and nothing downloaded: the address leads nowhere.
no_network() {
    copy_tree "$T/bare"
    refuses "the cache is empty" env http_proxy=http://127.0.0.1:9 \
        https_proxy=http://127.0.0.1:9 LAB_KVM=no \
        "$T/bare/bench/lab/run.sh" page 6.1
}

# With the cache filled none is needed.
offline() {
    unshare -rn true 2>/dev/null || {
        echo "no network namespaces here: only the proxy leads nowhere"
        http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
            lab two page 6.1
        exit $?
    }
    LAB_KVM=no unshare -rn "$T/two/bench/lab/run.sh" page 6.1
}

damaged() {
    mkdir -p "$T/one/build/other/lab"
    rm "$T/one/build/cache"
    mkdir -p "$T/one/build/cache/lab"
    cp -a "$here/build/cache/lab/6.1" "$T/one/build/cache/lab/"
    echo x >>"$T/one/build/cache/lab/6.1/vmlinuz"
    refuses "the cache is damaged" lab one page 6.1
    status=$?
    rm -rf "$T/one/build/cache"
    ln -sfn "$here/build/cache" "$T/one/build/cache"
    exit $status
}

# Boots: what a kernel is told, and how their claims become one.
parts() {
    for part in common swap boot publish; do
        echo ". bench/lab/$part.sh"
    done
}

boot_words() {
    bash -c "$(parts)"'
        chapter=kmalloc headers_package=linux-headers-amd64
        find_boots && wants_swap && echo "${boots[*]}"
        boot_row kaslr && kernel_args && boot_row zero && kernel_args
        chapter=page && find_boots && ! wants_swap && echo "${boots[*]}"
        boot_row main && echo "$memory"' >"$T/words" || exit 1
    cat "$T/words"
    sed -n 1p "$T/words" | grep -q '^main kaslr .*swap' &&
        ! sed -n 2p "$T/words" | grep -q nokaslr &&
        sed -n 3p "$T/words" | grep -q 'nokaslr.* init_on_alloc=1$' &&
        [ "$(sed -n '4,$p' "$T/words" | xargs)" = "main 256" ]
}

merged_claims() {
    printf '%b\n' 'a\t6.1\tholds\tone' 'b\t6.1\tunmeasured\tno' \
        'a\t6.1\tlimit\ttwo' 'b\t6.1\tholds\tyes' \
        'a\t6.1\tunmeasured\tno' >"$T/claims"
    printf '%b\n' 'a\t6.1\tlimit\tone; two' 'b\t6.1\tholds\tyes' \
        >"$T/wanted"
    bash -c "$(parts)"'; publish_claims "$1"' sh "$T/claims" >"$T/merged"
    diff "$T/wanted" "$T/merged"
}

check "a boot's kernel is told what the table says" boot_words
check "of a claim asked in several boots the worst counts" merged_claims
check "two runs at a time: the kernel boots, the module ends" two_runs
check "two runs give the same records, to the byte" same_records
check "two runs give the same results" same_results
check "the results are whole" whole_results
check "every claim has the verdict that is on record" every_claim
check "each module was loaded and unloaded twice, each program ran" twice
check "the kernel's log is clean" clean_log
check "an unknown kernel is refused" \
    refuses "no kernel is called '9.9'" lab two page 9.9
check "an unknown chapter is refused" \
    refuses "the chapter 'rubbish' has no lab" lab two rubbish 6.1
check "no QEMU: one line says so" no_qemu
check "no network and an empty cache: one line says so" no_network
check "no network and a full cache: it runs" offline
check "a damaged cache is refused" damaged
check "a panic is told" planted panic "Kernel panic"
check "a module that does not load is told" \
    planted load "the module does not load"
check "a hang is told" planted hang "hangs" LAB_LIMIT=45
check "a kernel that complains is told" planted warn "the kernel complains"
check "records that stop are told" planted no-end "stop before their end"
rm -rf "${T:?}/bin" "$T/bare" "$T/two"
finish
