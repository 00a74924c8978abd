#!/bin/sh
# SPDX-License-Identifier: MIT
# What others get: the libraries, as they are built and installed; how build
# tools find them; the manual pages; one allocator alone.
. tests/common/lib.sh

L=build/lib
here=tests/library
root=$PWD/$T/root

# pc LIBDIR OPTION...
pc() {
    where=$1/pkgconfig
    shift
    PKG_CONFIG_PATH=$where pkg-config "$@" pagewise | sed 's/ *$//'
}

# ---- names --------------------------------------------------------------

# The names that a file defines for others to see.
visible() {
    nm -P -g --defined-only "$@" | awk 'NF > 1 && $1 !~ /:$/ { print $1 }'
}

# Declared in an installed header, comments aside.
declared() {
    cat $L/include/pagewise/*.h | gcc -fpreprocessed -dD -E -P - |
        grep -oE '[A-Za-z_][A-Za-z_0-9]*' | sort -u
}

public_only() {
    visible "$1" | sort -u >"$T/names"
    declared >"$T/declared"
    grep -q '^pw_zone_alloc$' "$T/names" && grep -q '^pw_malloc$' \
        "$T/names" && ! grep -v '^pw_' "$T/names" &&
        ! comm -23 "$T/names" "$T/declared" | grep .
}

so_public_only() {
    nm -D -P --defined-only $L/libpagewise.so | sed 's/@.*//' |
        awk '$1 !~ /^PAGEWISE_/ { print $1 }' | sort -u >"$T/so-names"
    visible $L/libpagewise.a | sort -u | diff - "$T/so-names" &&
        readelf -V $L/libpagewise.so | grep 'PAGEWISE_0'
}

soname() {
    readelf -d "$1" | grep -F "soname: [$2]"
}

# Every name of the library's objects that is not public.
internal() {
    visible build/obj/*/*.o | sort -u >"$T/all"
    visible $L/libpagewise.a | sort -u | comm -13 - "$T/all" \
        >"$T/internal"
    wc -l <"$T/internal"
    grep -q '^port_map$' "$T/internal" &&
        sed 's/.*/MINE(&)/' "$T/internal" >"$T/hostile.h"
}

hostile() {
    internal || exit 1
    for with in "$L/libpagewise.a" "-L$L -lpagewise -Wl,-rpath,$PWD/$L"; do
        # shellcheck disable=SC2086 # words
        gcc -O1 -Wall -I$L/include "-DHOSTILE=\"$PWD/$T/hostile.h\"" \
            $here/user.c $with -pthread -rdynamic -o "$T/hostile" &&
            "$T/hostile" || exit 1
    done
}

collected() {
    gcc -O1 -I$L/include $here/one.c $L/libpagewise.a -pthread \
        -Wl,--gc-sections -o "$T/one" && "$T/one" || exit 1
    visible "$T/one" >"$T/one-names"
    grep -q pw_zone_alloc "$T/one-names" &&
        ! grep -xE 'pw_(malloc|vmalloc|kmalloc|cache_alloc)' "$T/one-names"
}

# ---- headers ------------------------------------------------------------

# The compilers and languages, each with its strictest words.
each_language() {
    for c in "gcc -std=c99" "gcc -std=c11" "gcc -std=c17" "clang -std=c99" \
        "clang -std=c11" "g++ -x c++ -std=c++11" "g++ -x c++ -std=c++20" \
        "clang++ -x c++ -std=c++11" "clang++ -x c++ -std=c++20"; do
        "$@" "$c -Wall -Wextra -Wpedantic -Werror" || {
            echo "with $c"
            exit 1
        }
    done
}

use_as() {
    # shellcheck disable=SC2086 # words
    ${1%%-Wall*} -I$L/include $here/user.c -x none $L/libpagewise.a \
        -pthread -o "$T/user" && "$T/user"
}

headers() {
    # shellcheck disable=SC2317 # called by each_language
    one() {
        for h in $L/include/pagewise/*.h; do
            echo "#include <pagewise/$(basename "$h")>" >"$T/one.c"
            # shellcheck disable=SC2086 # words
            $1 -fsyntax-only -I$L/include "$T/one.c" || return 1
        done
    }
    each_language one
}

no_markers() {
    test -s $L/include/pagewise/page.h &&
        ! grep -rnE '^//[<>] |__KERNEL__|_kernel|"\.\.' $L/include
}

every_header_says_fork() {
    for p in page slab kmalloc vmalloc malloc; do
        grep -q 'fork()' $L/include/pagewise/$p.h || exit 1
    done
}

# As somebody with clang would build it.
clang_quiet() {
    copy_tree "$T/clang"
    make -s -C "$T/clang" PACKAGES_DONE=1 CC=clang lib >"$T/said" 2>&1
    status=$?
    rm -r "$T/clang"
    cat "$T/said"
    [ $status = 0 ] && [ ! -s "$T/said" ]
}

# ---- installed ----------------------------------------------------------

install_all() {
    rm -rf "$root"
    make -s install PREFIX="$root" && find "$root" -type f | sort
}

installed() {
    for static in '' yes; do
        # shellcheck disable=SC2046 # words
        gcc $here/user.c -o "$T/user" $(pc "$root/lib" --cflags) $(
            if [ "$static" ]; then
                echo "$root/lib/libpagewise.a -pthread"
            else
                pc "$root/lib" --libs
            fi
        ) && LD_LIBRARY_PATH=$root/lib "$T/user" || exit 1
    done
    LD_PRELOAD=$root/lib/libpagewise-malloc.so ls "$root" >/dev/null
}

build_lib_serves() {
    # shellcheck disable=SC2046 # words
    gcc $here/user.c -o "$T/user" $(pc "$PWD/$L" --cflags --libs) &&
        LD_LIBRARY_PATH=$L "$T/user"
}

scoped() {
    [ "$(pc "$root/lib" --cflags)" = "-I$root/include" ] &&
        [ "$(ls "$root/include")" = pagewise ]
}

one_version() {
    gcc $here/user.c -o "$T/user" -I"$root/include" \
        "$root/lib/libpagewise.a" -pthread
    v=$("$T/user")
    echo "$v" && [ "$(pc "$root/lib" --modversion)" = "$v" ] &&
        grep -F "\"$v\"" "$root"/lib/cmake/pagewise/*version.cmake &&
        soname "$root/lib/libpagewise.so" "libpagewise.so.${v%%.*}" &&
        grep -F "Pagewise $v" "$root/share/man/man7/pagewise.7"
}

destdir() {
    rm -rf "$T/dest"
    make -s install DESTDIR="$PWD/$T/dest" PREFIX=/opt/pw || exit 1
    grep -x 'includedir=/opt/pw/include' \
        "$T/dest/opt/pw/lib/pkgconfig/pagewise.pc" || exit 1
    make -s uninstall DESTDIR="$PWD/$T/dest" PREFIX=/opt/pw &&
        ! find "$T/dest" -type f -o -type l | grep .
}

# Somebody else's file beside ours stays.
uninstalled() {
    echo >"$root/lib/other.so"
    make -s uninstall PREFIX="$root" &&
        [ "$(find "$root" -type f -o -type l)" = "$root/lib/other.so" ]
}

# ---- build tools --------------------------------------------------------

with_cmake() {
    rm -rf "$T/cmake"
    mkdir -p "$T/cmake"
    cp $here/user.c "$T/cmake/"
    cat >"$T/cmake/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.13)
project(user C CXX)
find_package(pagewise 0.1 REQUIRED)
add_executable(shared user.c)
target_link_libraries(shared pagewise::pagewise)
add_executable(static user.c)
target_link_libraries(static pagewise::static)
CMAKE
    (cd "$T/cmake" && cmake -DCMAKE_PREFIX_PATH="$1" -B out . &&
        cmake --build out && out/shared && out/static)
}

no_such_version() {
    with_cmake "$root" >/dev/null || exit 1
    sed -i 's/pagewise 0.1/pagewise 0.9/' "$T/cmake/CMakeLists.txt"
    rm -r "$T/cmake/out"
    ! (cd "$T/cmake" && cmake -DCMAKE_PREFIX_PATH="$root" -B out .)
}

with_meson() {
    rm -rf "$T/meson"
    mkdir -p "$T/meson"
    cp $here/user.c "$T/meson/"
    cat >"$T/meson/meson.build" <<'MESON'
project('user', 'c')
executable('user', 'user.c', dependencies: dependency('pagewise'))
MESON
    cd "$T/meson" &&
        PKG_CONFIG_PATH=$root/lib/pkgconfig meson setup out &&
        meson compile -C out && LD_LIBRARY_PATH=$root/lib out/user
}

# ---- manual pages -------------------------------------------------------

man_pages() {
    for page in 1/pagewise-malloc.1 7/pagewise.7 3/pagewise-page.3 \
        3/pagewise-slab.3 3/pagewise-kmalloc.3 3/pagewise-vmalloc.3 \
        3/pagewise-malloc.3; do
        f=$L/man/man$page
        mandoc -T lint -W warning "$f" || exit 1
        man --warnings -l "$f" 2>"$T/man.err" >"$T/man.txt" || exit 1
        [ ! -s "$T/man.err" ] && [ "$(wc -l <"$T/man.txt")" -gt 25 ] || {
            cat "$T/man.err"
            exit 1
        }
    done
}

# None of the chapters' markup, and no section without a word.
man_pages_read() {
    ! grep -rnE '\]\{|\{\{|\]\(|\[@|^:::' $L/man || exit 1
    ! awk 'FNR == 1 { heading = 0 }
        /^\.SH/ { if (heading) print FILENAME ": " last
            heading = 1; last = $0; next }
        { heading = 0 }' $L/man/man*/* | grep .
}

# Each public function has a page, and the page names it.
every_function_has_a_page() {
    visible $L/libpagewise.a | while read -r name; do
        nm $L/libpagewise.a | grep -q " T $name\$" || continue
        f=$L/man/$(sed 's/^\.so //' "$L/man/man3/$name.3") &&
            sed 's/\\-/-/g' "$f" | grep -q "$name" || exit 1
    done
}

# ---- one allocator alone ------------------------------------------------

folder() {
    rm -rf "build/take/$1"
    make -s take NAME="$1" || exit 1
    ls "build/take/$1"
    ! find "build/take/$1" | grep -E '_kernel|/lab' || exit 1
    ! grep -rnE '^//[<>] |__KERNEL__|"\.\.' "build/take/$1" || exit 1
    [ "$(wc -l <"build/take/$1/Makefile")" -le 5 ] || exit 1
    rm -rf "$T/alone"
    for cc in gcc clang; do
        cp -r "build/take/$1" "$T/alone"
        (cd "$T/alone" && make -s CC=$cc \
            CFLAGS='-O2 -std=c11 -Wall -Wextra -Werror' && ./example) ||
            exit 1
        rm -r "$T/alone"
    done
}

# With nothing that it does not need: leave out a header, and it does not
# compile; a source of another allocator, and it does not link.
nothing_else() {
    rm -rf "$T/less"
    cp -r "build/take/$1" "$T/less"
    cd "$T/less" || exit 1
    gcc -O0 -w -c ./*.c || exit 1
    for f in *.[ch]; do
        mv "$f" out
        case $f in
            "$1".[ch] | "$1"_*.[ch] | example.c) ;;
            *.h) ! gcc -w -fsyntax-only ./*.c 2>/dev/null ;;
            *) mv "${f%.c}.o" out.x
                ! gcc ./*.o -pthread -o all 2>/dev/null
                ok=$?
                mv out.x "${f%.c}.o"
                [ $ok = 0 ] ;;
        esac || {
            echo "$f is not needed"
            exit 1
        }
        mv out "$f"
    done
}

single() {
    make -s take NAME="$1" FORM=single || exit 1
    sed '/^\/\/[<>] /d; s/#include "'"$1"'.h"/#include "pw_'"$1"'.h"/' \
        "code/$1/example.c" >"$T/single.c"
    for cc in gcc clang; do
        $cc -std=c11 -O2 -Wall -Wextra -Werror -Ibuild/take "$T/single.c" \
            "build/take/pw_$1.c" -pthread -o "$T/single" && "$T/single" ||
            exit 1
    done
}

# Two allocators that share no public name, each in one piece, in one
# program: what they have inside does not meet.
two_singles() {
    for one in slab malloc; do
        object=$T/single-$one.o
        make -s take NAME=$one FORM=single &&
            gcc -O1 -c "build/take/pw_$one.c" -o "$object" || exit 1
        ! visible "$object" | grep -v '^pw_' || exit 1
    done
    printf '#include "pw_%s.h"\n' slab malloc >"$T/two.c"
    echo 'int main(void) { return pw_page_init(64) || !pw_malloc(9); }' \
        >>"$T/two.c"
    gcc -Ibuild/take "$T/two.c" "$T/single-slab.o" "$T/single-malloc.o" \
        -pthread -o "$T/two" && "$T/two"
}

downloads() {
    make -s build/take/slab.tar.gz || exit 1
    one=$(cksum <build/take/slab.tar.gz)
    rm build/take/slab.tar.gz
    make -s build/take/slab.tar.gz
    [ "$one" = "$(cksum <build/take/slab.tar.gz)" ] &&
        tar tzf build/take/slab.tar.gz | grep -x slab/example.c
}

# An example prints the same however it is linked.
example() {
    gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror "code/$1/example.c" \
        $L/libpagewise.a -pthread -o "$T/example-$1" && "$T/example-$1" &&
        [ "$(grep -cvE '^//[<>]|SPDX' "code/$1/example.c")" -le 75 ]
}

# ---- behaviour ----------------------------------------------------------

program() {
    gcc -std=gnu11 -O1 -g -Wall -Wextra -I$L/include "$here/$1.c" \
        $L/libpagewise.a -pthread -o "$T/$1" && "$T/$1"
}

check "the archive has its public names and no others" \
    public_only $L/libpagewise.a
check "the shared library exports the same, under a version" so_public_only
check "the shared library has its soname" \
    soname $L/libpagewise.so libpagewise.so.0
check "the preloaded library has its soname" \
    soname $L/libpagewise-malloc.so libpagewise-malloc.so
check "a program that defines every internal name itself links and runs" \
    hostile
check "what a program does not call can be left out" collected
check "each header alone is clean C99, C11 and C++" headers
check "the library is used from C and from C++" each_language use_as
check "CC=clang make lib works and says nothing" clang_quiet
check "headers carry no markers and nothing of the kernel's" no_markers
check "every header says what fork() does" every_header_says_fork
check "make install" install_all
check "what make install gives compiles, links and runs" installed
check "build/lib has the same, with a pkg-config file" build_lib_serves
check "the include path has one folder in it, pagewise" scoped
check "there is one version" one_version
check "CMake finds it" with_cmake "$root"
check "CMake finds it in build/lib" with_cmake "$PWD/build"
check "CMake does not find a later version" no_such_version
check "Meson finds it" with_meson
check "manual pages are without a warning" man_pages
check "manual pages have no markup of the chapters', no empty section" \
    man_pages_read
check "every public function has a manual page" every_function_has_a_page
check "make install and uninstall with DESTDIR leave nothing" destdir
check "make uninstall removes what was installed, and no more" uninstalled
for part in page slab kmalloc vmalloc malloc; do
    check "$part alone: a folder that compiles and runs" folder $part
    check "$part alone: no file too many" nothing_else $part
    check "$part alone: two files that compile and run" single $part
    check "the example of $part compiles and runs" example $part
done
check "two of the single files in one program" two_singles
for ask in "" NAME=port NAME=none "NAME=slab FORM=double"; do
    check "make take ${ask:-without a name} says which there are" \
        refuses "say NAME= and one of" make -s take $ask
done
check "a download is the same to the byte" downloads
check "no allocator frees what another has" program foreign
check "a child of fork() is stopped, and nobody else" program forks
finish
