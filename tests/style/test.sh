#!/bin/sh
# SPDX-License-Identifier: MIT
# The sources: layout, layers, licences, spelling.
. tests/common/lib.sh

lua_check() {
    sources >"$T/files"
    lua5.4 tests/style/style.lua "$1" <"$T/files"
}

layout() {
    sources '*.c' '*.h' | xargs clang-format --dry-run -Werror
}

shell() {
    # Files that others source use and set what those declare.
    { sources '*.sh'; echo .ci/run; } |
        xargs shellcheck -x -S warning -e SC2034,SC2154
}

lua_syntax() {
    for f in $(sources '*.lua'); do luac5.4 -p "$f" || exit 1; done
}

# Right although codespell doubts them, with commas between.
words=te,thi,witha

spelling() {
    sources '*.md' '*.c' '*.h' '*.lua' '*.sh' '*.gp' '*.js' '*.mk' \
        Makefile book.yaml | xargs codespell -L "$words"
}

lock_file() {
    test -s tests/book/package-lock.json &&
        ! grep -n '"resolved"\|https\?://[^"]*\.tgz' \
            tests/book/package-lock.json
}

check "every file names its licence in its first line" lua_check licence
check "no tabs, no line over 76 columns, no blanks at ends" lua_check lines
check "includes go down the layers only" lua_check layers
check "data flows one way: no cycle, no arrow upwards" lua_check flow
check "only the port asks whether it is in the kernel" lua_check kernel
check "files and functions are short enough to print" lua_check lengths
check "the C sources are laid out as .clang-format says" layout
check "shell scripts pass shellcheck" shell
check "Lua scripts parse" lua_syntax
check "no misspellings" spelling
check "the npm lock file names no registry" lock_file
finish
