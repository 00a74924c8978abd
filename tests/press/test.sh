#!/bin/sh
# SPDX-License-Identifier: MIT
# The press on its sample book: it prints the same twice, and stops at every
# fault with the file and the line.
. tests/common/lib.sh

book=$T/book
where=$T/made

# A copy of press/sample at $book, whole.
fresh() {
    rm -rf "$book"
    cp -R press/sample "$book"
    find "$book" -type f -name "*.[mgy]*" \
        -exec sed -i "s|press/sample|$book|g" {} +
}

print_sample() {
    make -s "$@" BOOK="$book/book.yaml" B="$where" PACKAGES_DONE=1
}

whole() {
    fresh
    print_sample html
}

# fault FILE SED MARK WORD...: after the edit the press refuses the book. It
# names the file and the line that MARK (a pattern) is on, and says WORDs.
fault() {
    file=$book/$1
    fresh
    cp "$file" "$T/before"
    sed -i "$2" "$file"
    ! cmp -s "$T/before" "$file" || { echo "nothing edited"; exit 1; }
    line=$(grep -n -m 1 -- "$3" "$file" | cut -d: -f1)
    [ -n "$line" ] || { echo "no line has $3"; exit 1; }
    shift 3
    refuses "$file:$line: " print_sample html || exit 1
    for word; do
        grep '^pagewise: ' "$T/refuses.out" | grep -qiF -- "$word" ||
            { echo "no word of: $word"; exit 1; }
    done
}

# 77 columns: one too many.
long=$(printf '/* %71s */' long)

source_fault() {
    fresh
    sed -i "$1" "$book/bump.c"
    refuses "$2" print_sample html || exit 1
    shift 2
    for word; do
        grep '^pagewise: ' "$T/refuses.out" | grep -qiF -- "$word" ||
            { echo "no word of: $word"; exit 1; }
    done
}

half_results() {
    fresh
    data=$book/reference/sample/host/sample.tsv
    head -c $(($(wc -c <"$data") / 2)) "$data" >"$T/half"
    cp "$T/half" "$data"
    refuses "$data" print_sample html
}

false_claim() {
    fresh
    sed -i 's/x=0 <= sample.hot.kernel/x=0 > sample.hot.kernel/' \
        "$book/second.md"
    line=$(grep -n 'claim-less when' "$book/second.md" | cut -d: -f1)
    refuses "$book/second.md:$line: " print_sample html RELEASE=1
}

# sum DIR: what the book's files are, by contents.
sums() {
    (cd "$1" && find html pagewise.pdf pagewise.epub -type f \
        ! -name '.*' -exec sha256sum {} + | sort -k 2)
}

twice() {
    fresh
    rm -rf "$where-1" "$where-2"
    for n in 1 2; do
        [ -d "$where/fonts" ] && mkdir -p "$where-$n" &&
            cp -a "$where/fonts" "$where-$n/"
        make -s html pdf epub BOOK="$book/book.yaml" B="$where-$n" \
            PACKAGES_DONE=1 || exit 1
        sums "$where-$n" >"$T/sums.$n"
        sleep 1
    done
    [ "$(grep -c . "$T/sums.1")" -gt 5 ] || exit 1
    diff "$T/sums.1" "$T/sums.2"
}

check "the sample book prints" whole
check "two printings are the same, to the byte (HTML, PDF, EPUB)" twice

check "an unknown value is refused" fault second.md \
    's/sample.hot.pw.insn x=3}}/sample.hot.pw.nonsense x=3}}/' \
    'pw.nonsense' nonsense
check "an unknown x is refused" fault second.md \
    's/{{sample.hot.pw.ns x=0}}/{{sample.hot.pw.ns x=77}}/' 'x=77' 77
check "a missing region is refused" fault second.md \
    's/region="types"/region="tipes"/' 'region="tipes"' tipes
check "a missing source is refused" fault second.md \
    's/bump.c" region="types"/bamp.c" region="types"/' 'bamp.c' bamp.c
check "a missing figure is refused" fault second.md \
    's/src="hot"/src="cold"/' 'src="cold"' cold
check "an unresolved reference is refused" fault second.md \
    's/\[\](#tab-hot)/[](#tab-cold)/' '(#tab-cold)' tab-cold
check "an anchor given twice is refused" fault second.md \
    's/{#sec-claims}/{#sec-alloc}/' '^## Claims' sec-alloc
check "an unknown citation is refused" fault second.md \
    's/@knowlton1965, p/@knowlton2065, p/' 'knowlton2065' knowlton2065
check "a hand-typed measurement is refused" fault second.md \
    's/^The bump/It takes 7 ns. &/; s/^The smallest/It takes 7 ns. &/' \
    'takes 7 ns' '7 ns'
check "hand-typed instructions are refused" fault second.md \
    's/^The smallest/It takes 40 instructions. &/' 'takes 40' 40
check "hand-typed per cent are refused" fault first.md \
    's/^More text/It saves 20 %. &/' 'saves 20' '20'
check "an unknown claim is refused" fault second.md \
    's/#claim-p1/#claim-zz9/' 'claim-zz9' zz9
check "a claim about an unknown value is refused" fault second.md \
    's/when="sample.hot.pw.insn/when="sample.hot.pw.none/' \
    'pw.none' none
check "an output that no run recorded is refused" fault second.md \
    's/sample-info.txt/sample-nothing.txt/' 'sample-nothing' sample-nothing
check "an empty table is refused" fault second.md \
    's/select="sample.hot.\*.insn"/select="sample.cold.*.insn"/' \
    'sample.cold' sample.cold

check "an unused region is refused" source_fault \
    '$a //> spare\nint spare;\n//< spare' "$book/bump.c:28: " spare
check "a nested region is refused" source_fault \
    '/^struct bump/i //> inner' "$book/bump.c:5: " inner
check "a region without an end is refused" source_fault \
    '$d' "$book/bump.c:11: " alloc
check "a region given twice is refused" source_fault \
    's/alloc$/types/' "$book/bump.c:11: " types
check "a code line over 76 columns is refused" source_fault \
    "/^struct bump/i $long" "$book/bump.c:5: " 76
check "results cut in half are refused" half_results
check "a false claim stops a release" false_claim
rm -rf "$where-1" "$where-2"
finish
