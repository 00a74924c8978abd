# SPDX-License-Identifier: MIT
# The model once more, of a library with everything off that can be.
$(eval $(call TEST_RULE,kmalloc,bare_model,tests/kmalloc/model.c, \
    $(UNDEFINED) -DPW_KMALLOC_TABLE=0 -DPW_SLAB_MAGAZINES=0))
