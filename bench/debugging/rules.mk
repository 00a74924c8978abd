# SPDX-License-Identifier: MIT
# In the lab nothing of the library: the kernels are asked about their own.
# In processes our checked malloc, beside other people's tools.
debugging.needs :=

$(HOST)/debugging.tsv: build/bench/launch $(PRELOAD_CHECKED) \
    $(wildcard bench/debugging/user/*) | $(HOSTS:%=$(HOST)/%.tsv)
	@$(quick) sh bench/harness/stage.sh debugging \
	    sh bench/debugging/user/run.sh $@

bench-quick: $(HOST)/debugging.tsv
