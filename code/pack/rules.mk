# SPDX-License-Identifier: MIT
#
# What others get: the libraries with their headers and manual pages, in
# build/lib and installed; and one allocator alone, in build/take.
#
#   make lib                     build/lib
#   make install, uninstall      under PREFIX; DESTDIR in front of all
#   make take NAME=slab          build/take/slab: sources, Makefile, example
#   make take NAME=slab FORM=single
#                                build/take/pw_slab.h and pw_slab.c

PW_VERSION := 0.1.0
MAJOR := $(firstword $(subst ., ,$(PW_VERSION)))
OBJCOPY ?= objcopy

L := build/lib
PACK := build/pack
PACK_LUA := $(wildcard code/pack/*.lua)
pack = lua5.4 code/pack/lib.lua

# ---- The libraries: public names, and no others --------------------------

$(PACK)/names: $(LIB_OBJ) $(LIB_HDR) $(PACK_LUA)
	@mkdir -p $(@D)
	@$(pack) names $(LIB_OBJ) -- $(LIB_HDR) >$@

$(PACK)/pagewise.map: $(PACK)/names code/pack/rules.mk
	@$(pack) map $(PW_VERSION) <$< >$@

# One object, in which all names but these are local. Each function has a
# section of its own (--unique: also where two have one name), so that with
# -Wl,--gc-sections a program gets what it calls.
$L/libpagewise.a: $(LIB_OBJ) $(PACK)/names
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -r -nostdlib -Wl,--unique -o $(PACK)/all.o \
	    $(LIB_OBJ)
	$(OBJCOPY) --keep-global-symbols=$(PACK)/names \
	    $(PACK)/all.o $(PACK)/pagewise.o
	rm -f $@ && $(AR) rcsD $@ $(PACK)/pagewise.o

$L/libpagewise.so.$(MAJOR): $(LIB_PIC) $(PACK)/pagewise.map
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -pthread -Wl,-soname,$(@F) \
	    -Wl,-z,nodelete \
	    -Wl,--version-script=$(PACK)/pagewise.map -Wl,-z,defs \
	    -o $@ $(LIB_PIC)

$L/libpagewise.so: $L/libpagewise.so.$(MAJOR)
	ln -sf $(<F) $@

# ---- Headers, and how build tools find them ------------------------------

LIB_INCLUDE := $(addprefix $L/include/pagewise/,pagewise.h $(notdir \
    $(LIB_HDR)))
LIB_TOOLS := pkgconfig/pagewise.pc cmake/pagewise/pagewise-config.cmake \
    cmake/pagewise/pagewise-config-version.cmake

# $(call HEADER_RULE,header)
define HEADER_RULE
$L/include/pagewise/$(notdir $1): $1 $(PACK_LUA)
	@mkdir -p $$(@D)
	@$$(pack) header $$< >$$@
endef
$(foreach h,$(LIB_HDR),$(eval $(call HEADER_RULE,$h)))

$L/include/pagewise/pagewise.h: code/pack/rules.mk $(LIB_HDR) $(PACK_LUA)
	@mkdir -p $(@D)
	@$(pack) all $(PW_VERSION) $(filter-out code/port/%,$(LIB_HDR)) >$@

# $(call fill,template,lib,include)
fill = $(pack) fill code/pack/$1 VERSION=$(PW_VERSION) \
    MAJOR=$(MAJOR) MINOR=$(word 2,$(subst ., ,$(PW_VERSION))) \
    LIB='$2' INCLUDE='$3'

# In build/lib they lead to where they lie, wherever that is.
beside = $(if $(filter %.pc,$@),$${pcfiledir},$${CMAKE_CURRENT_LIST_DIR}/..)
$(LIB_TOOLS:%=$L/%): code/pack/rules.mk $(wildcard code/pack/pagewise*) \
    $(PACK_LUA)
	@mkdir -p $(@D)
	@$(call fill,$(@F),$${pcfiledir}/..,$(beside)/../include) >$@

# ---- Manual pages --------------------------------------------------------

MAN_NEED := $(LIB_HDR) $(foreach p,$(PARTS),$($p.example)) \
    chapters/malloc.md chapters/debugging.md book.yaml \
    code/pack/rules.mk $(PACK_LUA)
$L/man/.done: $(MAN_NEED)
	@rm -rf $(@D) && mkdir -p $(@D)
	@lua5.4 code/pack/man.lua $(PW_VERSION) $(@D) $(foreach \
	    p,$(filter-out port,$(PARTS)),$p)
	@touch $@

lib: $L/libpagewise.a $L/libpagewise.so $(LIB_INCLUDE) \
    $(LIB_TOOLS:%=$L/%) $L/man/.done

# ---- Install -------------------------------------------------------------

LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man

INSTALL_PLAIN := libpagewise.a libpagewise-malloc.so
INSTALL_FILES = $(addprefix $(LIBDIR)/,$(INSTALL_PLAIN) $(LIB_TOOLS) \
    libpagewise.so libpagewise.so.$(MAJOR)) \
    $(LIB_INCLUDE:$L/include/%=$(INCLUDEDIR)/%) \
    $(addprefix $(MANDIR)/,$(shell cd $L/man && find man* -type f))

.PHONY: install uninstall
install: lib
	@set -e; put() { install -D -m "$$1" "$$2" "$(DESTDIR)$$3"; }; \
	for f in $(INSTALL_PLAIN) libpagewise.so.$(MAJOR); do \
	    case $$f in *.a) mode=644 ;; *) mode=755 ;; esac; \
	    put $$mode "$L/$$f" "$(LIBDIR)/$$f"; done; \
	ln -sf libpagewise.so.$(MAJOR) \
	    "$(DESTDIR)$(LIBDIR)/libpagewise.so"; \
	for h in $(LIB_INCLUDE:$L/include/%=%); do \
	    put 644 "$L/include/$$h" "$(INCLUDEDIR)/$$h"; done; \
	for f in $(LIB_TOOLS); do \
	    $(call fill,$${f##*/},$(abspath $(LIBDIR)),$(abspath \
	        $(INCLUDEDIR))) \
	        >$(PACK)/tool; put 644 $(PACK)/tool "$(LIBDIR)/$$f"; done; \
	cd $L/man; for f in $$(find man* -type f); do \
	    put 644 "$$f" "$(MANDIR)/$$f"; done

# What install wrote, and the folders that nothing is left in.
uninstall: lib
	@for f in $(INSTALL_FILES); do rm -f "$(DESTDIR)$$f"; done
	@rmdir "$(DESTDIR)$(INCLUDEDIR)/pagewise" \
	    "$(DESTDIR)$(LIBDIR)/cmake/pagewise" 2>/dev/null || :

# ---- One allocator alone -------------------------------------------------

TAKE := build/take
TAKE_ALL := $(filter-out port,$(PARTS))
take_lua = lua5.4 code/pack/take.lua '$(CC)' $1 $2 $(TAKE) -- \
    $(call user_sources,$1)

# $(call TAKE_RULE,part)
define TAKE_RULE
$(TAKE)/$1/Makefile: $(call part_files,$1) $($1.example) LICENSE \
    $(call user_objects,$1) $(PACK_LUA)
	@rm -rf $$(@D) && mkdir -p $$(@D)
	@$$(call take_lua,$1,folder)
$(TAKE)/pw_$1.h: $(call part_files,$1) $(call user_objects,$1) $(PACK_LUA)
	@mkdir -p $$(@D)
	@$$(call take_lua,$1,single)
$(TAKE)/pw_$1.c: $(TAKE)/pw_$1.h ;
$(TAKE)/$1.tar.gz: $(TAKE)/$1/Makefile
	@tar -C $(TAKE) --sort=name --mtime=@0 --owner=0 --group=0 \
	    --numeric-owner -cf - $1 | gzip -9n >$$@
endef
$(foreach p,$(TAKE_ALL),$(eval $(call TAKE_RULE,$p)))

TAKE_FILES := $(foreach p,$(TAKE_ALL),$(TAKE)/$p.tar.gz \
    $(TAKE)/pw_$p.h $(TAKE)/pw_$p.c)

# What is asked for, if there is such a thing.
TAKEN := $(if $(and $(filter $(TAKE_ALL),$(NAME)),$(filter 1,$(words \
    $(NAME)))),$(if $(FORM),$(if $(filter single,$(FORM)), \
    $(TAKE)/pw_$(NAME).h),$(TAKE)/$(NAME)/Makefile))

.PHONY: take
take: $(TAKEN)
	@$(if $(TAKEN),$(say) 'taken: $(TAKEN:%/Makefile=%)$(if $(FORM), \
	    and $(TAKE)/pw_$(NAME).c)',$(say) "make take: there is no \
	    '$(NAME)'$(if $(FORM), as '$(FORM)'); say NAME= and one of \
	    $(TAKE_ALL), and FORM=single for two files" >&2; exit 1)
