# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of the benchmark must see. See
# common/planted.sh, which reads this file.

plant "nobody notices who takes the processor" bench 'disturbed*' \
    "sed -i 's/return robbed || switched;/return false;/' \
    bench/harness/disturb.c"
plant "disturbed runs are done again without bound" bench 'disturbed*' \
    "sed -i 's/book.repeated \* DISTURB_SHARE > book.runs/false/' \
    bench/harness/disturb.c"
plant "a benchmark that takes its time" bench 'what is planned*' \
    "sed -i 's/seconds_since(plan.began) < plan.seconds/true/' \
    bench/harness/bench.c"
plant "a plan of one block's length" bench 'a plan*' \
    "sed -i 's/(double)(times - 1) \* seconds/0/' bench/harness/bench.c"
plant "guests are taken for the book's" bench '*guest*' \
    "sed -i 's/if not results.is_guest(row) then/if row then/' \
    bench/results/results_tree.lua"
plant "a summary that believes any machine" bench '*warns*' \
    "sed -i 's/^local too_noisy.*/local too_noisy, too_disturbed = 9, 9/' \
    bench/results/summary.lua"
plant "a drift that takes nothing off" bench '*verdict*' \
    "sed -i 's/^local function common_factor.*/&\n    do return 1 end/' \
    bench/results/drift.lua"
plant "the whole's time is this stage's" bench 'progress*' \
    "sed -i 's/left += told(.*/left += 0;/' bench/harness/progress.c"
plant "a quick run that counts for one malloc" bench '*mixes*' \
    "sed -i 's/^for _, m in ipairs(quick and {} or counts)/for _, m in \
ipairs(counts)/' bench/malloc/programs/collect.lua"
