/* SPDX-License-Identifier: MIT */
//> fork
/*
 * The one lock, which guards the free spans, the map and the list of
 * parked heaps; and what becomes of it in a child.
 *
 * A child has one thread. If another one held the lock when the process
 * forked, nobody will ever release it, and what it guards may be half
 * changed. The usual remedy is to take the lock before the fork, in a
 * handler. But other handlers run too, and may allocate; not every child
 * comes from fork(); and a fork in a signal handler may have interrupted
 * the holder itself. So here the child finds out: a word lies on a page
 * that the kernel wipes in every child. Whoever wants the lock looks at
 * it first, and if it was wiped while the lock is held, breaks the lock
 * and leaves the free spans of old alone: an epoch begins, and only spans
 * of the present one are ever taken or merged. What they hold is lost to
 * the child; what is in use is not touched.
 *
 * A signal handler that allocates while its own thread has the lock must
 * not wait for itself: it is refused.
 */
#include "malloc_core.h"

#include <sched.h>

enum { WIPED, MENDING, SOUND };

static int fork_here = SOUND; /* where no page can be had */
static int *fork_word = &fork_here;
static void *holder; /* whoever has the lock: an address of its own */
uint32_t pw_malloc_epoch;

static void forked(void)
{
    fork_here = WIPED;
}

__attribute__((constructor)) static void watch_forks(void)
{
    int *word = port_meta_alloc(PORT_PAGE_SIZE);

    if (word && madvise(word, PORT_PAGE_SIZE, MADV_WIPEONFORK) == 0) {
        *word = SOUND;
        __atomic_store_n(&fork_word, word, __ATOMIC_RELEASE);
    } else {
        pthread_atfork(NULL, NULL, forked);
    }
}
//< fork

//> mend
/* The first call in a child: nobody else has the lock, or ever will. */
static PW_COLD void mend(int *word)
{
    int was = WIPED;

    if (__atomic_compare_exchange_n(word, &was, MENDING, false,
                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (holder) {
            pw_malloc_epoch++;
            pw_map_abandon();
            pw_bin_abandon();
            holder = NULL;
        }
        __atomic_store_n(word, SOUND, __ATOMIC_RELEASE);
    }
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != SOUND)
        sched_yield();
}
//< mend

//> lock
/* Somebody has it: for less than a microsecond, or for a system call. */
static PW_COLD void wait(unsigned tries)
{
    static const struct timespec nap = {0, 50000};

    if (tries < 100)
        __builtin_ia32_pause();
    else if (tries < 200)
        sched_yield();
    else
        nanosleep(&nap, NULL);
}

/* False: this thread has it, so a signal handler is asking. */
bool pw_malloc_lock(void)
{
    int *word = __atomic_load_n(&fork_word, __ATOMIC_ACQUIRE);
    void *const me = &pw_heap_mine;
    void *other = NULL;
    unsigned tries = 0;

    if (port_unlikely(__atomic_load_n(word, __ATOMIC_ACQUIRE) != SOUND))
        mend(word);
    if (port_likely(__libc_single_threaded && !holder)) {
        holder = me; /* nobody to race with, and half the price */
        return true;
    }
    while (!__atomic_compare_exchange_n(
        &holder, &other, me, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (other == me)
            return false;
        wait(tries++);
        other = NULL;
    }
    return true;
}

void pw_malloc_unlock(void)
{
    __atomic_store_n(&holder, NULL, __ATOMIC_RELEASE);
}
//< lock
