#!/bin/sh
# SPDX-License-Identifier: MIT
# The lint: words that compare, give causes or name versions must rest on
# something. A part of test.sh.
#
# shellcheck disable=SC2154 # names that test.sh sets

# word_fault SENTENCE WORD: the lint of words refuses it in a strict chapter
# and counts it in another.
word_fault() {
    fresh
    sed -i "s|^The smallest|$1 &|" "$book/second.md"
    line=$(grep -n -m 1 -F "$1" "$book/second.md" | cut -d: -f1)
    refuses "$book/second.md:$line: " print_sample html || exit 1
    grep '^pagewise: ' "$T/refuses.out" | grep -qF -- "$2" || exit 1
    sed -i '/^strict:/,/second/d' "$book/book.yaml"
    print_sample html || exit 1
    sed -i 's/^it would.*//' "$book/allowed.tsv"
    print_sample lint >"$T/said" &&
        grep -q '[1-9] unbound.*second' "$T/said"
}

# A row whose values name the kernel in its head needs no source for it;
# one whose values are of another kernel does.
row_heads() {
    cat >"$T/rows.lua" <<'END'
package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local lint = require "lint"
local function faults(head)
    return #lint.faults("| kernel | n |\n|---|---|\n| " .. head
        .. " | {{a.b.insn x=1 kernel=6.1}} |\n")
end
os.exit(faults("6.1") == 0 and faults("6.12") == 1)
END
    lua5.4 "$T/rows.lua"
}

# What stands in an exercise's answer, and behind it, is read as well.
in_answers() {
    cat >"$T/answers.lua" <<'END'
package.path = "press/?.lua;bench/results/?.lua;" .. package.path
local faults = require("lint").faults(table.concat({
    "::: {.exercise #ex-w}", "What?", "", ":::: answer",
    "The kernel is slower.", "::::", ":::", "The kernel is faster." },
    "\n"))
os.exit(#faults == 2 and faults[1].line == 5 and faults[2].line == 8)
END
    lua5.4 "$T/answers.lua"
}

allowed_fault() {
    fresh
    printf '%b' "$1" >>"$book/allowed.tsv"
    refuses "$2" print_sample lint
}

check "lint: a comparison bound to nothing" word_fault \
    'The kernel is slower.' slower
check "lint: a cause bound to nothing" word_fault \
    'It costs {{sample.hot.pw.ns x=0}} because of that.' because
check "lint: a version without a source" word_fault \
    'It came with 6.1 as a surprise.' 6.1
check "lint: a version that the row's values name passes" row_heads
check "lint: a function of the kernel without a source" word_fault \
    'Then `frob_pages()` runs.' frob_pages
check "lint: a ratio that no file has" word_fault \
    'It was half as long before.' 'half as long'
check "lint: an exercise's answer is read, and what follows it" in_answers
check "lint: an allowed phrase without a reason is refused" allowed_fault \
    'we said so\n' reason
check "lint: an allowed phrase that nobody uses is refused" allowed_fault \
    'we said so\t(a reason)\n' 'we said so'
