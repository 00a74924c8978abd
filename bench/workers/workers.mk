# SPDX-License-Identifier: MIT
#
# Workers: processes with one allocator each, which a host program starts
# (peers.c). They lie beside it as work-pw, work-malloc and so on. Their
# objects end in .pw.o where the pair is ours, in .o where it is malloc's.

build/bench/%.pw.o: bench/%.c bench/build.mk
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -DPW_WORK -MMD -MP -c -o $@ $<

# $(call WORKERS,x): those that every chapter with workers has, and ours as
# a shared library of what it needs only.
define WORKERS
$1.pw := $(addprefix build/bench/$1/work/,work.pw.o held.pw.o) \
    build/bench/harness/clock.o

build/bench/$1/libours.so: $(call user_pics,$1)
	@mkdir -p $$(@D)
	$$(BENCH_LINK) -shared $$^

build/bench/$1/work-pw: $$($1.pw) build/bench/$1/libours.so
	$$(BENCH_LINK) $$($1.pw) $$(call WITH,$$(@D),ours)

build/bench/$1/work-malloc: $$($1.pw:.pw.o=.o)
	$$(BENCH_LINK) $$^

build/bench/$1/host: build/bench/workers/peers.o
$1.beside := $(addprefix build/bench/$1/work-,pw malloc $2)
endef

# $(call WITH,folder,library): linked with it, found beside the program
WITH = -L$1 -l$2 -Wl,-rpath,'$$ORIGIN'
