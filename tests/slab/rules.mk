# SPDX-License-Identifier: MIT
# The model once more, of a library with everything off that can be.
$(eval $(call TEST_RULE,slab,bare_model,tests/slab/model.c,$(UNDEFINED) \
    -DPW_SLAB_MAGAZINES=0 -DPW_SLAB_COLOUR=0))
