# SPDX-License-Identifier: MIT
#
# What checks. `make test` runs every group; `make test T="style page"`
# some, `make test ONLY='*anchors*'` the tests whose names fit.

.PHONY: test test-planted test-minimal format

T ?= style page malloc results press lab book make

BIN := build/tests/bin
TEST_SRC := $(PORT_SRC) $(PAGE_SRC)
TEST_PROGRAMS := $(BIN)/page $(BIN)/page_model $(BIN)/page_threads \
    $(BIN)/page_fuzz $(BIN)/page_answers

# The unit tests run as they would be used; the others under what sees most.
$(BIN)/page: TEST_FLAGS = -lcmocka
$(BIN)/page_model $(BIN)/page_answers: TEST_FLAGS = \
    -fsanitize=address,undefined -fno-sanitize-recover=all
$(BIN)/page_threads: TEST_FLAGS = -fsanitize=thread
$(BIN)/page_fuzz: TEST_FLAGS = -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all

$(TEST_PROGRAMS): $(BIN)/%: tests/%.c tests/says.h $(TEST_SRC) $(LIB_ALL)
	@mkdir -p $(@D)
	clang -std=c11 -O1 -g -Wall -Wextra -Werror -pthread -o $@ $< \
	    $(TEST_SRC) $(TEST_FLAGS)

-include tests/malloc.mk

test:
	@$(again) -j$(JOBS) $(TEST_PROGRAMS)
	@ONLY="$(ONLY)" sh tests/run.sh $(T)

# A fault of each kind in a copy: does its test see it? Slow; not in CI.
test-planted:
	@sh tests/planted.sh

# The README's two commands in a fresh Debian with make and certificates.
test-minimal:
	@sh tests/minimal.sh

format:
	@find code bench tests -name '*.[ch]' -exec clang-format -i {} +
