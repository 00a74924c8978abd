# SPDX-License-Identifier: MIT
#
# What the lab's scripts share: where things are, how they speak. One lab
# run is one shell; run.sh sources this file and the four stations of the
# line, fetch -> build -> boot -> publish, each a function of that name.
#
#   build/cache/lab/<series>/           what was downloaded, unpacked
#   build/lab/<series>/<chapter>/       modules, initramfs, console
#   build/results/vm-*/<series>/        what came out
#
# shellcheck shell=bash disable=SC2034,SC2154

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB=$ROOT/bench/lab
export LC_ALL=C.UTF-8

# die PLACE WHAT REMEDY: the one clear line, and out.
die() {
    progress_end
    printf 'pagewise: %s: %s; %s\n' "$1" "$2" "$3" >&2
    exit 1
}

# progress TEXT: one line that changes at a terminal, plain lines elsewhere
# (and there not the same line twice). In the course of a whole (progress.sh
# of the harness), which draws that line for several labs, only the news.
progress() {
    if [ -n "${WHOLE_NEWS:-}" ]; then
        printf '%s\n' "$series ${chapter:-}: $1" \
            2>/dev/null >"$ROOT/$WHOLE_NEWS/$series-${chapter:-}" || :
    elif [ -t 2 ]; then
        printf '\r\033[K%s' "lab $series: $1" >&2
    elif [ "$1" != "${progress_last:-}" ]; then
        printf '%s\n' "lab $series: $1" >&2
    fi
    progress_last=$1
}

progress_end() {
    if [ -t 2 ] && [ -n "${progress_last:-}" ]; then
        printf '\r\033[K' >&2
    fi
    [ -z "${WHOLE_NEWS:-}" ] ||
        rm -f "$ROOT/$WHOLE_NEWS/${series:-}-${chapter:-}"
    progress_last=
}

# kernel_row SERIES: set suite and headers_package from the table.
kernel_row() {
    local name
    while IFS=$'\t' read -r name suite headers_package; do
        [ "$name" = "$1" ] && return
    done < <(grep -v '^#' "$LAB/kernels.tsv")
    die lab "no kernel is called '$1'" \
        "known names: $(grep -v '^#' "$LAB/kernels.tsv" | cut -f1 | xargs)"
}

# The plan of a chapter, from the manifests (bench/lab.mk): is it a module
# or a program, and of which sources? And what runs beside it?
find_plan() {
    plan=$(env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT" \
        PACKAGES_DONE=1 lab-plan CHAPTER="$chapter")
    kind=${plan%%$'\n'*}
    mapfile -t guests < <(sed -n 's/^guest //p' <<<"$plan")
    mapfile -t sources < <(sed -e 1d -e '/^guest /d' <<<"$plan")
    [ "$kind" != none ] || die lab "the chapter '$chapter' has no lab" \
        "give one of: ${sources[*]}"
}

# The rows of the chapter's boots, bench/<chapter>/boots.tsv: a name, memory
# in MiB, and what its kernel is told beyond what all are told (boot.sh). A
# word with a minus before it takes one of those back.
#
# Words that begin with LAB_ are for init: LAB_SWAP=512 makes a swap device
# of that many MiB, in compressed memory, by the kernel's own modules; with
# LAB_COMPLAINTS=wanted a warning in the kernel's log is no failure;
# with LAB_ONCE=yes there is no self-test, for labs that do damage;
# LAB_ONLY=6.12,7.3 leaves the boot out on other kernels; with LAB_TRACE=
# stretches of it are traced (trace.sh). The
# module asks lab_boot() which it is in, a program LAB_BOOT; rows and texts
# of all boots become one result, and of a claim asked in several boots the
# worst verdict counts. A chapter without the table gets one boot, "main",
# of 256 MiB.
boot_rows() {
    grep -v '^#' "$ROOT/bench/$chapter/boots.tsv" 2>/dev/null || :
}

# The boots of the chapter, in their order; LAB_BOOTS chooses among them. A
# kernel built from source has no modules to swap with, and one with SLAB
# not the checks that SLUB has.
find_boots() {
    local boot memory words only
    boots=()
    while IFS=$'\t' read -r boot memory words; do
        [ -n "$boot" ] || continue
        case " ${LAB_BOOTS:-$boot} " in *" $boot "*) ;; *) continue ;; esac
        only=,${words##*LAB_ONLY=},
        case $words/${only/ /,} in
        *LAB_ONLY=*/*,"$series",*) ;;
        *LAB_ONLY=*) continue ;;
        esac
        case $headers_package/$series/$words in
        linux-source-*LAB_SWAP=*) ;;
        */slab/*slub_debug=*) ;;
        *) boots+=("$boot") ;;
        esac
    done < <(boot_rows)
    [ "${#boots[@]}" -gt 0 ] || boots=(main)
}

# boot_row BOOT: set memory (LAB_MEMORY is stronger) and parameters.
boot_row() {
    local name
    while IFS=$'\t' read -r name memory parameters; do
        [ "$name" = "$1" ] && break
    done < <(boot_rows)
    memory=${LAB_MEMORY:-${memory:-256}}
}

wants_swap() {
    local boot memory parameters
    for boot in "${boots[@]}"; do
        boot_row "$boot"
        case $parameters in *LAB_SWAP=*) return 0 ;; esac
    done
    return 1
}

# need COMMAND PACKAGE
need() {
    command -v "$1" >/dev/null ||
        die lab "$1 is not installed" "apt-get install $2"
}
