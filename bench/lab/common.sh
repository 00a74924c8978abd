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
# (and there not the same line twice).
progress() {
    if [ -t 2 ]; then
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

# The boots of the chapter, in their order (boots.tsv); LAB_BOOTS chooses
# among them. A kernel built from source has no modules to swap with, and
# one with SLAB not the checks that SLUB has.
find_boots() {
    local c boot memory words
    boots=()
    while IFS=$'\t' read -r c boot memory words; do
        [ "$c" = "$chapter" ] || continue
        case " ${LAB_BOOTS:-$boot} " in *" $boot "*) ;; *) continue ;; esac
        case $headers_package/$series/$words in
        linux-source-*LAB_SWAP=*) ;;
        */slab/*slub_debug=*) ;;
        *) boots+=("$boot") ;;
        esac
    done < <(grep -v '^#' "$LAB/boots.tsv")
    [ "${#boots[@]}" -gt 0 ] || boots=(main)
}

# boot_row BOOT: set memory (LAB_MEMORY is stronger) and parameters.
boot_row() {
    local c name
    while IFS=$'\t' read -r c name memory parameters; do
        [ "$c/$name" = "$chapter/$1" ] && break
    done < <(grep -v '^#' "$LAB/boots.tsv")
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
