# SPDX-License-Identifier: MIT
#
# boot: start the kernel in QEMU and find out what became of it. The kernel
# speaks on the first serial port (console.txt), the experiment writes its
# records on the second (records.txt), so the two never mix. A run counts
# only if the records end with "@ end" and the kernel had nothing to
# complain about; else one line says which of the known ways it failed, and
# the last kernel messages follow.
#
# Under icount one instruction takes one nanosecond of the machine's time
# and nothing else passes: two runs are alike, bit for bit.
#
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

: "${LAB_LIMIT:=480}" # seconds until a run counts as hung

#> kernel-args
KERNEL_ARGS="console=ttyS0 nokaslr tsc=reliable random.trust_cpu=off"
KERNEL_ARGS="$KERNEL_ARGS init_on_alloc=0 panic=-1"
#< kernel-args

# What the kernel of a boot is told (boots.tsv).
kernel_args() {
    local word told=" $KERNEL_ARGS "
    for word in $parameters; do
        case $word in
        -*) told=${told/ ${word#-} / } ;;
        *) told="$told$word " ;;
        esac
    done
    xargs <<<"$told"
}

# Where a boot's console and records are.
boot_place() {
    [ "$1" = main ] && echo "$work" || echo "$work/$1"
}

# boot INSTRUMENT BOOT
boot() {
    local instrument=$1 started=$SECONDS qemu_pid status=0 append place
    boot_row "$2"
    append="$(kernel_args) LAB_INSTRUMENT=$instrument"
    append="$append LAB_KERNEL=$series LAB_PLANT=${LAB_PLANT:-none}"
    [ "$2" = main ] || append="$append LAB_BOOT=$2"
    machine "$instrument"
    place=$(boot_place "$2")
    mkdir -p "$place"
    cd "$place" || exit
    rm -f console.txt records.txt
    trace_open
    progress "booting under $instrument ($2)"
    qemu-system-x86_64 "${machine[@]}" -nodefaults -display none \
        -m "$memory" -smp 1 -no-reboot \
        -serial file:console.txt -serial file:records.txt \
        "${trace_ports[@]}" \
        -kernel "$cache/vmlinuz" -initrd "$work/initramfs.cpio" \
        -append "$append" >qemu-log.txt 2>&1 </dev/null &
    qemu_pid=$!
    trap 'kill "$qemu_pid" 2>/dev/null || :' EXIT
    while kill -0 "$qemu_pid" 2>/dev/null; do
        if [ $((SECONDS - started)) -ge "$LAB_LIMIT" ]; then
            kill "$qemu_pid"
            wait "$qemu_pid" 2>/dev/null
            boot_failed "the kernel hangs: no end after $LAB_LIMIT s" \
                "see what it did last, or give it longer: LAB_LIMIT="
        fi
        sleep 0.5
        trace_serve
        boot_progress
    done
    wait "$qemu_pid" || status=$?
    trap - EXIT
    boot_judge "$status"
    cd "$ROOT" || exit
}

#> machine
# The machine that an instrument needs; sets machine=(…).
machine() {
    case $1 in
    vm-insn)
        machine=(-accel tcg -icount 'shift=0,sleep=off'
            -rtc 'base=2026-01-01T00:00:00,clock=vm'
            -cpu 'max,la57=off,rdrand=off,rdseed=off') ;;
    vm-kvm)
        machine=(-accel kvm -cpu host) ;;
    esac
}
#< machine

# What goes on, in a few words: the module's last line, or that it boots.
boot_news() {
    local news
    news=$(sed -n -e 's/\r//' -e '/.*pagewise: lab: /{s///;h}' \
        -e '${x;p}' console.txt 2>/dev/null) || :
    echo "${news:-booting}"
}

boot_progress() {
    local time=
    [ -t 2 ] && time=" ($((SECONDS - started)) s)"
    progress "$(boot_news)$time"
}

boot_judge() {
    local what
    if grep -q 'Kernel panic' console.txt 2>/dev/null; then
        what=$(grep -m 1 -o 'Kernel panic.*' console.txt | tr -d '\r')
        boot_failed "$what" "see the messages above"
    elif what=$(sed -n 's/^@ failed //p' records.txt 2>/dev/null) &&
        [ -n "$what" ]; then
        case $what in
        *": loading: "*) boot_failed "the module does not load: $what" \
            "see the messages above" ;;
        *) boot_failed "the module failed: $what" \
            "see the messages above" ;;
        esac
    elif [ "$1" != 0 ]; then
        boot_failed \
            "QEMU ended with status $1 ($(tail -n 1 qemu-log.txt))" \
            "see ${place#"$ROOT/"}/qemu-log.txt"
    elif [ "$(tail -n 1 records.txt 2>/dev/null)" != '@ end' ]; then
        boot_failed "the records stop before their end" \
            "see ${place#"$ROOT/"}/records.txt"
    fi
    case $parameters in *LAB_COMPLAINTS=wanted*) return 0 ;; esac
    what=$(grep -m 1 -E 'WARNING:|BUG:|Oops|Call Trace|pagewise: [^l]' \
        console.txt | tr -d '\r' | sed 's/^\[[^]]*\] //') || return 0
    boot_failed "the kernel complains: $what" \
        "see ${place#"$ROOT/"}/console.txt"
}

boot_failed() {
    progress_end
    tail -n 12 console.txt 2>/dev/null | tr -d '\r' | sed 's/^/    /' >&2
    die "lab $series" "$1" "$2"
}

# Does this machine's KVM boot this kernel? Firmware alone proves nothing:
# we wait a few seconds for the kernel's own first message. The answer is
# kept until the machine restarts.
kvm_works() {
    local memo=$ROOT/build/lab/kvm id answer=no
    id=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
    if [ "$(head -n 1 "$memo" 2>/dev/null)" != "$id" ]; then
        [ -w /dev/kvm ] && kvm_probe && answer=yes
        printf '%s\n%s\n' "$id" "$answer" >"$memo"
    fi
    [ "$(tail -n 1 "$memo")" = yes ]
}

kvm_probe() {
    progress "does KVM work here?"
    machine vm-kvm
    timeout 5 qemu-system-x86_64 "${machine[@]}" -nodefaults \
        -display none -m 256 -no-reboot -serial stdio \
        -kernel "$cache/vmlinuz" -append 'console=ttyS0 panic=-1' \
        2>/dev/null </dev/null | grep -q 'Linux version'
}
