/* SPDX-License-Identifier: MIT */
/*
 * The allocator in steps: each keeps the contents of every block, and all
 * but the first use again what was freed.
 */
#include "../code/malloc/steps/steps.h"

#include <stdlib.h>

enum { SLOTS = 500 };

static int run(const struct step *step, size_t operations)
{
    static struct {
        unsigned char *p, tag;
        size_t size;
    } slot[SLOTS];
    unsigned n = 1;

    memset(slot, 0, sizeof(slot));
    step->reset();
    for (size_t i = 0; i < operations; i++) {
        const unsigned at = (n = n * 1103515245 + 12345) >> 8 & 0xffff;
        unsigned char *p = slot[at % SLOTS].p;

        for (size_t k = 0; p && k < slot[at % SLOTS].size; k++)
            if (p[k] != slot[at % SLOTS].tag)
                return printf("%s: contents are lost\n", step->name);
        if (p) {
            step->free(p);
            slot[at % SLOTS].p = NULL;
            continue;
        }
        slot[at % SLOTS].size = 1 + (n >> 10) % (n & 64 ? 200 : STEP_MOST);
        p = step->alloc(slot[at % SLOTS].size);
        if (!p || (uintptr_t)p % 16)
            return printf("%s: no block, or not aligned\n", step->name);
        slot[at % SLOTS].tag = (unsigned char)i;
        memset(p, slot[at % SLOTS].tag, slot[at % SLOTS].size);
        slot[at % SLOTS].p = p;
    }
    return 0;
}

int main(void)
{
    if (step_begin() != 0)
        return 2;
    /* A bump allocator's memory lasts for so many, the others' for ever. */
    return run(&step_bump, 400000) || run(&step_list, 2000000) ||
           run(&step_classes, 2000000) || run(&step_pages, 2000000);
}
