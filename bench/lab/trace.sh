# SPDX-License-Identifier: MIT
#
# trace: every instruction of a stretch, for boots that want it (LAB_TRACE=
# in boots.tsv). A program in the machine writes "@ trace NAME" among its
# records and waits for a byte on the third serial port. QEMU is told by its
# monitor to execute one instruction at a time and to log the address of
# each, then the byte is sent; "@ traced NAME" ends it the same way. The
# machine does not notice, apart from having waited: what runs is the same
# code, at the same count of instructions.
#
# What came out is trace-NAME.txt beside the records; bench/<chapter>/
# trace.lua makes results of it (publish.sh).
#
# shellcheck shell=bash disable=SC2034,SC2154

# The third port and the monitor, as pipes; sets trace_ports=(…).
trace_open() {
    trace_ports=() traced=0
    case $parameters in *LAB_TRACE=*) ;; *) return 0 ;; esac
    [ "$instrument" = vm-insn ] || return 0
    rm -f go.in go.out monitor.in monitor.out trace-*.txt
    mkfifo go.in go.out monitor.in monitor.out
    exec 5<>go.in 6<>monitor.in 7<>monitor.out 4<>go.out
    trace_ports=(-serial pipe:go -chardev "pipe,id=monitor,path=monitor"
        -mon "chardev=monitor,mode=readline")
}

# What the machine asks for, as far as it was not seen to.
trace_serve() {
    local asked what name
    [ "${#trace_ports[@]}" -gt 0 ] || return 0
    asked=$(grep -a -E '^@ traced? ' records.txt 2>/dev/null |
        sed -n "$((traced + 1))p") || :
    [ -n "$asked" ] || return 0
    read -r _ what name <<<"${asked//$'\r'/}"
    traced=$((traced + 1))
    if [ "$what" = trace ]; then
        trace_tell "logfile trace-$name.txt" 'singlestep on' \
            'one-insn-per-tb on' 'log exec,nochain'
    else
        trace_tell 'log none' 'singlestep off' 'one-insn-per-tb off'
    fi
    printf '\n' >&5
}

# Commands to the monitor (one of the two names of one-insn-per-tb exists);
# the answer to the last shows that all are done.
trace_tell() {
    local line
    printf '%s\n' "$@" 'info status' >&6
    while read -r -t 20 line <&7; do
        case $line in *'VM status'*) return 0 ;; esac
    done
    boot_failed "QEMU's monitor does not answer" "see qemu-log.txt"
}
