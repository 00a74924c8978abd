# SPDX-License-Identifier: MIT
#
# What checks. `make test` runs every group; `make test T="style page"`
# some, `make test ONLY='*anchors*'` the tests whose names fit.

.PHONY: test test-planted test-minimal format

T ?= style page slab kmalloc vmalloc malloc results press lab book make

BIN := build/tests/bin
TEST_SRC := $(filter-out $(MALLOC_SRC),$(LIB_SRC))
TESTED := page slab kmalloc vmalloc

# The unit tests run as they would be used; the others under what sees most.
UNIT := $(TESTED) slab_shape slab_refused kmalloc_flags kmalloc_refused \
    vmalloc_refuse
MODEL := $(TESTED:%=%_model) page_answers
BARE := slab_bare_model kmalloc_bare_model
TEST_PROGRAMS := $(addprefix $(BIN)/,$(UNIT) $(MODEL) $(BARE) \
    $(TESTED:%=%_threads) $(TESTED:%=%_fuzz))

UNDEFINED := -fsanitize=address,undefined -fno-sanitize-recover=all
$(UNIT:%=$(BIN)/%): TEST_FLAGS = -lcmocka
$(MODEL:%=$(BIN)/%): TEST_FLAGS = $(UNDEFINED)
$(TESTED:%=$(BIN)/%_threads): TEST_FLAGS = -fsanitize=thread
$(TESTED:%=$(BIN)/%_fuzz): TEST_FLAGS = $(UNDEFINED) -fsanitize=fuzzer

TEST_RULE = @mkdir -p $(@D) && \
    clang -std=c11 -O1 -g -Wall -Wextra -Werror -pthread -o $@ $< \
    $(TEST_SRC) $(TEST_FLAGS)

$(filter-out $(BARE:%=$(BIN)/%),$(TEST_PROGRAMS)): $(BIN)/%: tests/%.c \
    $(wildcard tests/*.h) $(TEST_SRC) $(LIB_ALL)
	$(TEST_RULE)

# The same tests of a library with everything off that can be.
$(BIN)/slab_bare_model: TEST_FLAGS = $(UNDEFINED) -DPW_SLAB_MAGAZINES=0 \
    -DPW_SLAB_COLOUR=0
$(BIN)/kmalloc_bare_model: TEST_FLAGS = $(UNDEFINED) \
    -DPW_KMALLOC_TABLE=0 -DPW_SLAB_MAGAZINES=0
$(BARE:%=$(BIN)/%): $(BIN)/%_bare_model: tests/%_model.c \
    $(wildcard tests/*.h) $(TEST_SRC) $(LIB_ALL)
	$(TEST_RULE)

-include tests/malloc.mk

# Of the programs only those of these groups, which are named after them.
test: NAMES = $(foreach group,$(T),$(BIN)/$(group) $(BIN)/$(group)_%)
test: PROGRAMS = $(filter build/lib/% $(NAMES),$(TEST_PROGRAMS))
test:
	@$(again) -j$(JOBS) lib $(PROGRAMS)
	@ONLY="$(ONLY)" sh tests/run.sh $(T)

# A fault of each kind in a copy: does its test see it? Slow; not in CI.
test-planted:
	@ONLY="$(ONLY)" sh tests/planted.sh $(T)

# The README's two commands in a fresh Debian with make and certificates.
test-minimal:
	@sh tests/minimal.sh

format:
	@find code bench tests -name '*.[ch]' -exec clang-format -i {} +
