# SPDX-License-Identifier: MIT
# The model is built three ways: to see stray accesses, to see races, and in
# the checked build; the fuzz target two ways. What is tested under
# LD_PRELOAD is linked with nothing of ours.

malloc.other_tests := fuzz world library steps
TEST_PROGRAMS += $(PRELOAD) $(PRELOAD_CHECKED) $(addprefix $(BIN)/malloc_, \
    world steps library.so report_fork report_space report_end)

MALLOC_FUZZ := $(test_kind_fuzz) \
    -Wl,--wrap=mmap,--wrap=mremap,--wrap=munmap,--wrap=madvise
$(eval $(call TEST_RULE,malloc,tsan,tests/malloc/model.c, \
    -fsanitize=thread))
$(eval $(call TEST_RULE,malloc,checked,tests/malloc/model.c, \
    -DPW_MALLOC_CHECKED=1))
$(eval $(call TEST_RULE,malloc,fuzz,tests/malloc/fuzz.c,$(MALLOC_FUZZ)))
$(eval $(call TEST_RULE,malloc,checked_fuzz,tests/malloc/fuzz.c, \
    $(MALLOC_FUZZ) -DPW_MALLOC_CHECKED=1))

$(BIN)/malloc_world: tests/malloc/world.c
	$(TEST_CC) -fno-builtin $<

$(BIN)/malloc_report_%: tests/malloc/reports/%.c
	$(TEST_CC) -fno-builtin $<

$(BIN)/malloc_library.so: tests/malloc/library.c
	$(TEST_CC) -fno-builtin -fPIC -shared $<

$(BIN)/malloc_steps: tests/malloc/steps.c $(STEPS_SRC)
	$(TEST_CC) -fsanitize=address,undefined $< $(STEPS_SRC) \
	    $(call user_sources,port)
