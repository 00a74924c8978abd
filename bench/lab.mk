# SPDX-License-Identifier: MIT
# The lab: boots kernels and runs the chapters' modules in them.
#
#   make lab                          the default kernel
#   make lab KERNELS="5.10 6.1 7.3"   these (bench/lab/kernels.tsv)
#   make lab LABS="slab vmalloc"      these chapters only
#
# A chapter with bench/<x>/lab.c is in it: as a kernel module made of that,
# of code/<x> and of what it needs; or, where code/<x> is for processes
# only, as a program. Beside a module a lab may have programs, which print
# records like all programs of the lab: bench/<x>/guest.c runs while it is
# loaded, each guest_<name>.c after it, linked with the parts that <x>.guest
# names in bench/<x>/rules.mk. Where a boot wants a trace, trace.lua turns
# it into results. A kernel is booted again when what runs in it has
# changed. `make lab-again` boots it in any case.

KERNELS ?= 6.1
LAB_ALL := $(filter-out lab,$(patsubst bench/%/lab.c,%, \
           $(wildcard bench/*/lab.c)))
LAB_ALL := $(filter $(LAB_ALL),$(PARTS)) $(filter-out $(PARTS),$(LAB_ALL))
LABS ?= $(LAB_ALL)

lab_code = $(if $(filter user,$($1.world)),$(call \
    user_sources,$1),$(call kernel_sources,$1))
lab_sources = $(wildcard bench/$1/lab.c bench/$1/lab_*.c) $(call \
    lab_code,$1)
lab_headers = $(foreach p,$(call closure,$1),$(filter-out $(if $(filter \
    user,$($1.world)),%_kernel.h,%_user.h),$($p.headers)))
lab_guests = $(wildcard bench/$1/guest_*.c)
guest_code = $(foreach p,$($1.guest),$(call user_sources,$p))
lab_files = $(wildcard bench/$1/lab*.[ch] bench/$1/boots.tsv \
    bench/$1/Kbuild bench/$1/kernels_*.c bench/$1/guest.c \
    bench/$1/trace.lua) $(call lab_code,$1) \
    $(call lab_headers,$1) $(lab_guests) $(guest_code) \
    $(foreach p,$($1.guest),$(call user_headers,$p))

# Those that boot most often begin, where several run.
lab_boots := $(shell wc -l bench/*/boots.tsv | sort -rn | \
    sed -n 's,.* bench/\(.*\)/boots.tsv,\1,p')
LABS_LONGEST := $(filter $(LABS),$(lab_boots)) \
    $(filter-out $(lab_boots),$(LABS))

.PHONY: lab lab-again lab-plan
lab: $(foreach l,$(LABS_LONGEST), \
    $(KERNELS:%=build/results/vm-insn/%/$l.tsv))

lab-again:
	@set -e; for l in $(LABS); do bench/lab/run.sh $$l $(KERNELS); done

# What bench/lab/run.sh asks: whether it is a chapter of the lab, what it is
# (a module or a program), and what it is made of; a line for each guest.
lab-plan:
	@$(if $(filter $(CHAPTER),$(LAB_ALL)),echo "$(if $(filter \
	    user,$($(CHAPTER).world)),program,module)"; \
	    printf '%s\n' $(call lab_sources,$(CHAPTER)) \
	    $(patsubst %,'guest % $(call guest_code,$(CHAPTER))',$(call \
	    lab_guests,$(CHAPTER))), \
	    echo none; printf '%s\n' $(LAB_ALL))

# What is said of a kernel: another kernel's line or configuration is no
# reason to boot this one. Rewritten only when it differs.
lab_known := $(shell sed 's/[#\t].*//' bench/lab/kernels.tsv)
lab_said := $(patsubst %,build/lab/%/said,$(sort $(KERNELS) $(lab_known)))
$(lab_said): build/lab/%/said: bench/lab/kernels.tsv \
    $(wildcard bench/lab/*.config)
	@mkdir -p $(@D)
	@{ awk '$$1 == "$*"' bench/lab/kernels.tsv; \
	    cat bench/lab/$*.config bench/lab/source.config; } >$@.new \
	    2>/dev/null || :
	@cmp -s $@ $@.new && rm $@.new || mv $@.new $@

LAB_COMMON := $(filter-out bench/lab/kernels.tsv bench/lab/sources.% \
    %.config,$(wildcard bench/lab/*))

# $(call LAB_RULE,chapter)
define LAB_RULE
build/results/vm-insn/%/$1.tsv: $(LAB_COMMON) build/lab/%/said \
    $(call lab_files,$1)
	@bench/lab/run.sh $1 $$*
endef
$(foreach l,$(LAB_ALL),$(eval $(call LAB_RULE,$l)))
