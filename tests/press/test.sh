#!/bin/sh
# SPDX-License-Identifier: MIT
# The press on its sample book: it prints the same twice, and stops at every
# fault with the file and the line.
. tests/common/lib.sh

book=$T/book
where=$T/made

# A copy of press/sample at $book, whole.
fresh() {
    rm -rf "$book" "$where/results"
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
    refuses "$book/second.md:$line: " print_sample html
}

# ---- Words with evidence

# own_results: the reader's machine, where the clock is twice as slow and
# the kernel's small blocks are cheap.
own_results() {
    mkdir -p "$where/results/host" "$where/results/vm-insn/6.1"
    sed 's/^# machine: sample/# machine: mine/' \
        press/sample/reference/sample/host/sample.tsv |
        awk -F'\t' -v OFS='\t' 'NF == 11 && $8 + 0 > 0 {
            $8 *= 2; $9 *= 2; $10 *= 2 } 1' \
        >"$where/results/host/sample.tsv"
    awk -F'\t' -v OFS='\t' 'NF == 11 && $2 == "kernel" && $3 < 2 {
        $8 = $9 = $10 = 30 } 1' \
        press/sample/reference/sample/vm-insn/6.1/sample.tsv \
        >"$where/results/vm-insn/6.1/sample.tsv"
}

# other_machine: the reference holds one more file, of another machine.
other_machine() {
    sed 's/^# machine: sample/# machine: another/; s/\tpw\t/\tother\t/' \
        press/sample/reference/sample/host/sample.tsv \
        >"$book/reference/sample/host/other.tsv"
}

# mixed LINE-MARK SED: two machines where one is wanted.
mixed() {
    fresh
    other_machine
    sed -i "$2" "$book/second.md"
    line=$(grep -n -m 1 -- "$1" "$book/second.md" | cut -d: -f1)
    [ -n "$line" ] || exit 1
    refuses "$book/second.md:$line: " print_sample html || exit 1
    grep -q 'two machines' "$T/refuses.out"
}

mine_only() {
    fresh
    own_results
    sed 's/\tpw\t/\tnew\t/' "$where/results/host/sample.tsv" \
        >"$where/results/host/new.tsv"
    sed -i 's/{{sample.hot.pw.ns x=0}}/{{sample.hot.new.ns x=0}}/' \
        "$book/second.md"
    refuses 'on this machine only' print_sample html
    status=$?
    rm -rf "$where/results"
    return $status
}

# says FILE WORD...: the file holds each, on one line where blanks are one.
says() {
    sed 's/\xc2\xa0/ /g' "$1" | tr -s '[:space:]' ' ' >"$T/says"
    file=$1
    shift
    for word; do
        grep -qF -- "$word" "$T/says" ||
            { echo "$file does not say: $word"; exit 1; }
    done
}

on_the_recorded() {
    fresh
    print_sample html || exit 1
    ! grep -q 'class="here"\|≠' "$where/html/second.html" || exit 1
    says "$where/html/second.html" 'class="so"' \
        'data-tip="85 instructions &lt; 751 instructions"' \
        'data-tip="read in Linux 6.1 (6.1.0-1), mm/sample.c:42,' \
        "read in Pagewise, $book/bump.c:19, bump_alloc"
    says "$where/html/read.html" 'Linux 6.1 line 42, Linux 5.10: not there'
    says "$where/html/notso.html" 'Nothing was measured'
    print_sample statements >"$T/said" && cat "$T/said" &&
        says "$T/said" 'all 9 measured statements hold'
}

on_mine() {
    fresh
    own_results
    print_sample html pdf epub || exit 1
    says "$where/html/second.html" '(here 60.0 ns)' '5.02 ns' \
        'Not so on this machine: 60.0 ns &gt; 40.' \
        'not so on this machine' 'class="own"' 'In grey:' \
        'cheaper at every order'
    says "$where/html/notso.html" \
        'Of 9 measured statements 2 hold on this machine' \
        'on this machine: 60.0 ns &gt; 40'
    pdftotext "$where/pagewise.pdf" "$T/own.txt"
    says "$T/own.txt" 'Not so on this machine:' '(here 60.0 ns)' \
        'Of 9 measured statements 2 hold' 'sample_alloc: Linux 6.1 line 42'
    rm -rf "$T/epub" && mkdir "$T/epub" &&
        unzip -qo "$where/pagewise.epub" -d "$T/epub"
    cat "$T"/epub/EPUB/text/*.xhtml | sed 's/\xc2\xa0/ /g' >"$T/epub.txt"
    says "$T/epub.txt" 'Not so on this machine: 60.0 ns &gt; 40.' \
        '(here 60.0 ns)' 'Linux 6.1 line 42'
    print_sample statements >"$T/said" && says "$T/said" \
        'of 9 measured statements 2 hold on this machine; 3 do not'
}

# looked HAS: `make sources` on a source made for it, looking for HAS.
looked() {
    fresh
    for k in 6.1 5.10; do
        mkdir -p "$T/sources/kernel-$k/mm"
        echo "$k-9" >"$T/sources/kernel-$k/version"
        rm -f "$T/sources/kernel-$k/mm/sample.c"
    done
    printf '%s\n' 'int sample_alloc(struct s *s, int size);' '' \
        'int other(struct s *s)' '{' '    return s->end;' '}' \
        'int sample_alloc(struct s *s, int size)' '{' \
        '    return size <=' '        s->end - s->at;' '}' \
        >"$T/sources/kernel-6.1/mm/sample.c"
    sed -i "s|has=\"s->end - s->at\"|has=\"$1\"|" "$book/second.md"
    SOURCES=$T/sources print_sample sources
}

found_again() {
    looked 'return size <= s->end ... s->at' || exit 1
    cat "$book/source/kernel-6.1.tsv"
    grep -q 's->at.9$' "$book/source/kernel-6.1.tsv" &&
        grep -q '^# version: 6.1-9' "$book/source/kernel-6.1.tsv" &&
        grep -q 'none: no file mm/sample.c' \
            "$book/source/kernel-5.10.tsv" &&
        print_sample html
}

found_no_more() {
    refuses 'Linux 6.1 does not say so' looked 'kick(s)' || exit 1
    refuses 'Linux 6.1 does not say so' print_sample html
}

# lots: the same seed draws the same, no seed another.
lots() {
    fresh
    print_sample html || exit 1
    for n in 1 2 3; do
        print_sample audit N=4 SEED=7 >"$T/lot.$n" || exit 1
    done
    cmp "$T/lot.1" "$T/lot.2" && [ "$(grep -c ' so  \| value  ' \
        "$T/lot.1")" -gt 0 ] && says "$T/lot.1" 'SEED=7' 'second.md:' ||
        exit 1
    for n in 1 2 3 4 5; do
        print_sample audit N=4 >"$T/lot.3" || exit 1
        cmp -s "$T/lot.1" "$T/lot.3" || exit 0
    done
    exit 1
}

bad_contents() {
    fresh
    sed -i "$1" "$book/book.yaml"
    refuses "$2" print_sample html
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

. tests/press/forms.sh
check "the sample book prints" whole
check "a kept listing stands at the end, pages told both ways" kept
check "PDFs of two formats have contents, lists and an index" formats
check "a diagram is drawn for page, phone, print and e-book" diagram
check "a diagram's unknown colour is refused" fault figures/steps.lua \
    's/edge = "c1"/edge = "puce"/' 'fill = "t1"' puce
check "a diagram of a state that nobody printed is refused" fault \
    figures/steps.lua 's/sample-moments/sample-none/;1s/$/\n/' \
    'SPDX' sample-none
# shellcheck source=tests/press/trial.sh
. tests/press/trial.sh
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
check "a false claim is refused" false_claim

each "the language of values and conditions" \
    lua5.4 tests/press/expression.lua
check "evidence prints: conditions, sources, the appendices" on_the_recorded
check "the reader's own results stand beside, what is not so is marked" \
    on_mine
check "false words are refused, with condition and figures" fault \
    second.md 's/pw.insn x=\* < sample/pw.insn x=* > sample/' \
    'cheaper at every order' 'cheaper at every order' 'x=* >' 61
check "words about an unknown value are refused" fault second.md \
    's/max(sample.hot.pw.ns) < 40/max(sample.hot.pw.s) < 40/' \
    'pw.s) < 40' 'pw.s'
check "words with a condition that is none are refused" fault second.md \
    's/max(sample.hot.pw.ns) < 40/max(sample.hot.pw.ns) less 40/' \
    'less 40' 'cannot read'
check "a comparison of ns with instructions is refused" fault second.md \
    's/max(sample.hot.pw.ns) < 40/max(sample.hot.*) < 40/' \
    'max(sample.hot.\*)' 'compares'
ours='sample.hot.pw.ns x=0'
theirs='sample.hot.other.ns x=0'
check "a ratio over two machines is refused" mixed 'other.ns x=0}}' \
    's|{{max(sample.hot.pw.ns)}}|{{'"$ours / $theirs"'}}|'
check "a sentence over two machines is refused" mixed 'The smallest' \
    "s|^The smallest|{{$ours}} or {{$theirs}}. &|"
check "a row of a table over two machines is refused" mixed \
    'tab-hot select' 's|select="sample.hot.\*.insn"|select="*.hot.*.ns"|'
check "a value that only this machine has is refused" mine_only
check "a source that was not looked into is refused" fault second.md \
    's/has="s->end - s->at"/has="s->at"/' 'kernel="6.1"' 'Linux 6.1' \
    'make sources'
check "a source that does not say so is refused" fault second.md \
    's/kernel="6.1"/kernel="5.10"/; s/^absent="5.10" /absent="" /' \
    'kernel="5.10"' 'Linux 5.10 does not say so'
check "a source that has it after all is refused" fault second.md \
    's/absent="5.10"/absent="6.1"/' 'kernel="6.1"' 'after all' \
    'mm/sample.c:42'
check "a source span without a pattern is refused" fault second.md \
    's/has="s->end - s->at"//' 'kernel="6.1"' 'has='
check "our own code that does not say so is refused" fault second.md \
    's/has="size > b->cap - at"/has="size > b->cap - that"/' \
    'source file=' 'does not say so'
check "markup that would be printed as it stands is refused" \
    fault second.md 's/\[a subtraction\]{/[a subtraction] {/' \
    'subtraction\] {' '{.source' 'as it stands'
check "an argument that no word shows is refused" fault second.md \
    's/so neither sum can wrap/neither sum wraps/' 'neither sum wraps' \
    argued
check "make sources looks up, and records line and version" found_again
check "make sources says what is not found, and the book refuses it" \
    found_no_more
check "make audit draws by lot, the same for a seed" lots
# shellcheck source=tests/press/words.sh
. tests/press/words.sh
check "a table of contents that is no YAML is refused" bad_contents \
    's/^title:.*/title: [/' "$book/book.yaml:"
check "a strict chapter that is none is refused" bad_contents \
    's/^  - second$/  - second\n  - third/' third
rm -rf "$where-1" "$where-2"
finish
