# SPDX-License-Identifier: MIT
# Kmalloc's workers; the third has a library that finds classes by
# arithmetic.
$(eval $(call WORKERS,kmalloc,static))

build/bench/kmalloc/libarith.so: $(call part_files,kmalloc)
	@mkdir -p $(@D)
	$(BENCH_LINK) -DPW_KMALLOC_TABLE=0 -fPIC -shared \
	    $(call user_sources,kmalloc)

build/bench/kmalloc/work-static: $(kmalloc.pw) \
    build/bench/kmalloc/libarith.so
	$(BENCH_LINK) $(kmalloc.pw) $(call WITH,$(@D),arith)
