# SPDX-License-Identifier: MIT
# malloc under the C and C++ names, for LD_PRELOAD, and the same with every
# check. malloc_names.c contains malloc.c and malloc_stats.c, as an alias
# must stand in one file with what it names. Threads run the library's code
# when they end, so it is never unloaded.

PRELOAD := build/lib/libpagewise-malloc.so
PRELOAD_CHECKED := build/lib/libpagewise-malloc-checked.so
PRELOAD_SRC := code/malloc/malloc_names.c $(filter-out \
    %/malloc.c %/malloc_stats.c,$(call user_sources,malloc))
PRELOAD_CFLAGS := -fPIC -fvisibility=hidden -fexceptions -fno-builtin \
                  -fno-plt

lib: $(PRELOAD)

$(PRELOAD_CHECKED): PRELOAD_FLAGS := -DPW_MALLOC_CHECKED=1
$(PRELOAD) $(PRELOAD_CHECKED): code/malloc/rules.mk
	@mkdir -p $(@D) build/obj
	$(CC) $(CFLAGS) $(PW_CFLAGS) $(PRELOAD_CFLAGS) $(PRELOAD_FLAGS) \
	    $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,nodelete \
	    -o $@ $(PRELOAD_SRC)

# One command compiles several sources, so what they include is named here.
$(PRELOAD) $(PRELOAD_CHECKED): $(wildcard $(call part_files,malloc))

build/obj/malloc/%.o build/pic/malloc/%.o: \
    PW_CFLAGS += -fvisibility=hidden -fno-builtin

# The steps that lead to it: for the book and its benchmarks, in no library.
STEPS_SRC := $(wildcard code/malloc/steps/*.c)
