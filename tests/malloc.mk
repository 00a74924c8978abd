# SPDX-License-Identifier: MIT
# The programs of tests/malloc.sh. The model is built three ways: to see
# stray accesses, to see races, and in the checked build; the fuzz target
# two ways.

MALLOC_TESTS := $(addprefix $(BIN)/malloc, _model _tsan _checked)
MALLOC_FUZZ := $(addprefix $(BIN)/malloc, _fuzz _checked_fuzz)
TEST_PROGRAMS += $(BIN)/malloc $(MALLOC_TESTS) $(BIN)/malloc_world \
    $(BIN)/malloc_library.so $(BIN)/malloc_steps $(MALLOC_FUZZ) \
    build/lib/libpagewise-malloc.so build/lib/libpagewise-malloc-checked.so

$(BIN)/malloc_model: TEST_FLAGS = -fsanitize=address,undefined \
    -fno-sanitize-recover=all
$(BIN)/malloc_tsan: TEST_FLAGS = -fsanitize=thread
$(BIN)/malloc_checked: TEST_FLAGS = -DPW_MALLOC_CHECKED=1
$(BIN)/malloc: TEST_FLAGS = -lcmocka
$(MALLOC_FUZZ): TEST_FLAGS = $(UNDEFINED) -fsanitize=fuzzer \
    -Wl,--wrap=mmap,--wrap=mremap,--wrap=munmap
$(BIN)/malloc_checked_fuzz: TEST_FLAGS += -DPW_MALLOC_CHECKED=1

MALLOC_CC = clang -std=c11 -O1 -g -Wall -Wextra -Werror -pthread

$(BIN)/malloc: tests/malloc.c $(LIB_ALL)
$(MALLOC_TESTS): tests/malloc_model.c $(LIB_ALL)
$(MALLOC_FUZZ): tests/malloc_fuzz.c tests/fuzz.h $(LIB_ALL)
$(BIN)/malloc $(MALLOC_TESTS) $(MALLOC_FUZZ):
	@mkdir -p $(@D)
	$(MALLOC_CC) -o $@ $< $(PORT_SRC) $(MALLOC_SRC) $(TEST_FLAGS)

$(BIN)/malloc_world: tests/malloc_world.c
	@mkdir -p $(@D)
	$(MALLOC_CC) -fno-builtin -o $@ $<

$(BIN)/malloc_library.so: tests/malloc_library.c
	@mkdir -p $(@D)
	$(MALLOC_CC) -fno-builtin -fPIC -shared -o $@ $<

$(BIN)/malloc_steps: tests/malloc_steps.c $(STEPS_SRC) $(LIB_ALL)
	@mkdir -p $(@D)
	$(MALLOC_CC) -fsanitize=address,undefined -o $@ $< $(STEPS_SRC) \
	    $(PORT_SRC)
