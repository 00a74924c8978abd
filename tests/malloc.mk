# SPDX-License-Identifier: MIT
# The programs of tests/malloc.sh. The model is built three ways: to see
# stray accesses, to see races, and in the checked build.

MALLOC_TESTS := $(addprefix $(BIN)/malloc, _model _tsan _checked)
TEST_PROGRAMS += $(BIN)/malloc $(MALLOC_TESTS) $(BIN)/malloc_world \
    $(BIN)/malloc_steps \
    build/lib/libpagewise-malloc.so build/lib/libpagewise-malloc-checked.so

$(BIN)/malloc_model: TEST_FLAGS = -fsanitize=address,undefined \
    -fno-sanitize-recover=all
$(BIN)/malloc_tsan: TEST_FLAGS = -fsanitize=thread
$(BIN)/malloc_checked: TEST_FLAGS = -DPW_MALLOC_CHECKED=1
$(BIN)/malloc: TEST_FLAGS = -lcmocka

MALLOC_CC = clang -std=c11 -O1 -g -Wall -Wextra -Werror -pthread

$(BIN)/malloc: tests/malloc.c $(LIB_ALL)
$(MALLOC_TESTS): tests/malloc_model.c $(LIB_ALL)
$(BIN)/malloc $(MALLOC_TESTS):
	@mkdir -p $(@D)
	$(MALLOC_CC) -o $@ $< $(PORT_SRC) $(MALLOC_SRC) $(TEST_FLAGS)

$(BIN)/malloc_world: tests/malloc_world.c
	@mkdir -p $(@D)
	$(MALLOC_CC) -fno-builtin -o $@ $<

$(BIN)/malloc_steps: tests/malloc_steps.c $(STEPS_SRC) $(LIB_ALL)
	@mkdir -p $(@D)
	$(MALLOC_CC) -fsanitize=address,undefined -o $@ $< $(STEPS_SRC) \
	    $(PORT_SRC)
