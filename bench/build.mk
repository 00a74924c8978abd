# SPDX-License-Identifier: MIT
# What measures on the host: bench/ -> build/bench, build/results/host.
#
#   bench-quick  seconds; only what changed since the last measurement
#   bench        minutes; everything, then the book and a summary
#   bench-tables all that was measured
#   drift        what differs from the recorded results
#   reference    record build/results as bench/reference/<machine>
#
# bench/<x>/host.c and its parts become the program build/bench/<x>/host,
# which is linked with code/<x>, with what that needs, and with nothing
# else. lab.c and lab_*.c beside it are the chapter's part in the lab. A
# chapter without code of its own says in rules.mk what it needs; further
# programs that host starts are `<x>.beside` there.
# bench/<x>/moments.c is a program of its own: it prints states of the
# running code for diagrams (figures/*.lua), without a clock.
#
# Nothing is measured beside anything else: the results files are made one
# after another even under `make -j`.

HARNESS := $(patsubst bench/%.c,build/bench/%.o,$(filter-out %/launch.c, \
           $(wildcard bench/harness/*.c)))
BENCH_CFLAGS = $(CFLAGS) $(PW_CFLAGS)
BENCH_LINK = $(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@
HOST := build/results/host
HOSTS := $(call uniq,measuring $(PARTS) $(patsubst bench/%/host.c,%, \
         $(wildcard bench/*/host.c)))
HOSTS := $(foreach x,$(HOSTS),$(if $(wildcard bench/$x/host.c),$x))

build/bench/%.o: bench/%.c bench/build.mk
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -DBENCH_FLAGS='"$(strip $(BENCH_CFLAGS))"' \
	    -MMD -MP -c -o $@ $<

-include $(wildcard build/bench/*/*.d build/bench/*/*/*.d)

host_objects = $(patsubst bench/%.c,build/bench/%.o,$(filter-out \
    bench/$1/lab.c bench/$1/lab_%.c bench/$1/kernels_%.c \
    bench/$1/guest.c bench/$1/guest_%.c \
    bench/$1/moments.c, \
    $(wildcard bench/$1/*.c)))

# $(call HOST_RULE,x)
define HOST_RULE
build/bench/$1/host: $(call host_objects,$1) $(HARNESS) \
    $(call user_objects,$1)
	$$(BENCH_LINK) $$(filter %.o,$$^) -lm
endef

include bench/workers/workers.mk $(wildcard bench/*/rules.mk)
$(foreach x,$(HOSTS),$(eval $(call HOST_RULE,$x)))

MOMENTS := $(patsubst bench/%/moments.c,%,$(wildcard bench/*/moments.c))
define MOMENTS_RULE
build/bench/$1/moments: build/bench/$1/moments.o $(call user_objects,$1)
	$$(BENCH_LINK) $$(filter %.o,$$^)

$(HOST)/$1-moments.txt: build/bench/$1/moments
	@mkdir -p $$(@D)
	@$$< >$$@.new && mv $$@.new $$@
endef
$(foreach x,$(MOMENTS),$(eval $(call MOMENTS_RULE,$x)))
.PHONY: moments
moments: $(MOMENTS:%=$(HOST)/%-moments.txt)

BENCH_BIN := $(foreach x,$(HOSTS),build/bench/$x/host $($x.beside))

build/bench/launch: bench/harness/launch.c
	@mkdir -p $(@D)
	$(BENCH_LINK) $<

# ---- Quick: each file again when its own inputs have changed -------------

quick := BENCH_COMMAND='make bench-quick'

# $(call QUICK_RULE,x,the one before)
define QUICK_RULE
$(HOST)/$1.tsv: build/bench/$1/host $($1.beside) \
    | $(BENCH_BIN) $(2:%=$(HOST)/%.tsv)
	@$$(quick) sh bench/harness/stage.sh host-$1 \
	    build/bench/$1/host --quick
endef
previous :=
$(foreach x,$(HOSTS),$(eval $(call QUICK_RULE,$x,$(previous))) \
    $(eval previous := $x))

.PHONY: bench bench-quick bench-tables bench-programs-only compare drift \
    reference
bench-programs-only: $(BENCH_BIN) # built, not run
bench-quick: moments $(HOSTS:%=$(HOST)/%.tsv) $(HOST)/programs.tsv

# ---- Full ----------------------------------------------------------------

full := BENCH_COMMAND='make bench'

.PHONY: $(HOSTS:%=bench-%)
$(HOSTS:%=bench-%): bench-%: $(BENCH_BIN)
	@$(full) build/bench/$*/host

# All, or CHAPTER="slab"; PEERS="name=/path/lib.so" beside the known
# mallocs. RESULTS="folder folder" measures nothing: it draws them.
ifdef RESULTS
bench: compare
else
bench: moments $(BENCH_BIN)
	@CHAPTER='$(CHAPTER)' PEERS='$(PEERS)' \
	    BENCH_PRINT='$(again) -j$(JOBS) print build/press/places.tsv' \
	    sh bench/all.sh $(HOSTS) programs
endif

compare:
	@lua5.4 bench/results/compare.lua build $(RESULTS)

# Every row that was measured, in tables.
bench-tables:
	@lua5.4 bench/results/tables.lua build/results

drift:
	@lua5.4 bench/results/drift.lua build/results bench/reference \
	    "$$(sh bench/machine/machine.sh name)"

# Refuses what the reader of results would refuse.
reference:
	@check='lua5.4 bench/results/results.lua check build/results'; \
	    $$check >/dev/null || { \
	    $$check | grep '^pagewise:' >&2; exit 1; }
	@set -e; to=bench/reference/$$(sh bench/machine/machine.sh name); \
	    rm -rf "$$to.new"; mkdir -p "$$to.new"; \
	    cp -R build/results/. "$$to.new"; \
	    rm -rf "$$to"; mv "$$to.new" "$$to"; \
	    echo "recorded: $$to"

include bench/lab.mk
