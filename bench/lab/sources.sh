#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# sources: the sources that the book speaks of, out of Debian's packages
# (sources.tsv), unpacked as build/cache/source/<kind>-<name>/ or under
# SOURCES. What is there is not fetched again; the file `version` in a tree,
# made last, says that it is complete and which package it came from.
#
# Usage: sources.sh [KIND-NAME...]        all of the table, if none is given
#
# shellcheck disable=SC2034

set -euo pipefail
# shellcheck source=bench/lab/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bench/lab/fetch.sh
. "$LAB/fetch.sh"

SOURCES=${SOURCES:-$ROOT/build/cache/source}

# Of a kernel, what no sentence of a book on memory is about stays packed:
# two thirds of it.
UNREAD='drivers/gpu drivers/net drivers/media drivers/scsi drivers/staging
    drivers/infiniband sound tools arch/[b-wyz]* arch/arc arch/alpha
    arch/arm'

sources_one() {
    local tree=$SOURCES/$1-$2 deb inside x not=()
    series=$1-$2
    suite=$3
    [ -e "$tree/version" ] && return
    cache=$SOURCES/fetch-$series
    rm -rf "$tree" "$cache"
    mkdir -p "$tree" "$cache/debs"
    fetch_index
    progress "downloading $4"
    (cd "$cache/debs" && fetch_apt apt-get download "$4") \
        >"$cache/apt/log" 2>&1 || fetch_failed "$4 cannot be fetched"
    deb=$(echo "$cache"/debs/"$4"_*.deb)
    progress "unpacking the source"
    inside=$(dpkg-deb --fsys-tarfile "$deb" | tar -t |
        grep '\.tar\.xz$' | tail -n 1)
    for x in $UNREAD; do not+=("--exclude=*/$x/*"); done
    [ "$1" = kernel ] || not=()
    dpkg-deb --fsys-tarfile "$deb" | tar -xO "$inside" |
        tar -xJ -C "$tree" --strip-components=1 --no-same-owner \
            --anchored --no-wildcards-match-slash "${not[@]}"
    dpkg-deb -f "$deb" Version >"$tree/version.part"
    rm -rf "$cache"
    mv "$tree/version.part" "$tree/version"
    progress "unpacked $(cat "$tree/version")"
}

while IFS=$'\t' read -r kind name from package; do
    case " ${*:-$kind-$name} " in
    *" $kind-$name "*) sources_one "$kind" "$name" "$from" "$package" ;;
    esac
done < <(grep -v '^#' "$LAB/sources.tsv")
progress_end
