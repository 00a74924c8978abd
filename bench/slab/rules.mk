# SPDX-License-Identifier: MIT
# The slab's workers; two yardsticks are ours once more, linked in, and two
# functions that do nothing.
$(eval $(call WORKERS,slab,static calls))

build/bench/slab/work-static: $(slab.pw) $(call user_objects,slab)
	$(BENCH_LINK) $^

build/bench/slab/libcalls.so: bench/slab/work/calls.c \
    $(call part_files,slab)
	@mkdir -p $(@D)
	$(BENCH_LINK) -fPIC -shared $<

build/bench/slab/work-calls: $(slab.pw) \
    build/bench/slab/libcalls.so build/bench/slab/libours.so
	$(BENCH_LINK) $(slab.pw) $(call WITH,$(@D),calls) \
	    $(call WITH,$(@D),ours)
