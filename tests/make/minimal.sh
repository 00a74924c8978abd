#!/bin/sh
# SPDX-License-Identifier: MIT
#
# minimal.sh [DIR]: the README's two commands in a fresh minimal Debian with
# only make and ca-certificates added, first as root, then as an ordinary
# user in a checkout of her own. Needs root, mmdebstrap and a network; takes
# a quarter of an hour. DIR (default: a new folder below /tmp) is kept when
# something fails, to look at, and can be given again to go on with.
#
#   STEPS="root user"   which of the two

set -eu
export LC_ALL=C.UTF-8
steps=${STEPS:-root user}

say() {
    echo "pagewise: minimal: $*"
}

[ "$(id -u)" = 0 ] || {
    say "needs root; sudo make test-minimal" >&2
    exit 1
}
command -v mmdebstrap >/dev/null || {
    say "mmdebstrap is not installed; apt-get install mmdebstrap" >&2
    exit 1
}

suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
root=${1:-$(mktemp -d /tmp/pagewise-minimal.XXXXXX)}

# Debian's own entries of this machine's apt: its mirror serves here too.
mirrors() {
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)|$(ORIGIN)' \
        'Created-By: Packages' | sort -u |
        sed -n "s,^\(.*\)|Debian\$,deb [signed-by=$keys] \1 main,p"
}

# And the way it gets there.
proxies() {
    apt-config dump | grep -E '^Acquire::(https?|Check|AllowInsec)' || true
}

make_root() {
    say "a minimal $suite in $root"
    proxies >"$root.conf"
    mirrors >"$root.list"
    mmdebstrap -q --variant=minbase --include=make,ca-certificates \
        --aptopt="$root.conf" "$suite" "$root" "$root.list"
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp /usr/local/share/ca-certificates/*.crt \
        "$root/usr/local/share/ca-certificates" 2>/dev/null || true
    chroot "$root" update-ca-certificates >/dev/null 2>&1
    rm -f "$root.conf" "$root.list"
    echo 'reader:x:1000:1000::/home/reader:/bin/sh' >>"$root/etc/passwd"
    echo 'reader:x:1000:' >>"$root/etc/group"
    mkdir -p "$root/home/reader"
}

# A clean checkout of what is committed (or of the files, without git).
checkout() {
    rm -rf "$1"
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git clone -q "$(git rev-parse --show-toplevel)" "$1"
    else
        mkdir -p "$1"
        tar cf - --exclude=./build --exclude=./.git . | tar xf - -C "$1"
    fi
}

# in_root USER DIR COMMAND...: with /proc and /dev, which end with it.
in_root() {
    user=$1
    dir=$2
    shift 2
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --pid --fork sh -c '
        set -e
        root=$1 user=$2 dir=$3
        shift 3
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        home=/root as=
        [ "$user" = 0 ] || { home=/home/reader
            as="setpriv --reuid=$user --regid=$user --clear-groups"; }
        cert=/etc/ssl/certs/ca-certificates.crt
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" \
            CI=true NODE_EXTRA_CA_CERTS=$cert npm_config_cafile=$cert \
            chroot "$root" $as sh -c "cd \"$dir\" && exec \"\$@\"" sh "$@"
        ' sh "$root" "$user" "$dir" "$@" </dev/null
}

two_commands() {
    user=$1
    dir=$2
    checkout "$root$dir"
    chown -R "$user:$user" "$root$dir" "$root/home/reader"
    for command in make 'make test'; do
        start=$(date +%s)
        say "as user $user: $command"
        # shellcheck disable=SC2086 # words
        in_root "$user" "$dir" $command || {
            say "'$command' failed as user $user; see $root$dir/build" >&2
            exit 1
        }
        say "'$command' took $(($(date +%s) - start)) s"
    done
}

[ -x "$root/usr/bin/make" ] || make_root
for step in $steps; do
    case $step in
    root) two_commands 0 /srv/pagewise ;;
    user) two_commands 1000 /home/reader/pagewise ;;
    esac
done
[ $# -gt 0 ] || rm -rf --one-file-system "$root"
say "both commands work in a minimal $suite ($steps)"
