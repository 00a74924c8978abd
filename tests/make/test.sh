#!/bin/sh
# SPDX-License-Identifier: MIT
# The Makefile as its user meets it.
. tests/common/lib.sh

helped() {
    make -s help >"$T/help"
    for goal in all test bench lab lib install html pdf epub figures drift \
        coverage lint doctor help clean; do
        [ $goal = all ] || grep -qw "$goal" "$T/help" ||
            { echo "help does not tell of $goal"; exit 1; }
        make -n PACKAGES_DONE=1 $goal >/dev/null || exit 1
    done
}

doctored() {
    make -s doctor
    # shellcheck disable=SC2016
    make -s doctor PACKAGES_LAB='no-such-package' | tee "$T/doctor"
    grep -q '^lab .*missing: no-such-package' "$T/doctor"
}

# A machine without the packages, whose user is neither root nor may be.
fake_user() {
    rm -rf "${T:?}/fake"
    mkdir -p "$T/fake"
    printf '#!/bin/sh\necho 1000\n' >"$T/fake/id"
    printf '#!/bin/sh\nexit 1\n' >"$T/fake/sudo"
    chmod +x "$T"/fake/*
}

not_root() {
    fake_user
    refuses "as root: apt-get install --no-install-recommends pw-none" \
        env PATH="$T/fake:$PATH" sh tests/packages.sh pw-none ""
}

only_wanted() {
    fake_user
    PATH="$T/fake:$PATH" sh tests/packages.sh "" pw-none 2>&1 |
        tee "$T/wanted"
    grep -q 'going on without pw-none' "$T/wanted"
}

not_packaged() {
    [ "$(id -u)" = 0 ] || { not_root; exit; }
    refuses "as root: apt-get install --no-install-recommends pw-none" \
        sh tests/packages.sh pw-none ""
}

no_such_kernel() {
    refuses "no kernel is called '9.9'" \
        make -s lab KERNELS=9.9 PACKAGES_DONE=1
}

# The lab cannot run: one line, and the book is printed all the same.
lab_missing() {
    rm -rf "${T:?}/bin"
    mkdir -p "$T/bin"
    ln -s /usr/bin/* /usr/sbin/* "$T/bin" 2>/dev/null
    rm -f "$T"/bin/qemu-system-*
    copy_tree "$T/tree"
    PATH=$PWD/$T/bin make -s -C "$T/tree" measure-lab PACKAGES_DONE=1 2>&1 |
        tee "$T/lab"
    grep -q '^pagewise: lab: qemu-system-x86_64 is not' "$T/lab" &&
        grep -q '^pagewise: make: the lab did not run; the book prints' \
            "$T/lab"
}

# Nothing changed: nothing is made, in under 2 s.
second_make() {
    make -s PACKAGES_DONE= || exit 1
    touch "$T/mark"
    start=$(date +%s%N)
    make -s PACKAGES_DONE= || exit 1
    ms=$((($(date +%s%N) - start) / 1000000))
    echo "$ms ms"
    find build/html build/pagewise.* build/lib build/results \
        -newer "$T/mark" -type f | tee "$T/newer"
    [ ! -s "$T/newer" ] && [ $ms -lt 2000 ]
}

# One paragraph changed: that chapter's page in under 5 s.
one_paragraph() {
    copy_tree "$T/tree"
    mkdir -p "$T/tree/build"
    for part in build/*; do
        case $part in build/cache | build/tests | build/lab) ;;
        *) cp -a "$part" "$T/tree/build/" ;;
        esac
    done
    (
        cd "$T/tree" || exit 1
        make -s html PACKAGES_DONE=1 || exit 1
        sleep 1
        printf '\nA new paragraph about kumquats.\n' >>chapters/page.md
        start=$(date +%s%N)
        make -s html PACKAGES_DONE=1 || exit 1
        ms=$((($(date +%s%N) - start) / 1000000))
        echo "$ms ms"
        grep -rlw kumquats build/html --include='*.html' | grep . &&
            [ $ms -lt 5000 ]
    )
}

tidy() {
    is_checkout || exit 0
    git status --porcelain --ignored | grep '^!!' | tee "$T/ignored"
    ! grep -v '^!! build/$' "$T/ignored"
}

cleaned() {
    copy_tree "$T/tree"
    mkdir -p "$T/tree/build/cache/lab" "$T/tree/build/html/x"
    make -s -C "$T/tree" clean && test -d "$T/tree/build/cache/lab" &&
        test ! -e "$T/tree/build/html" && make -s -C "$T/tree" distclean &&
        test ! -e "$T/tree/build"
}

check "make help tells of every command, and each exists" helped
check "make doctor names what is missing" doctored
check "not root, no sudo: one line says what to install" not_root
check "what is only wanted may be missing" only_wanted
check "a package that does not exist: one line" not_packaged
check "make lab with an unknown kernel is refused" no_such_kernel
check "no QEMU: make goes on and says so" lab_missing
check "a second make makes nothing, in under 2 s" second_make
check "one paragraph changed: its page in under 5 s" one_paragraph
check "nothing is written but build/" tidy
check "make clean keeps the downloads, make distclean nothing" cleaned
rm -rf "${T:?}/bin" "$T/tree"
finish
