#!/bin/sh
# SPDX-License-Identifier: MIT
# The chapters that are computed: the essay's verdicts, sentences that must
# rest on something, the guide and its card. A part of test.sh.
#
# shellcheck disable=SC2154 # names that test.sh sets

essay_prints() {
    fresh
    print_sample html card || exit 1
    says "$where/html/third.html" 'lang="zh-Hans"' '成立' \
        '6.1: 1 hold, 0 hold with a limit, 1 do not, 0 not measured' \
        '<span class="bears"> <a href="second.html#claim-p1"' \
        'title="p5: does not hold"'
    pdftotext "$where/pagewise-card.pdf" "$T/card.txt" &&
        says "$T/card.txt" '1 KiB to 16 KiB' 'near to 16 KiB' '10 to 30'
}

# Two sizes at which the cheap call was always given, a third where not.
guide_rules() {
    fresh
    print_sample html || exit 1
    tr -d '\n' <"$where/html/third.html" |
        grep -o 'data-from="[0-9]*" data-to="[0-9]*"' >"$T/ranges"
    printf '%s\n' 'data-from="1024" data-to="16384"' \
        'data-from="65536" data-to="65536"' | diff - "$T/ranges" || exit 1
    sed -i 's/\t25\t25\t25\t/\t100\t100\t100\t/' \
        "$book/reference/sample/vm-insn/6.1/which.tsv"
    print_sample html || exit 1
    grep -c 'data-from' "$where/html/third.html" | grep -qx 1 &&
        grep -q 'data-to="65536"' "$where/html/third.html"
}

# Words that two kernels share stand once, others with their kernels.
said_prints() {
    fresh
    print_sample html || exit 1
    tr -d '\n' <"$where/html/third.html" >"$T/said"
    says "$T/said" '>write after free</td>' '>−</td>' \
        '>† kernel BUG at mm/slub.c (5.10)</td>' \
        '>Poison overwritten</td>' \
        '>Object already free (5.10); KFENCE: invalid free (6.1)</td>'
}

# verdict FROM TO WORD...: the recorded verdicts change, the book stops.
verdict() {
    fresh
    sed -i "s/$1/$2/" "$book/reference/sample/vm-insn/6.1/claims.tsv"
    shift 2
    refuses "$book/third.md:8: " print_sample -k html || exit 1
    for word; do
        grep '^pagewise: ' "$T/refuses.out" | grep -qF -- "$word" ||
            { echo "no word of: $word"; exit 1; }
    done
}

check "the essay's verdicts, bound sentences and the card print" \
    essay_prints
check "what kernels said to bugs is gathered in a table" said_prints
check "what no kernel recorded is refused" fault third.md \
    's/kernels="5.10 6.1"}/kernels="5.10 6.2"}/' '^::: {.said' \
    'nobody recorded' 'KERNELS=6.2'
check "the guide's ranges follow the records" guide_rules
check "a verdict that changed stops the book" verdict \
    '^p5\t6.1\tfails' 'p5\t6.1\tlimit' p5 "was 'fails' and is 'limit'"
check "a statement without an experiment stops the book" verdict \
    '^p5\t6.1\tfails' 'p6\t6.1\tfails' 'p5 has no experiment' 'kernel 6.1'
check "a statement that no claim stands for stops the book" fault third.md \
    '/#claim-p5}/,/^:::$/d' 'tab-trial}' claim-p5
check "a sentence that rests on nothing is refused" fault third.md \
    's/^gone/& Who knows./; s/{.so when="fails(p5)"}/& Who knows./' \
    '^::: {.bound}' 'rests on nothing'
check "two sentences in one span are refused" fault third.md \
    's/buddy system\.\]/buddy system. The rest is history.]/' \
    '^::: {.bound}' 'not one sentence'
