# SPDX-License-Identifier: MIT
#
# build: compile a chapter's module with its kernel's headers and compiler,
# and pack the initramfs: init, /modules, /guests (programs that run while
# the module is loaded), /programs and, where a boot wants to swap, /swap.
# The sources are copied below build/ first, since kbuild writes beside what
# it compiles.
#
# shellcheck shell=bash disable=SC2034,SC2154

build() {
    work=$ROOT/build/lab/$series/$chapter
    rm -rf "$work"
    mkdir -p "$work/initramfs/modules" "$work/initramfs/programs"
    if [ "$kind" = program ]; then
        build_program || build_failed
    else
        build_for_kernel
    fi
    build_guests || build_failed
    build_initramfs
}

PROGRAM_FLAGS="-std=c11 -O1 -static -pthread -fno-builtin"

build_program() {
    progress "building the program"
    # shellcheck disable=SC2086 # a list of words
    (cd "$ROOT" && ${CC:-cc} $PROGRAM_FLAGS -w \
        -o "$work/initramfs/programs/$chapter" "${sources[@]}") \
        >"$work/build-log.txt" 2>&1
    strip "$work/initramfs/programs/$chapter"
}

# The programs beside the module: bench/<chapter>/guest_<name>.c and more.
build_guests() {
    local guest name
    for guest in "${guests[@]}"; do
        name=${guest%%.c *}
        # shellcheck disable=SC2086 # lists of words
        (cd "$ROOT" && ${CC:-cc} $PROGRAM_FLAGS -w -o \
            "$work/initramfs/programs/${chapter}_${name##*guest_}" $guest) \
            >>"$work/build-log.txt" 2>&1 || return
        strip "$work/initramfs/programs/${chapter}_${name##*guest_}"
    done
}

build_for_kernel() {
    local src
    progress "building the module"
    src=$work
    mkdir -p "$src/module/bench"
    cp "$LAB/Kbuild" "$src/module/"
    cp -R "$LAB" "$ROOT/bench/$chapter" "$src/module/bench/"
    cp -R "$ROOT/code" "$src/module/"
    build_module || build_failed
    build_guest || build_failed
    # Without what depends on this folder's name (debug sections and their
    # checksum): on every machine the same bytes are to be loaded.
    strip --strip-debug --remove-section=.note.gnu.build-id \
        -o "$work/initramfs/modules/pagewise_$chapter.ko" \
        "$src/module/pagewise_$chapter.ko"
}

# kbuild takes no blank or colon in a path: then the folders are shown to it
# under other names.
build_module() {
    local what=(CHAPTER="$chapter" SOURCES="${sources[*]}" modules)
    if [ "$native" = tree ]; then
        in_tree make -C "/$headers" M=/lab/module "${what[@]}"
    else
        case $work in
        *[[:space:]:]*) under_mnt make -C "/mnt/tree/$headers" \
            M=/mnt/lab/module "${what[@]}" ;;
        *) make -C "$cache/tree/$headers" M="$src/module" "${what[@]}" ;;
        esac
    fi >"$work/build-log.txt" 2>&1
}

build_failed() {
    progress_end
    grep -E -m 5 'error|Error|cannot' "$work/build-log.txt" >&2 || :
    die "lab $series" "the module of '$chapter' does not compile" \
        "see build/lab/$series/$chapter/build-log.txt"
}

# The program that runs while the module is loaded. The one with symbols
# stays here, for those who read a trace.
build_guest() {
    [ -e "$ROOT/bench/$chapter/guest.c" ] || return 0
    mkdir -p "$work/initramfs/guests"
    # shellcheck disable=SC2086 # a list of words
    (cd "$ROOT" && ${CC:-cc} $PROGRAM_FLAGS -Wall -Wextra \
        -o "$work/guest" "bench/$chapter/guest.c") \
        >>"$work/build-log.txt" 2>&1
    strip -o "$work/initramfs/guests/$chapter" "$work/guest"
}

# Run a command in the unpacked tree of another suite. An ordinary user gets
# a user namespace for it. Compilers need /dev/null, objtool needs /proc.
# What is built stands in /lab there, wherever it is: some kernels' checks
# put the names of source files into the module.
in_tree() {
    local t=$cache/tree
    mkdir -p "$t/lab"
    find_namespace
    # shellcheck disable=SC2016 # $1 is the inner shell's
    env -i PATH=/usr/sbin:/usr/bin HOME=/ LC_ALL=C.UTF-8 SHELL=/bin/sh \
        "${namespace[@]}" sh -c 't=$1 at=$2
            shift 2
            mount --bind /dev/null "$t/dev/null" &&
                mount --rbind /proc "$t/proc" &&
                mount --bind "$at" "$t/lab" && exec chroot "$t" "$@"' \
        sh "$t" "$work" "$@"
}

# Run a command that sees the tree as /mnt/tree, what is built as /mnt/lab.
under_mnt() {
    find_namespace
    # shellcheck disable=SC2016
    "${namespace[@]}" sh -c 't=$1 at=$2
        shift 2
        mount -t tmpfs none /mnt && mkdir /mnt/tree /mnt/lab &&
            mount --bind "$t" /mnt/tree &&
            mount --bind "$at" /mnt/lab && exec "$@"' \
        sh "$cache/tree" "$work" "$@"
}

# Set namespace=(…), the words before a command.
find_namespace() {
    namespace=(unshare --mount)
    [ "$(id -u)" = 0 ] || namespace=(unshare --map-root-user --mount)
    "${namespace[@]}" true 2>/dev/null || die "lab $series" \
        "no namespace is allowed here, which this kernel's compiler needs" \
        "allow it (user namespaces, or the container's rights)"
}

# The compiler's first line, for the records.
compiler() {
    local cc
    cc=x86_64-linux-gnu-$(sed -n 's/^CC = .*)\(gcc-[0-9]*\)$/\1/p' \
        "$cache/tree/$headers/.kernelvariables")
    if [ "$kind" = program ]; then
        "${CC:-cc}" --version
    elif [ "$native" = tree ]; then
        in_tree "$cc" --version
    else
        "$cc" --version
    fi | sed -n 1p
}

# The kernel's own test of the same thing, where it was built with one, and
# the program that runs it when our module is done.
build_kernels_test() {
    local test=$cache/tree/$headers/lib/test_$chapter.ko
    [ -e "$test" ] || return 0
    mkdir -p "$fs/lib"
    strip --strip-debug -o "$fs/lib/test_$chapter.ko" "$test"
    ${CC:-cc} -O2 -static -Wall -Wextra -o "$fs/programs/${chapter}_test" \
        "$ROOT/bench/$chapter/kernels_test.c" \
        >>"$work/build-log.txt" 2>&1 || build_failed
}

build_initramfs() {
    local fs=$work/initramfs
    mkdir -p "$fs/proc" "$fs/sys" "$fs/dev"
    ${CC:-cc} -O2 -static -Wall -Wextra -o "$fs/init" "$LAB/init.c" \
        "$LAB/swap.c" >>"$work/build-log.txt" 2>&1 || build_failed
    build_kernels_test
    if wants_swap; then
        mkdir -p "$fs/swap"
        cp "$cache"/swap/*.ko "$fs/swap/"
    fi
    # Times of day would make the unpacking take other instructions.
    find "$fs" -exec touch -h -d @0 {} +
    (cd "$fs" && find . | sort |
        cpio --quiet -o -H newc -R 0:0 --reproducible) \
        >"$work/initramfs.cpio"
}
