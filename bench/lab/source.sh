# SPDX-License-Identifier: MIT
#
# source: a kernel that Debian does not offer, built from the source that
# it does. The configuration is the smallest one with what the lab needs
# (source.config) and what makes this kernel special (<series>.config). It
# takes five to ten minutes once; what is kept is the kernel and what
# building a module for it needs.
#
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

fetch_source() {
    local tree=$cache/tree/usr/src/new log=$cache/build-log.txt
    need flex flex
    need bison bison
    need bc bc
    [ -e /usr/include/libelf.h ] || die "lab $series" \
        "a kernel cannot be built without libelf's headers" \
        "apt-get install libelf-dev"
    progress "downloading $headers_package"
    (cd "$cache/debs" && fetch_apt apt-get download "$headers_package") \
        >"$cache/apt/log" 2>&1 ||
        fetch_failed "$headers_package cannot be fetched"
    package_version=$(dpkg-deb -f "$cache/debs/$headers_package"_*.deb \
        Version)
    progress "unpacking the source"
    mkdir -p "$tree" "$cache/tree/usr/lib/linux-kbuild-none"
    dpkg-deb --fsys-tarfile "$cache/debs/$headers_package"_*.deb |
        tar -xO "./usr/src/$headers_package.tar.xz" |
        tar -xJ -C "$tree" --strip-components=1
    progress "building a kernel, which takes some minutes"
    (cd "$tree" && source_build) >"$log" 2>&1 || die "lab $series" \
        "the kernel does not build ($(tail -n 1 "$log"))" \
        "see build/cache/lab/$series/build-log.txt"
    cp "$tree/arch/x86/boot/bzImage" "$cache/vmlinuz"
    release=$(cat "$tree/include/config/kernel.release")
    native=native
    mv "$tree" "$cache/tree/usr/src/linux-headers-$release"
    source_trim "$cache/tree/usr/src/linux-headers-$release"
}

source_build() {
    local wanted
    make -s tinyconfig
    ./scripts/kconfig/merge_config.sh -m .config "$LAB/source.config" \
        "$LAB/$series.config"
    make -s olddefconfig
    for wanted in $(cat "$LAB/source.config" "$LAB/$series.config" |
        grep '^CONFIG_.*=y'); do
        grep -qx "$wanted" .config || {
            echo "this source has no $wanted"
            return 1
        }
    done
    make -s -j"$(nproc)" bzImage modules
}

# Objects and sources have served; headers and tools are still needed.
source_trim() {
    find "$1" \( -path "$1/scripts" -o -path "$1/tools/objtool" \) -prune \
        -o -type f \( -name '*.[oacS]' -o -name '.*.cmd' -o \
        -name 'vmlinux*' \) -exec rm -f {} +
    rm -rf "$1"/Documentation "$1"/drivers/gpu "$1"/sound
    printf 'CC = $(CROSS_COMPILE)gcc-%s\n' "$(gcc -dumpversion)" \
        >"$1/.kernelvariables"
}
