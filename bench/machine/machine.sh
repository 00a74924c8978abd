#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Where a measurement was made: the head of a results file, as lines
# "# key: value". The machine's name is made of the processor's name and
# the number of CPUs, never of the host's name.
#
#     sh bench/machine/machine.sh       machine, cpu, kernel, versions,
#                                       commit, date
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
commit=$(git describe --always --dirty --abbrev=12 2>/dev/null) ||
    commit='none (not a checkout)'

[ "$count" = 1 ] && cpus='1 CPU' || cpus="$count CPUs"
echo "# machine: $name"
echo "# cpu: $cpu, $cpus"
echo "# kernel: $(uname -sr)"
echo "# versions: $libc; ${release:-unknown system}"
echo "# commit: $commit"
echo "# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
