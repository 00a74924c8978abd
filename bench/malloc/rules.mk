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

# Real programs under each malloc. Quick: few, and not the calls they make.
PROGRAMS_SRC := $(wildcard bench/malloc/programs/*)
mallocs = $$(build/bench/malloc/host --peers)

$(HOST)/programs.tsv: build/bench/launch $(PRELOAD) $(PROGRAMS_SRC) \
    | $(HOSTS:%=$(HOST)/%.tsv)
	@mkdir -p $(@D)
	@$(quick) sh bench/harness/stage.sh programs \
	    sh bench/malloc/programs/run.sh --quick 6 $@ $(mallocs)

PROGRAM_RUNS ?= 15
.PHONY: bench-programs
bench-programs: $(malloc.beside) build/bench/malloc/host
	@mkdir -p $(HOST)
	@$(full) sh bench/malloc/programs/run.sh $(PROGRAM_RUNS) \
	    $(HOST)/programs.tsv $(mallocs)
