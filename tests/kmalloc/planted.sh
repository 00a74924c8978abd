# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The faults that the tests of kmalloc must see. See common/planted.sh,
# which reads this file.

kmalloc=code/kmalloc/kmalloc

plant "arithmetic loses 96 and 192" kmalloc 'unit*' \
    "sed -i 's/(n >> (top - 1)) - 7/3 - 7/' ${kmalloc}_core.h"
plant "a size of its own class goes to the next" kmalloc 'unit*' \
    "sed -i 's/if (size > pw_class/if (size >= pw_class/' \
    ${kmalloc}_class.c"
plant "the reserve serves everybody" kmalloc 'flags*' \
    "sed -i 's/if (!block && flags & PW_GFP_HIGH)/if (!block)/' $kmalloc.c"
plant "who may wait is not helped" kmalloc 'flags*' \
    "sed -i 's/pw_cache_reap(&pw_contig_zone);//' ${kmalloc}_large.c"
plant "zeroing stops at the size asked for (model)" kmalloc '*model*' \
    "sed -i 's/memset(block, 0, pw_ksize(block))/memset(block, 0, size)/' \
    $kmalloc.c"
plant "an overflow is not seen" kmalloc 'refusals*' \
    "sed -i 's/if (!__builtin_mul_overflow(n, size, &bytes))/bytes = n * \
    size; if (bytes)/' ${kmalloc}_realloc.c"
plant "a large block's tag stays" kmalloc 'refusals*' \
    "sed -i '/pw_large_free/,\$s/port_write(page->tag, 0);//' \
    ${kmalloc}_large.c"
plant "the reserve's lock is forgotten (threads)" kmalloc '*threads*' \
    "sed -i 's/port_hold(&r->lock,/port_pin(/; \
    s/port_release(&r->lock,/port_unpin(/' ${kmalloc}_reserve.c"
plant "krealloc forgets the old block (fuzzing)" kmalloc '*fuzz*' \
    "sed -i 's/^    pw_kfree(block);\$//' ${kmalloc}_realloc.c"
