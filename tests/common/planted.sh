#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Does each kind of test fail when its fault is there? For each kind one
# fault is planted in a copy of the project, and the copy's own test must
# fail. Half an hour; `make test-planted`, after a `make`. Here is what
# plants them, and the faults outside the allocators; an allocator's are in
# tests/NAME/planted.sh.
#
#     make test-planted T=slab                  those of some groups
#     make test-planted ONLY='*link*'           those whose names fit

unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS
groups=$*
here=$PWD
tree=$here/build/tests/planted
seen=0
missed=0

fresh() {
    rm -rf "$tree"
    mkdir -p "$tree/build/tests"
    tar cf - --exclude=./build --exclude=./.git . | tar xf - -C "$tree"
    for part in build/*; do
        case $part in build/cache | build/tests) ;;
        *) cp -a "$part" "$tree/build/" ;;
        esac
    done
    ln -s "$here/build/cache" "$tree/build/cache"
    [ ! -d build/tests/npm ] || cp -a build/tests/npm "$tree/build/tests/"
}

contents() {
    tar cf - --mtime=@0 -C "$tree" . | cksum
}

# plant WHAT GROUP TESTS COMMAND: run COMMAND (sh) in a copy; then of GROUP
# the tests that fit TESTS must not all pass.
plant() {
    case " ${groups:-$2} " in *" $2 "*) ;; *) return 0 ;; esac
    # shellcheck disable=SC2254 # a pattern
    case $1 in ${ONLY:-*}) ;; *) return 0 ;; esac
    fresh
    before=$(contents)
    (cd "$tree" && sh -ec "$4") && [ "$before" != "$(contents)" ] || {
        echo "BROKEN  $2: $1 (cannot be planted)"
        missed=$((missed + 1))
        return 0
    }
    log=build/tests/planted.log
    if ONLY='' make -s -C "$tree" test PACKAGES_DONE=1 T="$2" ONLY="$3" \
        >$log 2>&1 </dev/null; then
        echo "MISSED  $2: $1"
        missed=$((missed + 1))
    elif grep '^FAIL' $log | grep -q .; then
        echo "seen    $2: $1"
        grep -m 1 '^FAIL' $log | sed 's/^/          /'
        seen=$((seen + 1))
    else
        echo "BROKEN  $2: $1 (the tests did not run; see $log)"
        cp $log "$log.$missed"
        missed=$((missed + 1))
    fi
}

core=code/page/page_buddy.c

plant "a licence line is lost" style '*licence*' "sed -i 1d $core"
plant "a tab in a source" style '*tabs*' "printf '\t\n' >>$core"
plant "the port includes the page" style '*layers*' \
    "sed -i '/#include \"port.h\"/a #include \"../page/page.h\"' \
    code/port/port_user.c"
plant "the page asks whether it is in the kernel" style '*in the kernel*' \
    "printf '#ifdef __KERNEL__\n#endif\n' >>$core"
plant "a file grows too long" style '*short enough*' \
    "yes '/* */' | head -n 300 >>$core"
plant "a function on one line" style '*laid out*' \
    "echo 'int f(void) {return 1;}' >>code/page/page.c"
plant "a misspelling" style '*misspell*' \
    "printf 'T%s allocator.\\n' eh >>chapters/preface.md"

plant "a results reader that takes half a file" results '*' \
    "sed -i 's/^# end/# eof/' bench/results/results.lua; \
    find bench -name '*.lua' -exec sed -i 's/# end/# eof/g' {} +"

plant "a region that no chapter shows" book '*coverage*' \
    "printf '//> spare\nint spare;\n//< spare\n' >>$core"
plant "code outside every region" book '*coverage*' \
    "printf '\nint spare;\n' >>$core"
plant "a typed-in measurement" book '*lint*' \
    "printf '\nIt takes 17 ns.\n' >>chapters/page.md"
plant "a reference to nothing" book '*printed*' \
    "printf '\nSee [](#lst-nothing).\n' >>chapters/page.md"
plant "a link to nowhere" book '*link*' \
    "f=build/html/index.html; sed -i 's,<main,<a href=\"no.html\">x</a>&,' \
    \$f"
plant "an anchor to nowhere" book '*link*' \
    "f=build/html/index.html; sed -i 's,<main,<a href=\"#zz9\">x</a>&,' \$f"
plant "HTML that is not valid" book '*HTML*' \
    "f=build/html/index.html; sed -i 's,</main>,</div></main>,' \$f"
plant "a picture without text, grey on grey" book 'browser*' \
    "f=build/html/index.html; sed -i 's|</main>|<img src=\"data:,\"><p \
    style=\"color:#777;background:#888\">x</p>&|' \$f"
plant "a page wider than a telephone" book 'browser*' \
    "f=build/html/index.html; sed -i 's,</main>,<p \
    style=\"width:2000px\">x</p>&,' \$f"
plant "a font from elsewhere" book 'browser*' \
    "echo '@import url(https://example.org/x.css);' | cat - \
    build/html/book.css >x; mv x build/html/book.css"
plant "a search index that is broken" book 'browser*' \
    "echo 'window.PAGEWISE_INDEX = [' >build/html/search-index.js"
plant "a PDF cut short" book '*PDF is sound*' \
    "truncate -s -20000 build/pagewise.pdf"
plant "an EPUB with a page missing" book '*EPUB*' \
    "zip -qd build/pagewise.epub '*ch002*' || zip -qd build/pagewise.epub \
    '*page*xhtml'"

plant "a lab whose clock runs with ours" lab 'two runs*' \
    "sed -i 's/,rdrand=off,rdseed=off//; s/base=2026-01-01T00:00:00,//; \
    s/,clock=vm/,clock=host/' bench/lab/boot.sh"
plant "a module that leaves a warning" lab 'two runs*' \
    "sed -i 's/LAB_PLANT:-none/LAB_PLANT:-warn/' bench/lab/boot.sh"

for faults in tests/*/planted.sh; do
    [ "$faults" != tests/common/planted.sh ] || continue
    # shellcheck source=/dev/null
    . "$faults"
done

rm -rf "$tree"
echo "$seen passed, $missed failed"
[ $missed = 0 ] && [ $seen != 0 ]
