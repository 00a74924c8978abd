# SPDX-License-Identifier: MIT
#
# What compiles the code: code/ -> build/obj. What is made of the objects,
# build/lib and build/take, stands in code/pack.
#
# A part is a folder code/<x> with a manifest, part.mk, which says
#
#   needs := page       the parts that it includes and calls
#   world := user       in a process only; else in a kernel module, too
#   apart := names.c    its sources that are not in the library
#   public := x.h       its public headers, if they have other names
#
# The rest follows from names: every other *.c is a source, those that end
# in _user.c or _kernel.c of one world only; example.c is a program that
# uses the part; <x>.h and <x>_user.h are public headers, all others
# private. Library, lab, benchmarks, tests, checks and coverage take what
# they need from here. A part that needs rules of its own has them in
# rules.mk.

CC ?= cc
CFLAGS ?= -O2 -g
# Not for the user to change: the language and its warnings.
PW_CFLAGS = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
            -Wstrict-prototypes -Wno-sign-conversion -fno-common -pthread \
            -ffunction-sections -fdata-sections

# ---- The manifests -------------------------------------------------------

define READ_PART
needs :=
world :=
apart :=
public := $1.h $1_user.h
include code/$1/part.mk
$1.needs := $$(needs)
$1.world := $$(world)
$1.sources := $$(filter-out $$(addprefix code/$1/,example.c $$(apart)), \
    $$(wildcard code/$1/*.c))
$1.example := $$(wildcard code/$1/example.c)
$1.headers := $$(wildcard code/$1/*.h)
$1.public := $$(wildcard $$(public:%=code/$1/%))
endef

uniq = $(if $1,$(firstword $1) $(call uniq,$(filter-out \
    $(firstword $1),$1)))
# $(call closure,x): what x needs, whatever that needs, and x; in order.
closure = $(call uniq,$(foreach n,$($1.needs),$(call closure,$n)) \
    $(if $($1.sources),$1))

PART_NAMES := $(patsubst code/%/part.mk,%,$(wildcard code/*/part.mk))
$(foreach p,$(PART_NAMES),$(eval $(call READ_PART,$p)))
PARTS := $(call uniq,$(foreach p,$(PART_NAMES),$(call closure,$p)))

# With all that x needs: sources of either world, objects, all files that
# a process may have of it, but for the examples.
user_sources = $(foreach p,$(call closure,$1),$(filter-out \
    %_kernel.c,$($p.sources)))
kernel_sources = $(foreach p,$(call closure,$1),$(filter-out \
    %_user.c,$($p.sources)))
user_objects = $(patsubst code/%.c,build/obj/%.o,$(call user_sources,$1))
user_pics = $(patsubst code/%.c,build/pic/%.o,$(call user_sources,$1))
part_files = $(foreach p,$(call closure,$1),$(filter-out %_kernel.c \
    %_kernel.h %/example.c,$(wildcard code/$p/*.[ch])))
user_headers = $(filter %.h,$(call part_files,$1))

# ---- Objects -------------------------------------------------------------

LIB_OBJ := $(call uniq,$(foreach p,$(PARTS),$(call user_objects,$p)))
LIB_PIC := $(LIB_OBJ:build/obj/%=build/pic/%)
LIB_HDR := $(foreach p,$(PARTS),$($p.public))

build/obj/%.o: code/%.c code/build.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PW_CFLAGS) -MMD -MP -c -o $@ $<

build/pic/%.o: code/%.c code/build.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PW_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

-include $(wildcard build/obj/*/*.d build/obj/*/*/*.d build/pic/*/*.d)

# ---- Libraries, and whatever else a part makes ---------------------------

.PHONY: lib
include $(wildcard code/*/rules.mk)
