# SPDX-License-Identifier: MIT
#
# The one entry. `make` installs what is missing, compiles, measures, boots
# a kernel in the lab, draws and prints; `make help` lists the rest. The
# parts say how they are built in their own build.mk; all paths start at
# this folder, and everything made goes under build/. GNU make 4.3 or later.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/sh
export LC_ALL := C.UTF-8

GOALS := $(or $(MAKECMDGOALS),all)
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
KERNELS ?= 6.1
PREFIX ?= /usr/local

# ---- Packages ------------------------------------------------------------

# What each goal needs and what it can use besides: groups of the table
# bench/machine/packages.tsv. A goal in none of these lists prints the book,
# and that is done without benchmarks and kernels where it must be.
NO_PACKAGES := help doctor clean distclean
CODE_GOALS := lib install uninstall take
LAB_GOALS := lab
BENCH_GOALS := bench bench-quick bench-tables drift reference
PRESS_GOALS := html pdf pdf-book epub card print figures coverage weight \
    lint sources audit statements
TEST_GOALS := test% format
BOOK_GOALS := $(filter-out $(NO_PACKAGES) $(CODE_GOALS) $(LAB_GOALS) \
    $(BENCH_GOALS) $(PRESS_GOALS) $(TEST_GOALS),$(GOALS))

# The kernels that the lab knows, and those that are built from source.
KERNELS_KNOWN = $(shell sed -n '/^#/!s/\t.*//p' bench/lab/kernels.tsv)
KERNELS_BUILT = $(shell sed -n 's/\t.*\tlinux-source.*//p' \
    bench/lab/kernels.tsv)

goal = $(filter $1,$(GOALS))
NEED := $(if $(filter-out $(NO_PACKAGES),$(GOALS)),build) \
    $(if $(call goal,$(LAB_GOALS) $(TEST_GOALS)),lab) \
    $(if $(call goal,$(LAB_GOALS)),$(if $(filter $(KERNELS_BUILT), \
        $(KERNELS)),kernel)) \
    $(if $(call goal,$(BENCH_GOALS) $(TEST_GOALS)),bench) \
    $(if $(call goal,bench $(PRESS_GOALS) $(TEST_GOALS))$(BOOK_GOALS), \
        press) \
    $(if $(call goal,$(TEST_GOALS))$(TOOLS),test)
WANT := $(if $(BOOK_GOALS),bench lab)

packages = $(if $(call goal,install-packages),RETRY=1) \
    sh bench/machine/packages.sh
ifndef PACKAGES_DONE
MISSING := $(if $(strip $(NEED)),$(shell $(packages) lacking $(NEED) -- \
    $(WANT)))
endif

ifneq ($(strip $(MISSING)),)

# ---- First pass: something is missing ------------------------------------
# Install it, then start again: every rule sees the machine as it is now.

.PHONY: $(GOALS) packages-first
$(GOALS): packages-first
	@$(if $(filter $@,$(lastword $(GOALS))), \
	    $(MAKE) --no-print-directory PACKAGES_DONE=1 $(GOALS),:)

packages-first:
	@$(packages) get $(NEED) -- $(WANT)

else

# ---- The parts -----------------------------------------------------------

include code/build.mk
include bench/build.mk
include press/build.mk
include tests/build.mk

# ---- The book ------------------------------------------------------------

.PHONY: all measure measure-host measure-lab print \
    install-packages doctor help clean distclean

again = $(MAKE) -s PACKAGES_DONE=1
say = printf 'pagewise: %s\n'

all:
	@AGAIN='$(again)' sh bench/whole.sh $(JOBS) KERNELS='$(KERNELS)' \
	    LABS='$(filter $(PARTS),$(LAB_ALL))'
	@printf '%s\n' 'The book is printed:' '  build/html/index.html' \
	    '  build/pagewise.pdf' '  build/pagewise.epub'
	@$(again) statements

measure:
	@$(again) measure-host
	@$(again) measure-lab

# Either may fail: no tool, no network, no permission.
measure-host:
	@$(again) bench-quick || $(say) "make: the benchmark did not run; \
	the book prints recorded results" >&2

# The allocators' own labs; the short chapters print what is on record
# until `make lab` asks for theirs.
measure-lab:
	@$(again) -j$(JOBS) lab KERNELS="$(KERNELS)" \
	    LABS="$(filter $(PARTS),$(LAB_ALL))" || $(say) "make: the \
	lab did not run; the book prints recorded results" >&2

print: html pdf epub

install-packages:
	@$(say) 'packages: nothing is missing'

doctor:
	@sh bench/machine/doctor.sh

# The downloads in build/cache outlive `make clean`: without a network they
# could not come back. `make distclean` removes them too.
clean:
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 \
	    ! -name cache -exec rm -rf {} +; \
	    rmdir build 2>/dev/null || :; fi

distclean:
	@rm -rf build

define HELP
make              install what is missing, build, measure quickly, print:
                  build/html/index.html, build/pagewise.pdf and .epub
make test         every test; the last line says how many passed
make bench        the full measurement, then the book with your curves and
                  a summary; CHAPTER=slab measures only that, PEERS=
                  "name=/path/malloc.so" races further mallocs
make bench RESULTS="build/results bench/reference/NAME"
                  measures nothing: machines side by side, in
                  build/compare.html and .svg
make bench-tables all that was measured, row by row
make lab          boot kernels and run the modules:
                  KERNELS="$(KERNELS_KNOWN)", default 6.1
make lib          build/lib: libpagewise.a, .so, libpagewise-malloc.so,
                  headers, manual pages, files for pkg-config and CMake
make install, uninstall
                  the same, under PREFIX (default /usr/local)
make take NAME=slab
                  one allocator alone, in build/take: a folder, or with
                  FORM=single two files
make html, pdf, epub, card, figures
                  one form of the book, or its figures, from what is there
make pdf-book     build/pagewise-book.pdf: 17 by 24 cm, two-sided
make drift        what differs from the recorded results
make coverage     the share of the sources that stands in the book
make weight       lines of code and words of prose, chapter by chapter
make lint         the prose: typed-in measurements, words without
                  evidence; CH="page slab" lists those of chapters
make sources      look up what the prose says of kernels and glibc
make audit        N=100 statements drawn by lot, with their evidence
make format       lay out the C sources as .clang-format says
make doctor, help what is missing on this machine; this table
make install-packages
                  only install what `make` would (with test tools: TOOLS=1)
make test-planted plant a fault of each kind, see that its test fails
make test-minimal the two commands in a fresh minimal Debian
make clean        remove build/ but the downloads in build/cache
make distclean    remove build/
endef

help:
	$(info $(HELP)) @:

endif
