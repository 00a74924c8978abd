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

# row GROUP NEED PACKAGES: a table of packages with one row.
row() {
    printf '%s\t%s\t%s\ta test\tpw-none-here\n' "$1" "$2" "$3" \
        >"$T/table"
}

doctored() {
    make -s doctor
    row lab needed pw-none,pw-other
    PACKAGES_TABLE=$T/table make -s doctor | tee "$T/doctor"
    grep -q '^lab  *missing (' "$T/doctor" &&
        grep -q -- '- a test: pw-none or pw-other$' "$T/doctor" || exit 1
    row press needed pw-none
    ! PACKAGES_TABLE=$T/table make -s doctor
}

# Without dpkg everything is looked for by itself; all that the tests use is
# here, so nothing of the book's may be missing.
undebian() {
    without dpkg-query dpkg
    PATH=$PWD/$T/bin make -s doctor | tee "$T/doctor"
    grep -q '^packages no dpkg' "$T/doctor" &&
        grep -q '^build *ok' "$T/doctor" && grep -q '^press *ok' "$T/doctor"
}

# without COMMAND...: a folder for PATH with all commands but these.
without() {
    rm -rf "${T:?}/bin"
    mkdir -p "$T/bin"
    ln -s /usr/local/bin/* "$T/bin" 2>/dev/null
    ln -sf /usr/bin/* /usr/sbin/* "$T/bin" 2>/dev/null
    (cd "$T/bin" && rm -f "$@")
}

# The table names each package once in a group, with all its fields.
table() {
    awk -F '\t' '
        /^#/ { next }
        NF != 5 || $1 !~ /^(build|bench|lab|kernel|press|test)$/ ||
            $2 !~ /^(needed|wanted)$/ || $3 !~ /^[a-z0-9.+,-]+$/ ||
            $4 == "" || $5 == "" { print "line " NR ": " $0; bad = 1 }
        { rows++ }
        seen[$1, $3]++ { print "twice: " $3; bad = 1 }
        END { exit bad || rows < 30 }' bench/machine/packages.tsv
}

# Nothing here asks for a package by name but the table.
named_once() {
    sources '*.mk' '*.c' '*.h' Makefile | xargs cat >"$T/files"
    ! awk -F '\t' '!/^#/ { print $3 }' bench/machine/packages.tsv |
        tr , '\n' | grep -E '^lib|^fonts-|^texlive-' |
        grep -nwFf - "$T/files" | grep -v '\.so\.'
}

packages() {
    PACKAGES_TABLE=$T/table sh bench/machine/packages.sh "$@"
}

# A machine without the packages, whose user is neither root nor may be.
fake_user() {
    rm -rf "${T:?}/fake"
    mkdir -p "$T/fake"
    printf '#!/bin/sh\necho 1000\n' >"$T/fake/id"
    printf '#!/bin/sh\nexit 1\n' >"$T/fake/sudo"
    chmod +x "$T"/fake/*
    PATH=$PWD/$T/fake:$PATH
}

not_root() {
    fake_user
    row build needed pw-none,pw-other
    refuses "as root: apt-get install --no-install-recommends pw-none" \
        packages get build --
}

# One that is only wanted is named, noted, and not asked for again.
only_wanted() {
    fake_user
    row bench wanted pw-none
    rm -f build/packages.without
    packages lacking build -- bench | grep pw-none &&
        packages get build -- bench 2>&1 | tee "$T/wanted" &&
        grep -q 'going on without a test (make install-' "$T/wanted" &&
        [ -z "$(packages lacking build -- bench)" ] &&
        [ -n "$(RETRY=1 packages lacking build -- bench)" ]
    status=$?
    rm -f build/packages.without
    exit $status
}

# An optional package that is nowhere to be had, and one that is: a made up
# apt sees which are asked for, and of alternatives the one that exists.
each_alone() {
    fake_user
    printf '#!/bin/sh\necho 0\n' >"$T/fake/id"
    cat >"$T/fake/apt-cache" <<'END'
#!/bin/sh
for p; do
    case $p in pw-new | pw-sole) echo "$p:"; echo '  Candidate: 1.0' ;; esac
done
END
    printf '#!/bin/sh\necho "$*" >>%s/asked\n' "$PWD/$T" \
        >"$T/fake/apt-get"
    printf '#!/bin/sh\n' >"$T/fake/dpkg"
    chmod +x "$T"/fake/*
    rm -f "$T/asked" build/packages.without
    for packages in pw-old,pw-new pw-nowhere pw-sole; do
        row bench wanted $packages
        cat "$T/table"
    done >"$T/rows"
    cp "$T/rows" "$T/table"
    packages get -- bench
    status=$?
    rm -f build/packages.without
    cat "$T/asked"
    [ $status = 0 ] && grep -q ' install .*pw-new pw-sole$' "$T/asked" &&
        ! grep -q 'pw-nowhere\|pw-old' "$T/asked"
}

not_packaged() {
    [ "$(id -u)" = 0 ] || fake_user
    row build needed pw-none
    refuses "as root: apt-get install --no-install-recommends pw-none" \
        packages get build --
}

no_such_kernel() {
    refuses "no kernel is called '9.9'" \
        make -s lab KERNELS=9.9 PACKAGES_DONE=1
}

# The lab cannot run: one line, and the book is printed all the same.
lab_missing() {
    without qemu-system-x86_64
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

# One paragraph changed: that chapter's page in under 5 s; the best of
# three, since others may use the machine, too.
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
        best=99999
        for fruit in kumquats quinces medlars; do
            printf '\nA new paragraph about %s.\n' $fruit >>chapters/page.md
            start=$(date +%s%N)
            make -s html PACKAGES_DONE=1 || exit 1
            ms=$((($(date +%s%N) - start) / 1000000))
            echo "$ms ms"
            grep -rlw $fruit build/html --include='*.html' || exit 1
            [ $ms -ge $best ] || best=$ms
        done
        [ $best -lt 5000 ]
    )
}

stopped() {
    copy_tree "$T/tree"
    ROUNDS=1 sh tests/make/killed.sh "$T/tree" lib build/lib/libpagewise.a \
        build/lib/libpagewise.so build/lib/libpagewise-malloc.so
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
check "make doctor without dpkg looks for each thing itself" undebian
check "the table of packages is whole" table
check "packages are named in the table only" named_once
check "what exists is installed, what does not is left out" each_alone
check "not root, no sudo: one line says what to install" not_root
check "what is only wanted may be missing" only_wanted
check "a package that does not exist: one line" not_packaged
check "make lab with an unknown kernel is refused" no_such_kernel
check "no QEMU: make goes on and says so" lab_missing
check "a second make makes nothing, in under 2 s" second_make
check "one paragraph changed: its page in under 5 s" one_paragraph
check "stopped at any moment: the next make is right" stopped
check "nothing is written but build/" tidy
check "make clean keeps the downloads, make distclean nothing" cleaned
rm -rf "${T:?}/bin" "$T/tree"
finish
