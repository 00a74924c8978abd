#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The lab: boot real kernels and let a chapter's module question them.
#
#     bench/lab/run.sh CHAPTER KERNEL...      (make lab KERNELS="6.1 7.3")
#
# For each kernel: fetch it, build the module against its headers, boot it,
# publish what it found under build/results/vm-insn/<kernel>/ and, where KVM
# works, once more under build/results/vm-kvm/<kernel>/. Needs no root.
#
#   LAB_BOOTS=     only these of the chapter's boots (boots.tsv)
#   LAB_LIMIT=480  seconds after which a kernel that does not end is hung
#   LAB_KVM=no     do not try KVM
#   LAB_PLANT=     a fault for the tests: panic, load, warn, hang, no-end

# shellcheck disable=SC2154 # names that the parts set
set -Eeuo pipefail
cd "$(dirname "$0")/../.."
for part in common fetch source swap build trace boot publish; do
    # shellcheck source=/dev/null
    . "bench/lab/$part.sh"
done
trap 'die lab "$BASH_COMMAND failed" "this is a fault of the lab'\''s"' ERR

[ $# -ge 2 ] || die lab "no chapter or no kernel given" \
    "say: bench/lab/run.sh page 6.1"
chapter=$1
shift
# shellcheck source=/dev/null
. bench/harness/progress.sh
find_plan
for series in "$@"; do
    kernel_row "$series" # all names are good before anything starts
done
need qemu-system-x86_64 qemu-system-x86
need cpio cpio
need "${CC:-cc}" gcc

for series in "$@"; do
    started=$SECONDS
    kernel_row "$series"
    mkdir -p "$ROOT/build/lab/$series" "$ROOT/build/cache/lab"
    exec 9>"$ROOT/build/lab/$series/lock"
    flock 9 # one fetches a kernel; then chapters are run side by side
    fetch
    find_boots
    wants_swap && fetch_swap
    flock -u 9
    exec 8>"$ROOT/build/lab/$series/$chapter.lock"
    flock 8 # but each once
    build
    instruments=vm-insn
    if [ "${LAB_KVM:-}" != no ] && kvm_works; then
        instruments='vm-insn vm-kvm'
    fi
    for instrument in $instruments; do
        for boot in "${boots[@]}"; do
            boot "$instrument" "$boot"
        done
        flock 9 # all write the kernel's claims
        publish "$instrument"
        flock -u 9
    done
    progress_end
    printf 'pagewise: lab %s: %s, %s done under %s (%d s)\n' "$series" \
        "$chapter" "$release" "$instruments" $((SECONDS - started))
    (cd "$ROOT" && keep_took "lab-$series-$chapter" $((SECONDS - started)))
done
