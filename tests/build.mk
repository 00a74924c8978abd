# SPDX-License-Identifier: MIT
#
# What checks. `make test` runs every group; `make test T="style page"`
# some, `make test ONLY='*anchors*'` the tests whose names fit.
#
# A group is a folder tests/<x> with a script test.sh. Where code/<x> is a
# part, each tests/<x>/*.c becomes a program build/tests/bin/<x>_<name>,
# linked with the part's sources and what it needs, and built as its name
# says: model and answers to see stray accesses, threads to see races, fuzz
# for the fuzzer; the others are unit tests, which run as they would be
# used. Programs built otherwise stand in tests/<x>/rules.mk.

.PHONY: test test-planted test-minimal format

TESTED := $(foreach p,$(PARTS),$(if $(wildcard tests/$p/test.sh),$p))
T ?= style house $(TESTED) library results bench press lab book make

BIN := build/tests/bin
UNDEFINED := -fsanitize=address,undefined -fno-sanitize-recover=all
TEST_CC = @mkdir -p $(@D) && clang -std=c11 -O1 -g -Wall -Wextra -Werror \
          -pthread -MMD -MP -MF $@.d -MT $@ -o $@

test_kind = $(or $(test_kind_$1),-lcmocka)
test_kind_model := $(UNDEFINED)
test_kind_answers := $(UNDEFINED)
test_kind_threads := -fsanitize=thread
test_kind_fuzz := $(UNDEFINED) -fsanitize=fuzzer

# $(call TEST_RULE,part,name,source,flags)
define TEST_RULE
TEST_PROGRAMS += $(BIN)/$1_$2
$(BIN)/$1_$2: $3 $(call part_files,$1)
	$$(TEST_CC) $3 $(call user_sources,$1) $4
endef
test_names = $(filter-out $($1.other_tests),$(patsubst tests/$1/%.c,%, \
    $(wildcard tests/$1/*.c)))

TEST_PROGRAMS :=
include $(wildcard tests/*/rules.mk)
$(foreach p,$(TESTED),$(foreach n,$(call test_names,$p), \
    $(eval $(call TEST_RULE,$p,$n,tests/$p/$n.c,$(call test_kind,$n)))))
-include $(wildcard $(BIN)/*.d)

# Of the programs only those of these groups, which are named after them.
test: NAMES = $(foreach group,$(T),$(BIN)/$(group)_%)
test: PROGRAMS = $(filter build/lib/% $(NAMES),$(TEST_PROGRAMS))
test:
	@$(again) -j$(JOBS) lib $(PROGRAMS)
	@ONLY="$(ONLY)" sh tests/common/run.sh $(T)

# A fault of each kind in a copy: does its test see it? Slow; not in CI.
test-planted:
	@ONLY="$(ONLY)" sh tests/common/planted.sh $(T)

# The README's two commands in a fresh Debian with make and certificates.
test-minimal:
	@sh tests/make/minimal.sh

format:
	@find code bench tests -name '*.[ch]' -exec clang-format -i {} +
