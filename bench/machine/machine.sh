#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Where a measurement was made: the head of a results file, as lines
# "# key: value". The machine's name is made of the processor's name and
# the number of CPUs, never of the host's name.
#
#     sh bench/machine/machine.sh       machine, cpu, governor, kernel,
#                                       versions, commit, date
#     sh bench/machine/machine.sh name  the machine's name alone

set -eu

model() {
    { grep -m 1 '^model name' /proc/cpuinfo ||
        lscpu | grep -m 1 '^Model name'; } 2>/dev/null |
        sed 's/^[^:]*: *//; s/([RT]M*)//g; s/ *@.*//; s/ CPU//; s/  */ /g'
}

cpu=$(model)
cpu=${cpu:-$(uname -m)}
count=$(getconf _NPROCESSORS_ONLN)
name=$(printf '%s %s' "$cpu" "$count" | tr '[:upper:]' '[:lower:]' |
    tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//')

if [ "${1-}" = name ]; then
    echo "$name"
    exit
fi

libc=$(getconf GNU_LIBC_VERSION 2>/dev/null || echo 'libc unknown')
# shellcheck source=/dev/null
release=$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME-}")

# The packages of the mallocs that are raced, as the table names them.
# shellcheck disable=SC2016 # what stands in ${} is dpkg-query's
peers() {
    command -v dpkg-query >/dev/null || return 0
    awk -F '\t' '/ beside ours\t/ { sub("lib:", "", $5); print $5 }' \
        bench/machine/packages.tsv | while read -r library; do
        dpkg-query -S /usr/lib/*-linux-gnu/"$library"* 2>/dev/null
    done | sed 's/: .*//' | sort -u | grep -v -e '-dev' |
        xargs -r dpkg-query -W -f '; ${source:Package} ${Version}' \
            2>/dev/null
}

# What rules the clock, where the kernel knows: one word a kind of CPU.
governor=$(cat /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor \
    2>/dev/null | sort -u | xargs)

commit=$(git describe --always --dirty --abbrev=12 2>/dev/null) ||
    commit='none (not a checkout)'

[ "$count" = 1 ] && cpus='1 CPU' || cpus="$count CPUs"
echo "# machine: $name"
echo "# cpu: $cpu, $cpus"
echo "# governor: ${governor:-not told (a virtual machine has none)}"
echo "# kernel: $(uname -sr)"
echo "# versions: $libc; ${release:-unknown system}$(peers)"
echo "# commit: $commit"
echo "# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
