# SPDX-License-Identifier: MIT
# malloc: the workloads, and the program that runs them under each malloc.

MALLOC_WORK := $(wildcard bench/malloc_work*.c) bench/clock.c

build/bench/malloc_work: $(MALLOC_WORK) $(BENCH_HDR) bench/malloc_work.h \
                         bench/malloc.mk
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -fno-builtin-malloc $(LDFLAGS) -o $@ \
	    $(MALLOC_WORK)

STEPS_OBJ := $(STEPS_SRC:code/%.c=build/obj/%.o)
$(STEPS_OBJ): code/malloc/steps/steps.h

MALLOC_OBJ := $(addprefix build/bench/, \
              malloc.o malloc_peers.o malloc_steps.o)
$(MALLOC_OBJ): bench/malloc_peers.h code/malloc/steps/steps.h

build/bench/malloc: $(MALLOC_OBJ) $(BENCH_OBJ) $(STEPS_OBJ) \
                    build/lib/libpagewise.a
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

MALLOC_BENCH := build/bench/malloc build/bench/malloc_work \
    build/bench/launch build/lib/libpagewise-malloc.so

$(HOST)/malloc.tsv: $(MALLOC_BENCH) | $(HOST)/page.tsv
	@$(quick) build/bench/malloc --quick

.PHONY: bench-malloc bench-malloc-programs
bench-malloc: $(MALLOC_BENCH)
	@$(full) build/bench/malloc

# Real programs under each malloc: minutes, so not in `make bench-quick`.
PROGRAM_RUNS ?= 15
peer = $(firstword $(wildcard /usr/lib/*-linux-gnu/$1))
bench-malloc-programs: $(MALLOC_BENCH)
	@mkdir -p $(HOST)
	@$(full) sh bench/programs.sh $(PROGRAM_RUNS) $(HOST)/programs.tsv \
	    glibc= pw=build/lib/libpagewise-malloc.so \
	    jemalloc=$(call peer,libjemalloc.so.2) \
	    mimalloc=$(call peer,libmimalloc.so.*) \
	    tcmalloc=$(call peer,libtcmalloc_minimal.so.4)
