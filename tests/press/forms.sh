#!/bin/sh
# SPDX-License-Identifier: MIT
# What the press's tests look at in the forms of the sample book; read by
# test.sh, which has fresh, print_sample and $where.

# shellcheck disable=SC2154

# Where a line of the PDF says that page is, and what stands there.
page_of() {
    sed -n "s/.*$1 page \([0-9]*\).*/\1/p" "$T/flat" | head -n 1
}
on_page() {
    pdftotext -f "$1" -l "$1" -layout "$where/pagewise.pdf" - |
        grep -q -- "$2"
}

# The sample keeps one listing: it stands at the book's end with its line
# numbers, and each place names the page of the other.
kept() {
    fresh
    print_sample pdf || exit 1
    pdftotext -layout "$where/pagewise.pdf" - | tr -s '\f\n ' ' ' >"$T/flat"
    there=$(page_of 'The lines are on')
    here=$(page_of 'Belongs on')
    echo "told on page $here, printed on page $there"
    [ "$there" -gt "$here" ] && on_page "$there" 'The rest of the source' &&
        on_page "$there" '^ *[0-9][0-9]* *struct bump' &&
        on_page "$here" 'What an arena is' || exit 1
    ! on_page "$here" 'struct bump {'
}

# In two formats, with what a book has.
formats() {
    fresh
    print_sample pdf pdf-book || exit 1
    pdfinfo "$where/pagewise.pdf" | grep 'Page size.*A4' &&
        pdfinfo "$where/pagewise-book.pdf" |
        grep 'Page size: *481.89 x 680.31' || exit 1
    for name in pagewise pagewise-book; do
        pdftotext -layout "$where/$name.pdf" "$T/$name.txt"
        for what in 'Edition of' 'CC BY 4.0' '^ *Contents' '^ *Figures' \
            '^ *Listings' '^ *Index' 'bump_alloc *[0-9]'; do
            grep -q -- "$what" "$T/$name.txt" ||
                { echo "$name: no $what"; exit 1; }
        done
    done
}

# A diagram in all its forms, and in an e-book in the reader's colours.
diagram() {
    fresh
    print_sample html epub || exit 1
    for kind in svg inline.svg narrow.svg epub.svg pdf tsv; do
        test -s "$where/figures/steps.$kind" ||
            { echo "no steps.$kind"; exit 1; }
    done
    grep -q 'var(--f1,#006ca9)' "$where/figures/steps.inline.svg" &&
        grep -q currentColor "$where/figures/steps.epub.svg" &&
        ! grep -qE 'var\(|color="black"' "$where"/figures/*.epub.svg
}
