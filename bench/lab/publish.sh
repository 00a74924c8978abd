# SPDX-License-Identifier: MIT
#
# publish: turn the records of a run into results files, each with its
# provenance above and its number of rows below. What several boots say is
# put together, in the order of the boots. The files are renamed into place
# when all are complete, so that a broken run leaves the last good one.
#
# shellcheck shell=bash disable=SC2034,SC2154

# publish INSTRUMENT
publish() {
    local to=$ROOT/build/results/$1/$series parts=$work/files f name b
    rm -rf "$parts"
    mkdir -p "$parts" "$to"
    for b in "${boots[@]}"; do
        cat "$(boot_place "$b")/records.txt"
        publish_trace "$1" "$(boot_place "$b")"
    done | awk -v dir="$parts/" -v chapter="$chapter" '
        /^@ file / { file = dir substr($3, index($3, "/") + 1); next }
        /^@ / { file = ""; next }
        file { print > file }'
    for f in "$parts"/*; do
        name=${f##*/}
        case $name in
        claims.tsv) publish_claims "$f" >"$work/claims-$1.tsv" ;;
        *.raw.tsv) publish_table "$f" "$to/$name" "$1" \
            'experiment variant x metric block value' ;;
        *.tsv) publish_table "$f" "$to/$name" "$1" 'experiment variant x
            metric unit instrument kernel median lo hi n' ;;
        *) cp "$f" "$to/$name" ;;
        esac
    done
    # The claims of all chapters that were run on this kernel.
    find "$ROOT/build/lab/$series" -name "claims-$1.tsv" | sort |
        xargs -r cat >"$parts/claims.tsv"
    publish_table "$parts/claims.tsv" "$to/claims.tsv" "$1" \
        'claim kernel verdict evidence'
    for b in "${boots[@]}"; do
        name=$chapter-$b-log.txt
        tr -d '\r' <"$(boot_place "$b")/console.txt" \
            >"$to/${name/-main-/-}"
    done
}

# What the chapter makes of a trace, as further records.
publish_trace() {
    [ -e "$2/trace-$chapter.txt" ] || return 0
    (cd "$ROOT" &&
        lua5.4 "bench/$chapter/trace.lua" "$2" "$series" "$1")
}

# One row a claim: the worst verdict of all boots, and all their evidence.
publish_claims() {
    awk -F '\t' -v OFS='\t' '
        BEGIN { split("unmeasured holds limit fails", word, " ")
            for (i in word) rank[word[i]] = i }
        !($1 in verdict) { order[++n] = $1; verdict[$1] = "unmeasured" }
        $3 == "unmeasured" && verdict[$1] != $3 { next }
        { kernel = $2
            if (verdict[$1] == "unmeasured") evidence[$1] = $4
            else evidence[$1] = evidence[$1] "; " $4
            if (rank[$3] > rank[verdict[$1]]) verdict[$1] = $3 }
        END { for (i = 1; i <= n; i++)
            print order[i], kernel, verdict[order[i]],
                evidence[order[i]] }' "$1"
}

# publish_table FROM TO INSTRUMENT COLUMNS
publish_table() {
    {
        provenance "$3"
        sed -n '/^#/p' "$1"
        tr -s ' \n' '\t' <<<"$4" | sed 's/\t$/\n/'
        sed '/^#/d' "$1"
        echo "# end: $(sed '/^#/d' "$1" | wc -l)"
    } >"$2.part"
    mv "$2.part" "$2"
}

provenance() {
    local qemu commit cpu b flags="kbuild's"
    [ "$kind" = module ] || flags=$PROGRAM_FLAGS
    qemu=$(qemu-system-x86_64 --version |
        sed -n '1s/.*version \([^ ]*\).*/\1/p')
    commit=$(git -C "$ROOT" describe --always --dirty 2>/dev/null) ||
        commit=unknown
    machine "$1"
    case $1 in
    vm-insn) cpu="QEMU's 'max', counted by instructions" ;;
    *) cpu=$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo) ;;
    esac
    boot_row "${boots[0]}"
    cat <<END
# machine: QEMU $qemu, 1 CPU, $memory MiB
# cpu: $cpu
# kernel: $release ($package_version, Debian $suite)
# compiler: $(compiler)
# flags: $flags; ${machine[*]} $(kernel_args)
# versions: QEMU $qemu, linux $package_version
# commit: $commit
# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)
# command: make lab KERNELS=$series
END
    for b in "${boots[@]:1}"; do
        boot_row "$b"
        echo "# boot $b: $memory MiB; $(kernel_args)"
    done
}
