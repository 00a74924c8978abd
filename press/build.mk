# SPDX-License-Identifier: MIT
#
# The press: chapters, results and figures in; HTML, PDF and EPUB out.
#
#   chapter.md -reader-> .json + .xref -linker-> book.tab -renderer-> page
#
# Whatever is rewritten only when it changed has a stamp of its own, so that
# a second make starts three short processes and prints nothing.

BOOK ?= book.yaml
B ?= build
PW := $(B)/press

# What make needs of the table of contents; contents.tab is for the press.
ifneq ($(filter-out $(NO_PACKAGES),$(GOALS)),)
include $(PW)/book.mk
endif
$(PW)/book.mk: $(BOOK) press/book.lua press/base.lua
	@mkdir -p $(PW)
	@TZ=UTC BOOK='$(BOOK)' BUILD='$(B)' lua5.4 press/book.lua
	@touch $@
$(PW)/contents.tab: $(PW)/book.mk ;

ifdef DRAFT
PRESS_CHAPTERS := $(foreach c,$(PRESS_CHAPTERS),$(if $(wildcard \
    $(PRESS_DIR)/$(c).md),$(c)))
endif

press_env = BOOK='$(BOOK)' BUILD='$(B)' DRAFT='$(DRAFT)' \
    SOURCE_DATE_EPOCH=$(PRESS_EPOCH) FORCE_SOURCE_DATE=1
press_lua = $(press_env) lua5.4
press_pandoc = $(press_env) CHAPTER=$* pandoc --fail-if-warnings
PRESS_LANGUAGE := expression.lua expression_parse.lua \
    expression_functions.lua
PRESS_RESULTS := bench/results/results.lua bench/results/results_tree.lua
PRESS_READ := $(addprefix press/,base.lua book.lua source.lua mark.lua \
    sentences.lua lint.lua $(PRESS_LANGUAGE) values.lua facts.lua \
    pick.lua claims.lua read.lua lines.lua evidence.lua weight.lua \
    essay.lua choose.lua guide.lua said.lua spent.lua blocks.lua \
    reader.lua) $(PRESS_RESULTS) $(PRESS_ALLOWED)
PRESS_DRAW := $(addprefix press/,base.lua book.lua $(PRESS_LANGUAGE) \
    values.lua facts.lua pick.lua palette.lua chart.lua draw.lua \
    svg.lua figures.lua) \
    $(PRESS_RESULTS) figures/palette.tsv
PRESS_PEN := $(addprefix press/,base.lua book.lua highlight.lua cites.lua \
    render.lua)
PRESS_CITE = --lua-filter=press/cites.lua --citeproc \
    --bibliography=$(PRESS_BIB) \
    --metadata-file=$(PW)/cited.yaml -M link-citations=true \
    -M suppress-bibliography=false

PRESS_JSON := $(PRESS_CHAPTERS:%=$(PW)/%.json)
# The first chapter, when it has no number, is part of the cover's page.
PRESS_PAGES := $(PRESS_CHAPTERS) read notso \
    $(if $(wildcard $(PRESS_DIR)/glossary.md),glossary) bibliography
PRESS_HTML := $(PRESS_PAGES:%=$(PW)/%.html)
PRESS_TEX := $(PRESS_PAGES:%=$(PW)/%.tex)

PRESS_CARD := $(if $(PRESS_GUIDE),$(B)/pagewise-card.pdf)

.PHONY: html pdf pdf-book epub card figures coverage weight lint sources \
    audit statements FORCE
FORCE:
-include $(PRESS_CHAPTERS:%=$(PW)/%.d)

# The pages are published alone: the other two forms lie beside them.
html: $(B)/html/.done ; @:
pdf: $(B)/html/pagewise.pdf $(PRESS_CARD:$(B)/%=$(B)/html/%) ; @:
card: $(B)/pagewise-card.pdf ; @:
pdf-book: $(B)/pagewise-book.pdf ; @:
epub: $(B)/html/pagewise.epub ; @:
$(B)/html/pagewise%: $(B)/pagewise%
	@mkdir -p $(@D)
	@cp $< $@
figures: $(PW)/figures.done ; @:

# ---- What was measured: one sum over all results
$(PW)/results.sum: FORCE
	@mkdir -p $(PW) $(B)/figures
	@{ echo "draft=$(DRAFT)"; \
	    find $(B)/results $(PRESS_REF) -type f ! -name '*.raw.tsv' \
	    ! -name 'tmp-*' -exec cksum {} + 2>/dev/null | \
	    sort -k3; } >$@.new
	@cmp -s $@ $@.new && rm $@.new || mv $@.new $@

# ---- A chapter that book.yaml names and nobody wrote
$(foreach c,$(PRESS_CHAPTERS),$(if $(wildcard $(PRESS_DIR)/$(c).md),, \
    $(PRESS_DIR)/$(c).md)):
	@echo "pagewise: $(BOOK): there is no $@; write it or take it" \
	    "off the list" >&2; exit 1

# ---- Chapters: read once for all formats, then linked
# The essay's statements, where the book has them.
$(PW)/essay.tab: $(PRESS_ESSAY) press/essay.lua $(PW)/contents.tab
	@TZ=UTC $(press_lua) press/essay.lua
	@touch $@

# What "Which one?" chooses among.
$(PW)/guide.tab: $(PRESS_GUIDE) press/choose.lua $(PW)/contents.tab
	@TZ=UTC $(press_lua) press/choose.lua
	@touch $@

$(PW)/%.json: $(PRESS_DIR)/%.md $(PW)/contents.tab $(PW)/essay.tab \
    $(PW)/guide.tab $(PRESS_READ) $(PW)/results.sum
	@$(press_pandoc) --quiet -f press/reader.lua -t json -o $@ $<

$(PW)/%.xref: $(PW)/%.json ;

$(PW)/link.done: $(PRESS_JSON) press/link.lua press/statements.lua \
    $(PRESS_BIB)
	@$(press_lua) press/link.lua
	@touch $@
$(PW)/book.tab $(PW)/cited.yaml $(PW)/epub.yaml: $(PW)/link.done ;
$(PW)/statements.tab: $(PW)/link.done ;

# ---- Where in the book a result stands, for summaries of results
$(PW)/places.tsv: $(PW)/link.done press/places.lua press/chart.lua \
    $(wildcard $(PRESS_FIGDIR)/*.gp)
	@$(press_lua) press/places.lua
	@touch $@

# ---- What nobody writes: what was read where, what is not so here
$(PW)/read.json $(PW)/notso.json: $(PW)/%.json: $(PW)/statements.tab \
    press/appendix.lua
	@echo | $(press_pandoc) -f press/appendix.lua -t json -o $@

# ---- Figures: the data, then gnuplot for those that differ
$(PW)/figures.done: figures/style.gp $(PRESS_DRAW) \
    $(wildcard $(PRESS_FIGDIR)/*.gp $(PRESS_FIGDIR)/*.lua) \
    $(PW)/results.sum \
    $(PW)/fonts.done $(PW)/contents.tab
	@$(press_lua) press/figures.lua
	@touch $@

$(PW)/fonts.done: press/fonts.sh
	@mkdir -p $(PW)
	@sh press/fonts.sh $(B)/fonts
	@touch $@

# ---- HTML
PRESS_HTML_NEED := $(PRESS_PEN) press/html.lua $(PW)/book.tab \
    $(PW)/figures.done
press_html = $(press_pandoc) -f json -t html5 --wrap=none --mathml \
    $(PRESS_CITE) --lua-filter=press/render.lua

$(PW)/%.html: $(PW)/%.json $(PRESS_HTML_NEED)
	@$(press_html) -o $@ $<

$(PW)/bibliography.html: $(PRESS_HTML_NEED) $(PRESS_BIB)
	@printf '%s\n' '# Bibliography {#ch-bibliography .unnumbered}' '' \
	    '::: {#refs}' ':::' | CHAPTER=bibliography \
	    $(subst CHAPTER=$*,CHAPTER=bibliography,$(subst -f json,-f \
	    markdown,$(press_html))) -o $@

# The glossary belongs to no chapter: what it refers to must be there.
$(PW)/glossary.html: $(PRESS_DIR)/glossary.md $(PRESS_HTML_NEED)
	@CHAPTER=glossary $(subst CHAPTER=$*,CHAPTER=glossary,$(subst -f \
	    json,-f markdown-auto_identifiers,$(press_html))) -o $@ $<

PRESS_TAKE := $(if $(filter book.yaml,$(BOOK)),$(TAKE_FILES))
PRESS_SITE := $(addprefix press/,tokens.lua parts.lua nav.lua names.lua \
    lists.lua search.lua landing.lua colophon.lua pages.lua palette.lua \
    theme/page.html theme/book.css theme/book.js webfonts.sh)
$(B)/html/.done: $(PRESS_HTML) $(PRESS_SITE) figures/palette.tsv \
    $(wildcard $(PRESS_DIR)/landing.html) $(PW)/fonts.done $(PRESS_TAKE)
	@mkdir -p $(B)/html/fonts $(B)/html/figures $(B)/html/take
	@$(if $(PRESS_TAKE),cp $(PRESS_TAKE) $(B)/html/take/,:)
	@$(press_lua) press/pages.lua
	@cp press/theme/book.js $(B)/html/
	@cat press/webfonts.sh press/fonts.sh $(PW)/letters.txt \
	    >$(PW)/cut; \
	    cmp -s $(PW)/cut $(B)/html/fonts/.cut || { \
	    sh press/webfonts.sh $(B)/fonts $(PW)/letters.txt \
	    $(B)/html/fonts && cp $(PW)/cut $(B)/html/fonts/.cut; }
	@cp $(B)/figures/*.tsv $(B)/figures/*.pdf $(B)/html/figures/
	@find $(B)/figures -name '*.svg' ! -name '*.inline.svg' \
	    ! -name '*.narrow.svg' -exec cp -t $(B)/html/figures {} +
	@touch $@

# ---- PDF
PRESS_TEX_NEED := $(PRESS_PEN) press/latex.lua press/index.lua \
    $(wildcard chapters/glossary.md) $(PW)/book.tab $(PW)/figures.done
press_tex = $(press_pandoc) -f json -t latex --top-level-division=chapter \
    $(PRESS_CITE) --lua-filter=press/render.lua

$(PW)/%.tex: $(PW)/%.json $(PRESS_TEX_NEED)
	@$(press_tex) -o $@ $<

$(PW)/glossary.tex: $(PRESS_DIR)/glossary.md $(PRESS_TEX_NEED)
	@CHAPTER=glossary $(subst CHAPTER=$*,CHAPTER=glossary,$(subst -f \
	    json,-f markdown-auto_identifiers,$(press_tex))) -o $@ $<

$(PW)/bibliography.tex: $(PRESS_TEX_NEED) $(PRESS_BIB)
	@printf '%s\n' '::: {#refs}' ':::' | \
	    $(subst CHAPTER=$*,CHAPTER=bibliography,$(subst -f json,-f \
	    markdown,$(press_tex))) -o $@

PRESS_BOOK := $(PRESS_TEX) press/print.lua press/theme/book.tex \
    press/theme/book.mst $(PW)/fonts.done
$(B)/pagewise.pdf: $(PRESS_BOOK)
	@$(press_lua) press/print.lua
	@touch $@

# The same on pages of 17 by 24 cm, two-sided.
$(B)/pagewise-book.pdf: $(PRESS_BOOK)
	@$(press_lua) press/print.lua book
	@touch $@

# ---- The card: the guide on one page, where the book has one
$(B)/pagewise-card.pdf: $(PW)/guide.tab press/card.lua press/choose.lua \
    press/theme/card.tex $(PW)/figures.done $(PW)/fonts.done \
    $(PW)/results.sum
	@$(press_lua) press/card.lua
	@touch $@

# ---- EPUB: one run over all chapters
$(PW)/cover.png: press/cover.lua press/draw.lua figures/palette.tsv \
    $(PW)/contents.tab $(PW)/figures.done
	@$(press_lua) press/cover.lua
	@FONTCONFIG_FILE="$(CURDIR)/$(B)/figures/fonts.conf" rsvg-convert \
	    -w 1200 -h 1600 -o $@ $(PW)/cover.svg

$(PW)/glossary.json: $(PRESS_DIR)/glossary.md
	@pandoc -f markdown-auto_identifiers -t json -o $@ $<

PRESS_EPUB := $(PRESS_JSON) $(patsubst %,$(PW)/%.json,$(if $(wildcard \
    $(PRESS_DIR)/glossary.md),glossary) read notso)
$(B)/pagewise.epub: $(PRESS_EPUB) $(PRESS_PEN) press/html.lua \
    press/index.lua $(PW)/cover.png $(PW)/book.tab $(PW)/figures.done \
    press/theme/epub.css press/repack.sh
	@$(press_env) CHAPTER= pandoc -f json --file-scope $(PRESS_EPUB) \
	    -t epub3 --mathml --toc-depth=3 --css=press/theme/epub.css \
	    --epub-cover-image=$(PW)/cover.png \
	    --epub-embed-font=$(B)/fonts/sans-400.ttf \
	    --epub-embed-font=$(B)/fonts/sans-600.ttf \
	    $(PRESS_CITE) -M reference-section-title=Bibliography \
	    --lua-filter=press/render.lua \
	    --metadata-file=$(PW)/epub.yaml -o $(PW)/raw.epub
	@sh press/repack.sh $(PW)/raw.epub $@ $(PRESS_EPOCH)

# ---- Checks
coverage: $(PW)/link.done
	@$(press_lua) press/coverage.lua

weight: $(PW)/link.done
	@$(press_lua) press/weight.lua

# CH="page slab" lists what these chapters leave unbound.
lint: $(PW)/link.done
	@$(press_lua) press/lint.lua $(CH)

# What the chapters say stands in the sources, looked up and recorded.
sources: $(PW)/contents.tab
	@$(press_lua) press/sources.lua

# Statements drawn by lot: N= of them, the draw SEED= again.
audit: $(PW)/link.done
	@N='$(N)' SEED='$(SEED)' $(press_lua) press/audit.lua

# The last line of `make`.
statements: $(PW)/link.done
	@$(press_lua) press/statements.lua
