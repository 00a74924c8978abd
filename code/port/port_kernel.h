/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
//> theory
/*
 * The port to a kernel module. To be pinned is to run with interrupts
 * off: nothing else can then run on this CPU, so per-CPU data needs no
 * lock, and the allocators may be called from any context but an NMI.
 */
#ifndef PW_PORT_KERNEL_H
#define PW_PORT_KERNEL_H
//< theory

//> kernel
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define PORT_PAGE_SHIFT PAGE_SHIFT
#define UINT32_MAX U32_MAX

typedef spinlock_t port_lock_t;
typedef unsigned long port_pin_t; /* the interrupt flag before */

#define PORT_LOCK(name) DEFINE_SPINLOCK(name)
#define port_lock_init(l) spin_lock_init(l)
#define port_lock(l) spin_lock(l)
#define port_unlock(l) spin_unlock(l)

static inline unsigned port_cpus(void)
{
    return nr_cpu_ids;
}

static __always_inline int port_pin(port_pin_t *pin)
{
    local_irq_save(*pin);
    return (int)smp_processor_id();
}

#define port_pin_quick port_pin

static __always_inline void port_unpin(port_pin_t *pin)
{
    local_irq_restore(*pin);
}

#define port_report(fmt, ...) pr_err("pagewise: " fmt "\n", ##__VA_ARGS__)

#endif
//< kernel
