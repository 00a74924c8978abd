# SPDX-License-Identifier: MIT
#
# swap: the modules that make swap out of compressed memory (zram), for
# boots that want it (LAB_SWAP= in boots.tsv). They lie in a package of the
# kernel's that is large and otherwise not needed, so they are fetched when
# first asked for, into build/cache/lab/<series>/swap, named in the order
# in which they load. The file `sums` there, made last, seals them.
#
# shellcheck shell=bash disable=SC2154

fetch_swap() {
    local to=$cache/swap package deb
    if [ -e "$to/sums" ]; then
        (cd "$to" && sha256sum --quiet -c sums >/dev/null 2>&1) && return
        die "lab $series" "the swap modules in the cache are damaged" \
            "remove build/cache/lab/$series/swap and run it again"
    fi
    rm -rf "$to" "$cache/debs" "$cache/apt"
    mkdir -p "$to/all" "$cache/debs"
    fetch_index
    package=linux-modules-$release
    fetch_apt apt-cache show "$package" >/dev/null 2>&1 ||
        package=linux-image-$release
    progress "downloading $package, for its swap modules"
    (cd "$cache/debs" &&
        fetch_apt apt-get download "$package=$package_version") \
        >"$cache/apt/log" 2>&1 || swap_failed "$package"
    deb=$(echo "$cache"/debs/"$package"_*.deb)
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$to/all" --wildcards \
        '*/kernel/lib/*' '*/kernel/mm/*' '*/kernel/drivers/block/zram/*' \
        2>"$cache/apt/log" || [ -s "$cache/apt/log" ]
    swap_take zram
    (cd "$to" && sha256sum ./*.ko >sums.part && mv sums.part sums)
    rm -rf "$to/all" "$cache/debs" "$cache/apt"
}

# The cache was filled some time ago; its kernel must still be there.
swap_failed() {
    rm -rf "$cache/debs" "$cache/swap"
    die "lab $series" "$1 $package_version cannot be fetched" "connect to \
the network, or remove build/cache/lab/$series for a newer kernel"
}

# Copy a module, after all that it depends on. What is not to be found is
# part of the kernel.
swap_take() {
    local file other n
    file=$(find "$to/all" -name "$1.ko" -o -name "$1.ko.xz")
    if [ -z "$file" ] || [ -e "$(echo "$to"/*-"$1.ko")" ]; then
        return 0
    fi
    case $file in *.xz)
        xz -d "$file"
        file=${file%.xz} ;;
    esac
    for other in $(tr '\0' '\n' <"$file" | sed -n 's/^depends=//p' |
        tr ',' ' '); do
        swap_take "$other"
    done
    n=$(find "$to" -maxdepth 1 -name '*.ko' | wc -l)
    cp "$file" "$to/$n-$1.ko"
}
