# SPDX-License-Identifier: MIT
# What builds the library: code/ -> build/obj, build/lib.

CC ?= cc
CFLAGS ?= -O2 -g
# Not for the user to change: the language and its warnings.
PW_CFLAGS = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
            -Wstrict-prototypes -Wno-sign-conversion -fno-common -pthread

PORT_SRC := code/port/port_user.c code/port/map_user.c
PAGE_SRC := code/page/page_buddy.c code/page/page_cpu.c code/page/page.c \
            code/page/page_check.c
SLAB_SRC := code/slab/slab_core.c code/slab/slab_grow.c \
            code/slab/slab_depot.c code/slab/slab_cpu.c code/slab/slab.c \
            code/slab/slab_stat.c code/slab/slab_check.c \
            code/slab/slab_debug.c
KMALLOC_SRC := $(addprefix code/kmalloc/kmalloc, \
            .c _class.c _large.c _reserve.c _realloc.c _check.c)
VMALLOC_SRC := $(addprefix code/vmalloc/vmalloc, \
            _range.c _frames.c .c _front.c _check.c)
MALLOC_SRC := $(addprefix code/malloc/, malloc.c stats.c heap.c thread.c \
              segment.c large.c region.c check.c)
STEPS_SRC := $(wildcard code/malloc/steps/*.c)
LIB_SRC  := $(PORT_SRC) $(PAGE_SRC) $(SLAB_SRC) $(KMALLOC_SRC) \
            $(VMALLOC_SRC) $(MALLOC_SRC)
LIB_HDR  := code/port/port.h code/port/port_user.h code/page/page.h \
            code/slab/slab.h code/kmalloc/kmalloc.h \
            code/vmalloc/vmalloc.h code/malloc/malloc.h
LIB_OBJ  := $(LIB_SRC:code/%.c=build/obj/%.o)
LIB_PIC  := $(LIB_SRC:code/%.c=build/pic/%.o)
LIB_ALL  := $(LIB_HDR) $(LIB_SRC) code/page/page_buddy.h \
            code/slab/slab_core.h code/kmalloc/kmalloc_core.h \
            code/vmalloc/vmalloc_range.h code/malloc/heap.h
PW_VERSION := 0.1.0

build/obj/%.o: code/%.c $(LIB_ALL) code/build.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PW_CFLAGS) -c -o $@ $<

build/pic/%.o: code/%.c $(LIB_ALL) code/build.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PW_CFLAGS) -fPIC -c -o $@ $<

.PHONY: lib install
lib: build/lib/libpagewise.a build/lib/libpagewise.so \
     build/lib/libpagewise-malloc.so

build/lib/libpagewise.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	rm -f $@ && $(AR) rcsD $@ $(LIB_OBJ)

build/lib/libpagewise.so: $(LIB_PIC)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -pthread \
	    -Wl,-soname,libpagewise.so.0 -o $@ $(LIB_PIC)

# malloc under the C and C++ names. names.c contains malloc.c and stats.c,
# as an alias must stand in one file with what it names.
MALLOC_CFLAGS := -fPIC -fvisibility=hidden -fexceptions -fno-builtin \
                 -fno-plt
MALLOC_PRELOAD := code/malloc/names.c $(PORT_SRC) \
                  $(filter-out %/malloc.c %/stats.c,$(MALLOC_SRC))

build/lib/libpagewise-malloc.so: PRELOAD_FLAGS :=
build/lib/libpagewise-malloc-checked.so: \
    PRELOAD_FLAGS := -DPW_MALLOC_CHECKED=1
build/lib/libpagewise-malloc.so build/lib/libpagewise-malloc-checked.so: \
    $(MALLOC_PRELOAD) $(LIB_ALL) code/build.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PW_CFLAGS) $(MALLOC_CFLAGS) $(PRELOAD_FLAGS) \
	    $(LDFLAGS) -shared -o $@ $(MALLOC_PRELOAD)

build/obj/malloc/%.o build/pic/malloc/%.o: \
    PW_CFLAGS += -fvisibility=hidden -fno-builtin

# Headers go out without the book's region markers.
PREFIX ?= /usr/local
install: lib
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 build/lib/libpagewise.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 build/lib/libpagewise-malloc.so \
	    $(DESTDIR)$(PREFIX)/lib
	install -m 755 build/lib/libpagewise.so \
	    $(DESTDIR)$(PREFIX)/lib/libpagewise.so.0
	ln -sf libpagewise.so.0 $(DESTDIR)$(PREFIX)/lib/libpagewise.so
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
	    'includedir=$${prefix}/include' '' 'Name: pagewise' \
	    'Description: the allocators of the book Pagewise' \
	    'Version: $(PW_VERSION)' \
	    'Libs: -L$${libdir} -lpagewise -pthread' \
	    'Cflags: -I$${includedir}/pagewise' \
	    > $(DESTDIR)$(PREFIX)/lib/pkgconfig/pagewise.pc
	@set -e; for h in $(LIB_HDR:code/%=%); do \
	    to=$(DESTDIR)$(PREFIX)/include/pagewise/$$h; \
	    install -d "$${to%/*}"; \
	    sed '/^\/\/[<>] /d' code/$$h > "$$to"; done
