# SPDX-License-Identifier: MIT
# What measures on the host: bench/ -> build/bench, build/results/host.
#
#   bench-quick  seconds; only what changed since the last measurement
#   bench        minutes; everything, then a summary and the book
#   drift        what differs from the recorded results
#   reference    record build/results as bench/reference/<machine>
#
# Nothing is measured beside anything else: the three results files are
# made one after another even under `make -j`.

BENCH_HDR := bench/bench.h bench/stats.h bench/record.h \
             bench/counters.h bench/step.h bench/page_parts.h \
             bench/noise.h bench/kmalloc_parts.h \
             bench/kmalloc_work.h code/kmalloc/kmalloc_core.h \
             code/slab/slab_core.h bench/slab_parts.h bench/slab_work.h \
             bench/vmalloc_tlb.h code/vmalloc/vmalloc_range.h
BENCH_OBJ := $(addprefix build/bench/, \
             clock.o bench.o record.o write.o stats.o counters.o step.o)
BENCH_CFLAGS = $(CFLAGS) $(PW_CFLAGS)
BENCH_BIN := build/bench/measuring build/bench/page build/bench/slab \
             $(addprefix build/bench/slab-work-, pw malloc static calls) \
             $(addprefix build/bench/of-kmalloc/, kmalloc slab-work-pw \
             slab-work-static slab-work-malloc) \
             build/bench/vmalloc \
             build/bench/launch
HOST := build/results/host

build/bench/%.o: bench/%.c $(BENCH_HDR) $(LIB_HDR) bench/build.mk
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -DBENCH_FLAGS='"$(strip $(BENCH_CFLAGS))"' \
	    -c -o $@ $<

build/bench/measuring: build/bench/measuring.o build/bench/noise.o \
                       $(BENCH_OBJ)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

PAGE_BENCH := $(addprefix build/bench/, \
              page.o page_threads.o page_bulk.o page_state.o)

build/bench/page: $(PAGE_BENCH) $(BENCH_OBJ) build/lib/libpagewise.a
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

SLAB_BENCH := $(addprefix build/bench/, \
              slab.o slab_peers.o slab_own.o slab_state.o)

build/bench/slab: $(SLAB_BENCH) $(BENCH_OBJ) build/lib/libpagewise.a
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

# One allocator each, through its shared library.
SLAB_WORK := bench/slab_work.c bench/slab_held.c bench/clock.c

build/bench/slab-work-pw: $(SLAB_WORK) $(BENCH_HDR) build/lib/libpagewise.so
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -DSLAB_PW -o $@ $(SLAB_WORK) \
	    -Lbuild/lib -lpagewise -Wl,-rpath,'$$ORIGIN/../lib'
	@ln -sf libpagewise.so build/lib/libpagewise.so.0

build/bench/slab-work-malloc: $(SLAB_WORK) $(BENCH_HDR) $(LIB_HDR)
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $(SLAB_WORK)

# Ours once more, linked in; and two functions that do nothing.
build/bench/slab-work-static: $(SLAB_WORK) $(BENCH_HDR) \
                              build/lib/libpagewise.a
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -DSLAB_PW -o $@ $(SLAB_WORK) \
	    build/lib/libpagewise.a

build/bench/slab-work-calls: $(SLAB_WORK) bench/slab_calls.c $(BENCH_HDR) \
                             build/lib/libpagewise.so
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -fPIC -shared \
	    -o $(@D)/libslab-calls.so bench/slab_calls.c
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -DSLAB_PW -o $@ $(SLAB_WORK) \
	    -L$(@D) -lslab-calls -Lbuild/lib -lpagewise \
	    -Wl,-rpath,'$$ORIGIN:$$ORIGIN/../lib'
	@ln -sf libpagewise.so build/lib/libpagewise.so.0

# The same workers with another pair of calls, in a folder of their own,
# for slab_peers.c looks for them beside the program.
KMALLOC_BENCH := $(addprefix build/bench/, \
                 kmalloc.o kmalloc_own.o kmalloc_given.o slab_peers.o)
KMALLOC_WORK := bench/slab_work.c bench/kmalloc_work.c bench/clock.c
KMALLOC_CC = @mkdir -p $(@D); \
    $(CC) $(BENCH_CFLAGS) $(LDFLAGS) -DKMALLOC_WORK -o $@ $(KMALLOC_WORK)

build/bench/of-kmalloc/kmalloc: $(KMALLOC_BENCH) $(BENCH_OBJ) \
                                build/lib/libpagewise.a
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

build/bench/of-kmalloc/slab-work-pw: $(KMALLOC_WORK) $(BENCH_HDR) \
                                     build/lib/libpagewise.so
	$(KMALLOC_CC) -DKMALLOC_PW -Lbuild/lib -lpagewise \
	    -Wl,-rpath,'$$ORIGIN/../../lib'
	@ln -sf libpagewise.so build/lib/libpagewise.so.0

# A library that finds classes by arithmetic.
build/bench/of-kmalloc/slab-work-static: $(KMALLOC_WORK) $(BENCH_HDR) \
                                         $(LIB_ALL)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PW_CFLAGS) $(LDFLAGS) -DPW_KMALLOC_TABLE=0 -fPIC \
	    -shared -o $(@D)/libarith.so $(LIB_SRC)
	$(KMALLOC_CC) -DKMALLOC_PW -L$(@D) -larith -Wl,-rpath,'$$ORIGIN'

build/bench/of-kmalloc/slab-work-malloc: $(KMALLOC_WORK) $(BENCH_HDR)
	$(KMALLOC_CC)

build/bench/vmalloc: build/bench/vmalloc.o build/bench/vmalloc_tlb.o \
                     $(BENCH_OBJ) build/lib/libpagewise.a
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -lm

build/bench/launch: bench/launch.c
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $<

# ---- Quick: each file again when its own inputs have changed -------------

quick := BENCH_COMMAND='make bench-quick'

$(HOST)/measuring.tsv: build/bench/measuring | $(BENCH_BIN)
	@$(quick) build/bench/measuring --quick

$(HOST)/page.tsv: build/bench/page | $(HOST)/measuring.tsv
	@$(quick) build/bench/page --quick

$(HOST)/slab.tsv: build/bench/slab $(filter build/bench/slab-work-%, \
                  $(BENCH_BIN)) | $(HOST)/page.tsv
	@$(quick) build/bench/slab --quick

$(HOST)/kmalloc.tsv: $(filter build/bench/of-kmalloc/%,$(BENCH_BIN)) \
                     | $(HOST)/slab.tsv
	@$(quick) build/bench/of-kmalloc/kmalloc --quick

$(HOST)/vmalloc.tsv: build/bench/vmalloc | $(HOST)/kmalloc.tsv
	@$(quick) build/bench/vmalloc --quick

PROGRAMS_SRC := bench/programs.sh bench/programs.lua \
                $(wildcard bench/programs/*)

$(HOST)/programs.tsv: build/bench/launch $(PROGRAMS_SRC) \
                      | $(HOST)/vmalloc.tsv
	@mkdir -p $(@D)
	@$(quick) sh bench/programs.sh 7 $@

.PHONY: bench bench-quick drift reference
bench-quick: $(addprefix $(HOST)/,measuring.tsv page.tsv slab.tsv \
    kmalloc.tsv vmalloc.tsv malloc.tsv programs.tsv)

# ---- Full ----------------------------------------------------------------

full := BENCH_COMMAND='make bench'

bench: $(BENCH_BIN)
	@$(full) build/bench/measuring
	@$(full) build/bench/page
	@$(full) build/bench/slab
	@$(full) build/bench/of-kmalloc/kmalloc
	@$(full) build/bench/vmalloc
	@$(again) bench-malloc
	@$(full) sh bench/programs.sh 25 $(HOST)/programs.tsv
	@lua5.4 bench/summary.lua build/results
	@$(again) print

drift:
	@lua5.4 bench/drift.lua build/results bench/reference \
	    "$$(sh bench/machine.sh name)"

# Refuses what the reader of results would refuse.
reference:
	@lua5.4 bench/results.lua check build/results >/dev/null || { \
	    lua5.4 bench/results.lua check build/results | \
	    grep '^pagewise:' >&2; exit 1; }
	@set -e; to=bench/reference/$$(sh bench/machine.sh name); \
	    rm -rf "$$to.new"; mkdir -p "$$to.new"; \
	    cp -R build/results/. "$$to.new"; \
	    rm -rf "$$to"; mv "$$to.new" "$$to"; \
	    echo "recorded: $$to"

-include bench/malloc.mk
-include bench/lab.mk
