# SPDX-License-Identifier: MIT
#
# What checks. `make test` runs every group; `make test T="style page"`
# some, `make test ONLY='*anchors*'` the tests whose names fit.

.PHONY: test test-planted test-minimal format

T ?= style page slab vmalloc malloc results press lab book make

BIN := build/tests/bin
TEST_SRC := $(filter-out $(MALLOC_SRC),$(LIB_SRC))
TEST_PROGRAMS := $(BIN)/page $(BIN)/page_model $(BIN)/page_threads \
    $(BIN)/page_fuzz $(BIN)/page_answers \
    $(BIN)/slab $(BIN)/slab_shape $(BIN)/slab_refused \
    $(BIN)/slab_model $(BIN)/slab_threads $(BIN)/slab_fuzz

# The unit tests run as they would be used; the others under what sees most.
UNDEFINED := -fsanitize=address,undefined -fno-sanitize-recover=all
$(BIN)/page $(BIN)/slab $(BIN)/slab_shape $(BIN)/slab_refused: \
    TEST_FLAGS = -lcmocka
$(BIN)/page_model $(BIN)/page_answers $(BIN)/slab_model: \
    TEST_FLAGS = $(UNDEFINED)
$(BIN)/slab_bare_model: TEST_FLAGS = $(UNDEFINED) -DPW_SLAB_MAGAZINES=0 \
    -DPW_SLAB_COLOUR=0
$(BIN)/page_threads $(BIN)/slab_threads: TEST_FLAGS = -fsanitize=thread
$(BIN)/page_fuzz $(BIN)/slab_fuzz: TEST_FLAGS = $(UNDEFINED) \
    -fsanitize=fuzzer

TEST_PROGRAMS += $(addprefix $(BIN)/vmalloc,_model _threads _fuzz) \
    $(BIN)/vmalloc $(BIN)/vmalloc_refuse
$(BIN)/vmalloc $(BIN)/vmalloc_refuse: TEST_FLAGS = -lcmocka
$(BIN)/vmalloc $(BIN)/vmalloc_refuse: tests/vmalloc_begin.h
$(BIN)/vmalloc_model: TEST_FLAGS = $(UNDEFINED)
$(BIN)/vmalloc_threads: TEST_FLAGS = -fsanitize=thread
$(BIN)/vmalloc_fuzz: TEST_FLAGS = $(UNDEFINED) -fsanitize=fuzzer

TEST_RULE = @mkdir -p $(@D) && \
    clang -std=c11 -O1 -g -Wall -Wextra -Werror -pthread -o $@ $< \
    $(TEST_SRC) $(TEST_FLAGS)

$(TEST_PROGRAMS): $(BIN)/%: tests/%.c tests/says.h tests/slab_one.h \
    $(TEST_SRC) $(LIB_ALL)
	$(TEST_RULE)

# The same test of a library with everything off that can be.
$(BIN)/slab_bare_model: tests/slab_model.c $(TEST_SRC) $(LIB_ALL)
	$(TEST_RULE)

-include tests/malloc.mk

test:
	@$(again) -j$(JOBS) $(TEST_PROGRAMS) $(BIN)/slab_bare_model
	@ONLY="$(ONLY)" sh tests/run.sh $(T)

# A fault of each kind in a copy: does its test see it? Slow; not in CI.
test-planted:
	@sh tests/planted.sh

# The README's two commands in a fresh Debian with make and certificates.
test-minimal:
	@sh tests/minimal.sh

format:
	@find code bench tests -name '*.[ch]' -exec clang-format -i {} +
