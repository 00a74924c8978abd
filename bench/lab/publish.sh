# SPDX-License-Identifier: MIT
#
# publish: turn the records of a run into results files, each with its
# provenance above and its number of rows below. They are renamed into place
# when all are complete, so that a broken run leaves the last good one.
#
# shellcheck shell=bash disable=SC2034,SC2154

# publish INSTRUMENT
publish() {
    local to=$ROOT/build/results/$1/$series parts=$work/files f name
    rm -rf "$parts"
    mkdir -p "$parts" "$to"
    awk -v dir="$parts/" -v chapter="$chapter" '
        /^@ file / { file = dir substr($3, index($3, "/") + 1); next }
        /^@ / { file = ""; next }
        file { print > file }' "$work/records.txt"
    for f in "$parts"/*; do
        name=${f##*/}
        case $name in
        claims.tsv) cp "$f" "$work/claims-$1.tsv" ;;
        *.raw.tsv) publish_table "$f" "$to/$name" "$1" \
            'experiment variant x metric block value' ;;
        *.tsv) publish_table "$f" "$to/$name" "$1" 'experiment variant x
            metric unit instrument kernel median lo hi n' ;;
        *) cp "$f" "$to/$name" ;;
        esac
    done
    # The claims of all chapters that were run on this kernel.
    cat "$ROOT/build/lab/$series"/*/"claims-$1.tsv" >"$parts/claims.tsv"
    publish_table "$parts/claims.tsv" "$to/claims.tsv" "$1" \
        'claim kernel verdict evidence'
    tr -d '\r' <"$work/console.txt" >"$to/$chapter-log.txt"
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
    local qemu commit cpu
    qemu=$(qemu-system-x86_64 --version |
        sed -n '1s/.*version \([^ ]*\).*/\1/p')
    commit=$(git -C "$ROOT" describe --always --dirty 2>/dev/null) ||
        commit=unknown
    machine "$1"
    case $1 in
    vm-insn) cpu="QEMU's 'max', counted by instructions" ;;
    *) cpu=$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo) ;;
    esac
    cat <<END
# machine: QEMU $qemu, 1 CPU, $LAB_MEMORY MiB
# cpu: $cpu
# kernel: $release ($package_version, Debian $suite)
# compiler: $(compiler)
# flags: kbuild's; ${machine[*]} $KERNEL_ARGS
# versions: QEMU $qemu, linux $package_version
# commit: $commit
# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)
# command: make lab KERNELS=$series
END
}
