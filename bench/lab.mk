# SPDX-License-Identifier: MIT
# The lab: boots kernels and runs the chapters' modules in them.
#
#   make lab                          the default kernel
#   make lab KERNELS="5.10 6.1 7.3"   these (bench/lab/kernels.tsv)
#
# A kernel is booted again when what runs in it has changed: the lab, the
# port, the chapter's code. `make lab-again` boots it in any case.

KERNELS ?= 6.1
LABS := page slab kmalloc vmalloc malloc
LAB_COMMON := $(wildcard bench/lab/*) code/port/port.h \
              $(wildcard code/port/port_kernel.*) \
              code/port/map_kernel.c

.PHONY: lab lab-again
lab: $(foreach l,$(LABS),$(KERNELS:%=build/results/vm-insn/%/$l.tsv))

lab-again:
	@set -e; for l in $(LABS); do bench/lab/run.sh $$l $(KERNELS); done

# $(call LAB_RULE,chapter)
define LAB_RULE
build/results/vm-insn/%/$1.tsv: $(LAB_COMMON) $(wildcard code/page/*.[ch] \
    code/$1/*.[ch])
	@bench/lab/run.sh $1 $$*
endef
$(foreach l,$(LABS),$(eval $(call LAB_RULE,$l)))
