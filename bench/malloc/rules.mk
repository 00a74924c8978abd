# SPDX-License-Identifier: MIT
# malloc: the steps that led to it, the workloads as a program of their own,
# whole programs under each malloc.

build/bench/malloc/host: $(STEPS_SRC:code/%.c=build/obj/%.o)

MALLOC_WORK := $(patsubst bench/%.c,build/bench/%.o, \
               $(wildcard bench/malloc/work/*.c))
$(MALLOC_WORK): BENCH_CFLAGS += -fno-builtin-malloc

build/bench/malloc/run: $(MALLOC_WORK) build/bench/harness/clock.o
	$(BENCH_LINK) $^

malloc.beside := build/bench/malloc/run build/bench/launch $(PRELOAD)

PROGRAMS_SRC := $(wildcard bench/malloc/programs/*)

$(HOST)/programs.tsv: build/bench/launch $(PROGRAMS_SRC) \
    | $(HOSTS:%=$(HOST)/%.tsv)
	@mkdir -p $(@D)
	@$(quick) sh bench/malloc/programs/run.sh 7 $@

# Real programs under each malloc: minutes, so not in `make bench-quick`.
PROGRAM_RUNS ?= 15
peer = $(firstword $(wildcard /usr/lib/*-linux-gnu/$1))
.PHONY: bench-programs
bench-programs: $(malloc.beside)
	@mkdir -p $(HOST)
	@$(full) sh bench/malloc/programs/run.sh $(PROGRAM_RUNS) \
	    $(HOST)/programs.tsv \
	    glibc= pw=build/lib/libpagewise-malloc.so \
	    jemalloc=$(call peer,libjemalloc.so.2) \
	    mimalloc=$(call peer,libmimalloc.so.*) \
	    tcmalloc=$(call peer,libtcmalloc_minimal.so.4)
