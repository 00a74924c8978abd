# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of the page allocator must see. See
# tests/common/planted.sh, which reads this file.

cpu=code/page/page_cpu.c
core=code/page/page_buddy.c

plant "merging stops one order early" page 'unit*' \
    "sed -i 's/while (order < PW_MAX/while (order + 1 < PW_MAX/' $core"
plant "a double free is not refused" page 'unit*' \
    "sed -i 's/pw_used_order(page) == order/(uint8_t)pw_used_order(page) \
    == order/' $cpu"
plant "a message changes" page 'unit*' \
    "sed -i 's/it is free already/already free/' code/page/page_check.c"
plant "the buddy of odd blocks is not looked for (model)" page '*model*' \
    "sed -i 's/if (buddy >= zone->nframes/if ((pfn \& 1) || buddy >= \
    zone->nframes/' $core"
plant "an address sanitizer fault (model)" page '*model*' \
    "sed -i 's/cpu->stack\[n\] = page;/cpu->stack[n + 64] = page;/' $cpu"
plant "a lock is forgotten (threads)" page '*threads*' \
    "sed -i '/take_locked/,/^}/{/port_lock/d;/port_unlock/d}' $cpu"
plant "bulk loses a frame (fuzzing)" page '*fuzz*' \
    "sed -i 's/return got;\$/return got ? got - 1 : 0;/' $cpu"
