#!/bin/sh
# SPDX-License-Identifier: MIT
#
# packages.sh NEEDED WANTED: let apt install two lists of Debian packages.
# Fails when a needed one is still missing afterwards; a wanted one may stay
# away. At a terminal apt asks first; without one, or with CI set, it does
# not.

needed=$1
wanted=$2
log=build/packages.log
mkdir -p build

say() {
    echo "pagewise: packages: $*" >&2
}

# lacking LIST: those of it that are not installed.
lacking() {
    for p in $1; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$p" 2>&1) in
        installed) ;;
        *) printf '%s ' "$p" ;;
        esac
    done
}

give_up() {
    why=$1
    needed=$(lacking "$needed")
    wanted=$(lacking "$wanted")
    [ -z "$wanted" ] ||
        say "$why; going on without $wanted(make install-packages)"
    [ -z "$needed" ] && exit 0
    say "$why; as root: apt-get install --no-install-recommends $needed"
    exit 1
}

root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        give_up "missing, and neither root nor sudo here"
    elif [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
        give_up "missing, and sudo wants a password but has no terminal"
    fi
    root=sudo
fi

ask=-y
[ -t 0 ] && [ -t 1 ] && [ -z "$CI" ] && ask=

apt() {
    set -- $root env DEBIAN_FRONTEND=noninteractive apt-get -q \
        -o DPkg::Lock::Timeout=300 "$@"
    if [ -n "$ask" ]; then
        "$@" </dev/null >>"$log" 2>&1
    else
        "$@"
    fi
}

get() {
    # shellcheck disable=SC2086 # lists of words
    apt install --no-install-recommends $ask $1
}

: >"$log"
# shellcheck disable=SC2086
set -- $needed $wanted
if [ -n "$ask" ]; then
    say "installing $# Debian packages and what they need (log: $log)"
else
    say "$# Debian packages are missing; apt will ask"
fi

fresh=$(find /var/lib/apt/lists -maxdepth 1 -name '*Release' -mtime -1)
[ -n "$fresh" ] || apt update

get "$needed $wanted" || {
    [ -z "$fresh" ] || apt update
    get "$needed $wanted" || {
        [ -n "$needed" ] && [ -n "$wanted" ] && get "$needed"
    }
}
[ -z "$(lacking "$needed $wanted")" ] ||
    give_up "apt could not install all (log: $log)"
