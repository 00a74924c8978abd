#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The house: one manifest an allocator, and dependencies that are exact.
# Works in copies; the first gets a seventh allocator (demo/ beside this).
. tests/common/lib.sh

here=$PWD
demo=tests/house/demo
quick="make -s PACKAGES_DONE=1"

# copy NAME: the project with what was built here, but for the tests.
copy() {
    copy_tree "$T/$1"
    mkdir -p "$T/$1/build"
    for part in build/*; do
        case $part in
        build/cache | build/tests | build/lab) ;;
        *) cp -a "$part" "$T/$1/build/" ;;
        esac
    done
    ln -sfn "$here/build/cache" "$T/$1/build/cache"
}

# Moving in: three folders, a chapter, and one line of book.yaml.
move_in() {
    copy seven
    cd "$T/seven" || exit 1
    find . -path ./build -prune -o -type f -print | sort |
        xargs cksum >../before
    for part in code bench tests; do
        cp -R "$here/$demo/$part" "$part/demo"
    done
    [ "$(grep -vc '^#' code/demo/part.mk)" = 1 ] || exit 1
    cp "$here/$demo/chapters/demo.md" chapters/
    sed -i '0,/^  - malloc$/s//&\n  - demo/' book.yaml
    changed=$(awk '{ print $3 }' ../before | xargs cksum |
        diff ../before - | sed -n 's/^> .* //p')
    [ "$changed" = ./book.yaml ]
}

in_library() {
    cd "$T/seven" || exit 1
    $quick lib && nm build/lib/libpagewise.a | grep ' T pw_demo_alloc$' &&
        nm -D build/lib/libpagewise.so | grep ' T pw_demo_alloc@@PAGEWISE'
}

in_lab() {
    cd "$T/seven" || exit 1
    LAB_KVM=no $quick lab LABS=demo &&
        grep -P '^d1\t6.1\tholds\t' build/results/vm-insn/6.1/claims.tsv &&
        grep -P '^demo.behind\tpw\t\tdistance\tbytes\t.*\t112\t' \
            build/results/vm-insn/6.1/demo.tsv
}

# Its own group, and what looks at all allocators: layers, arrows, layout.
in_tests() {
    cd "$T/seven" || exit 1
    $quick test T="style demo" ONLY='[!s]*' >../tests.out
    cat ../tests.out
    grep '^ok .*demo: unit: gives_until_full' ../tests.out &&
        grep '^ok .*style: includes go down' ../tests.out &&
        ! grep '^FAIL' ../tests.out
}

checked_too() {
    cd "$T/seven" || exit 1
    sed -i 's,page/page.h,slab/slab.h,' code/demo/demo.h
    ! $quick test T=style ONLY='includes go*' >../layers.out || exit 1
    grep 'demo must not include slab' ../layers.out
}

in_book() {
    cd "$T/seven" || exit 1
    sed -i 's,slab/slab.h,page/page.h,' code/demo/demo.h
    # What the book says must be on record: one more file there.
    for record in bench/reference/*/vm-insn/6.1; do
        cp build/results/vm-insn/6.1/demo.tsv "$record/"
    done
    $quick html || exit 1
    grep -q 'pw_demo_alloc' build/html/demo*.html &&
        grep -q '112' build/html/demo*.html &&
        $quick coverage | grep 'code/demo/demo.c' | grep '100.0 %'
}

# ---- What a change touches -----------------------------------------------

# Everything is up to date in the copy; `after FILE GOAL` says what make
# would do for GOAL after a change to FILE.
settle() {
    copy exact
    cd "$T/exact" || exit 1
    mkdir -p build/results/vm-insn/6.1 build/results/host
    make -s -j2 PACKAGES_DONE=1 lib bench-programs-only \
        build/lab/6.1/said || exit 1
    labs=$(make -s PACKAGES_DONE=1 lab-plan CHAPTER=none | sed 1d)
    for x in $labs; do
        echo >"build/results/vm-insn/6.1/$x.tsv"
    done
    for f in bench/*/host.c; do
        x=${f%/host.c}
        echo >"build/results/host/${x##*/}.tsv"
    done
    find build -name '*.tsv' -exec touch {} +
    after README.md lab >../nothing
    after README.md 'bench-quick -o build/results/host/programs.tsv' \
        >>../nothing
    cat ../nothing
    [ ! -s ../nothing ]
}

# One line for each thing done: "boot x", "measure x", "link program".
after() {
    touch -r "$1" ../before
    touch -d '1 hour' "$1"
    # shellcheck disable=SC2086 # goals and options
    make -n PACKAGES_DONE=1 KERNELS=6.1 $2 2>&1 | sed -n \
        -e 's,^bench/lab/run.sh \([a-z]*\) .*,boot \1,p' \
        -e 's,.*build/bench/\([a-z]*\)/host --quick.*,measure \1,p' \
        -e 's,.* -o build/bench/\([a-z/-]*\) .*,link \1,p' |
        grep -v -e '\.so$' -e '/moments$' | sort -u
    touch -r ../before "$1"
}

# touching FILE GOAL [WANTED...]
touching() {
    cd "$T/exact" || exit 1
    file=$1
    goal=$2
    shift 2
    after "$file" "$goal" >../after
    printf '%s\n' "$@" | sed '/^$/d' | sort >../wanted
    diff ../wanted ../after
}

# A kernel more in the table boots none of the others; what is said of a
# kernel itself does. (What make -n would do is no answer here: whether a
# file is rewritten shows when it is.)
another_kernel() {
    cd "$T/exact" || exit 1
    printf '#!/bin/sh\necho boot "$1" "$2"\n' >bench/lab/run.sh
    touch -r Makefile bench/lab/run.sh
    printf 'next\tsid\tlinux-headers-amd64\n' >>bench/lab/kernels.tsv
    make -s PACKAGES_DONE=1 KERNELS=6.1 lab >../more || exit 1
    sed -i 's/^6\.1\tbookworm/6.1\ttrixie/' bench/lab/kernels.tsv
    sleep 1
    touch bench/lab/kernels.tsv
    make -s PACKAGES_DONE=1 KERNELS=6.1 lab >../own || exit 1
    cat ../more ../own
    [ ! -s ../more ] && grep -q '^boot slab 6.1$' ../own
}

host="bench-quick -o build/results/host/programs.tsv"

check "a seventh allocator moves in: one line of book.yaml" move_in
check "it is in the library" in_library
check "it is in the lab, with a claim and a record" in_lab
check "it is in the tests" in_tests
check "its manifest is enforced" checked_too
check "it is in the book, covered" in_book
check "nothing has changed: nothing is booted or measured" settle
check "slab.c: slab's and kmalloc's labs boot, no other" \
    touching code/slab/slab.c lab 'boot kmalloc' 'boot slab'
check "slab.c: what links it is measured, nothing else" \
    touching code/slab/slab.c "$host" 'measure kmalloc' 'measure slab' \
    'link kmalloc/host' 'link kmalloc/work-pw' 'link kmalloc/work-static' \
    'link slab/host' 'link slab/work-calls' 'link slab/work-pw' \
    'link slab/work-static'
check "vmalloc.c: vmalloc alone is measured" \
    touching code/vmalloc/vmalloc.c "$host" 'measure vmalloc' \
    'link vmalloc/host'
check "port_user.c: the labs with malloc in a process, no other" \
    touching code/port/port_user.c lab 'boot malloc' 'boot which'
check "an example: nothing is measured" \
    touching code/slab/example.c "$host"
check "a private header of a benchmark: one program is linked" \
    touching bench/vmalloc/tlb.h "$host" 'measure vmalloc' \
    'link vmalloc/host'
check "another kernel in the table: nothing boots but what it says of" \
    another_kernel
rm -rf "${T:?}/seven" "$T/exact"
finish
