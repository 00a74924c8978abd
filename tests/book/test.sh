#!/bin/sh
# SPDX-License-Identifier: MIT
# The printed book in build/: HTML, PDF and EPUB as a reader gets them.
. tests/common/lib.sh

html=build/html
pdf=build/pagewise.pdf
epub=build/pagewise.epub
npm=build/tests/npm

printed() {
    make -s PACKAGES_DONE=1 print && test -s $html/index.html &&
        test -s $pdf && test -s $epub
}

# What npm has of the tools; below build/ and only once for a lock file.
tools() {
    command -v npm >/dev/null || {
        echo "pagewise: tests: npm is not installed; apt-get install npm"
        exit 1
    }
    cmp -s tests/book/package-lock.json $npm/package-lock.json &&
        test -d $npm/node_modules/axe-core && exit 0
    rm -rf $npm
    mkdir -p $npm
    cp tests/book/package.json tests/book/package-lock.json $npm/
    cache=$PWD/build/cache/npm
    (cd $npm && npm ci --ignore-scripts --no-audit --no-fund \
        --omit-lockfile-registry-resolved --cache "$cache") || {
        rm -rf $npm
        echo "pagewise: tests: npm cannot fetch what package.json" \
            "lists; connect to the network"
        exit 1
    }
}

valid_html() {
    # Both are said of every page that uses CSS or SVG of our time.
    find $html -name '*.html' | sort >"$T/pages"
    test -s "$T/pages" || exit 1
    xargs java -jar $npm/node_modules/vnu-jar/build/dist/vnu.jar \
        --errors-only --also-check-svg <"$T/pages"
}

browser() {
    test -d $npm/node_modules || { echo "no tools: see above"; exit 1; }
    NODE_PATH=$PWD/$npm/node_modules node tests/book/browser.js $html
}

valid_epub() {
    java -jar /usr/share/java/epubcheck.jar $epub || exit 1
    unzip_list=$(zipinfo -1 $epub 2>/dev/null || true)
    case $unzip_list in *.DS_Store*) exit 1 ;; esac
}

sound_pdf() {
    qpdf --check $pdf
}

fonts() {
    pdffonts $pdf
    pdffonts $pdf | tail -n +3 | awk '
        { emb = $(NF - 4) }
        emb != "yes" { print "not embedded: " $0; bad = 1 }
        END { exit bad || NR == 0 }'
}

pages() {
    pdfinfo $pdf
    n=$(pdfinfo $pdf | sed -n 's/^Pages: *//p')
    [ "$n" -ge 40 ]
}

metadata() {
    pdfinfo $pdf | grep -q '^Title: *Pagewise' &&
        pdfinfo $pdf | grep -q '^Author: *.' && bookmarks
}

bookmarks() {
    qpdf --json --json-key=outlines $pdf | grep -c '"title"' |
        { read -r n && [ "$n" -ge 10 ]; }
}

text() {
    pdftotext -layout $pdf "$T/book.txt"
    [ "$(wc -w <"$T/book.txt")" -gt 5000 ] || exit 1
    grep -n '??' "$T/book.txt" && exit 1
    # Nothing of the markup may be left, in print or on the pages; an asm
    # may have three colons.
    markup='\{\{|:::|\(#(lst|fig|tab|sec|ch|claim|ex)-|\[@'
    ! grep -nE "$markup" "$T/book.txt" | grep -v 'asm volatile('
}

letters() {
    log=$(tex_log)
    ! grep -n 'Missing character' "$log"
}

tex_log() {
    log=$(find build/press build/pagewise.log -name "*.log" -exec \
        grep -l "LuaHBTeX\|LuaTeX" {} + 2>/dev/null | head -n 1)
    [ -n "$log" ] || { echo "the LaTeX log is missing" >&2; exit 1; }
    echo "$log"
}

# A line that sticks out by less than half a point is not seen.
overfull() {
    log=$(tex_log) || exit 1
    ! sed -n 's/^Overfull .hbox (\([0-9.]*\)pt too wide.*/\1 &/p' "$log" |
        awk '$1 > 0.5 { print; bad = 1 } END { exit !bad }'
}

references() {
    log=$(tex_log) || exit 1
    ! grep -nE 'undefined (references|citations)|multiply defined' "$log"
}

# In another folder, whose name is a nuisance, from the same results, and
# with no home to write to.
same_again() {
    other="$T/it's a copy"
    copy_tree "$other"
    mkdir -p "$other/build"
    cp -a build/results "$other/build/"
    HOME=/proc/none make -s -C "$other" -j8 html pdf epub PACKAGES_DONE=1 ||
        exit 1
    diff -rq -x '.*' $html "$other/$html" && cmp $pdf "$other/$pdf" &&
        cmp $epub "$other/$epub" && rm -rf "$other"
}

coverage() {
    make -s coverage PACKAGES_DONE=1 >"$T/coverage"
    status=$?
    cat "$T/coverage"
    tail -n 1 "$T/coverage" | grep -qE '^ *100\.0 %' && exit $status
}

lint() {
    make -s lint PACKAGES_DONE=1
}

# The first view and the fonts, as they travel.
small() {
    size=$(cat $html/index.html $html/book.css $html/book.js | gzip -9c |
        wc -c)
    fonts=$(cat $html/fonts/*.woff2 | wc -c)
    echo "$size bytes with style and script, compressed; fonts $fonts"
    [ "$size" -lt 60000 ] && [ "$fonts" -lt 120000 ] && [ "$fonts" != 0 ]
}

# No page a third empty but a chapter's last; no heading below which nothing
# stands.
filled() {
    lua5.4 tests/book/pages.lua $pdf
}

# Contents, sections and their parts are bookmarks of three levels.
three_levels() {
    qpdf --json --json-key=outlines $pdf >"$T/outlines"
    lua5.4 -e '
        local deep, most = 0, 0
        for kids in io.read("a"):gmatch("[%[%]]") do
            deep = deep + (kids == "[" and 1 or -1)
            most = math.max(most, deep)
        end
        print(most, "levels, empty one included")
        os.exit(most >= 4)' <"$T/outlines"
}

# Formulae are set in the text's letters: no other mathematics but signs.
formulae() {
    pdffonts $pdf | tail -n +3 | tee "$T/fonts"
    grep -qi 'schola' "$T/fonts" &&
        ! grep -qiE 'CM(R|MI|SY|EX)|LMMath|LatinModern|LMRoman' "$T/fonts"
}

# A name leads to its definition, in bold, and a term to its pages.
index() {
    pdftotext -layout $pdf - | sed -n '/^ *Index$/,$p' >"$T/index"
    for word in pw_buddy_take pw_cache_free magazine watermark; do
        grep -E "$word +[0-9]" "$T/index" || { echo "no $word"; exit 1; }
    done
}

open_epub() {
    rm -rf "$T/epub"
    mkdir "$T/epub"
    (cd "$T/epub" && unzip -q "$OLDPWD/$epub")
}

# A cover; no chapter that says nothing; each line of code has its number
# and keeps its blanks; figures are of the reader's colours.
epub_pages() {
    open_epub
    text=$T/epub/EPUB/text
    grep -q 'cover-image' "$T/epub/EPUB/content.opf" ||
        { echo "no cover"; exit 1; }
    for file in "$text"/ch*.xhtml; do
        words=$(sed '1,/<body/d; s/<[^>]*>//g' "$file" | wc -w)
        [ "$words" -gt 8 ] || { echo "$file: $words words"; exit 1; }
    done
    grep -rl 'pre-wrap' "$text" && { echo "pre-wrap"; exit 1; }
    grep -rlE 'var\(--| color="black"' "$text" &&
        { echo "a colour of ours"; exit 1; }
    grep -q '<span class="l"><span class="n"> *[0-9]* </span>' \
        "$text"/ch*.xhtml || { echo "no line numbers"; exit 1; }
    grep -q '<h1[^>]*>Index</h1>' "$text"/ch*.xhtml
}

check "the book is printed" printed
check "every line of the code stands in the book (coverage 100 %)" coverage
check "the prose passes the lint" lint
check "every link and anchor leads somewhere" \
    lua5.4 tests/book/links.lua $html
check "the first page is below 60 KB, the fonts below 120 KB" small
check "the tools from npm are here" tools
check "the HTML and its SVG are valid" valid_html
each "browser" browser
check "the EPUB is valid" valid_epub
check "the EPUB has cover, numbers, index and the reader's colours" \
    epub_pages
check "the PDF is sound" sound_pdf
check "the PDF embeds every font" fonts
check "the PDF has the pages of a book" pages
check "the PDF has title, author and bookmarks" metadata
check "no page of the PDF is a third empty, no heading alone" filled
check "the PDF has bookmarks of three levels" three_levels
check "formulae are set in the letters of the text" formulae
check "the PDF has an index of terms and names" index
check "the PDF's text has no '??' and no markup" text
check "the PDF lacks no letter of its fonts" letters
check "no line of the PDF sticks out" overfull
check "LaTeX knows every reference" references
check "a second printing is the same, to the byte" same_again
finish
