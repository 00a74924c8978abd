#!/bin/sh
# SPDX-License-Identifier: MIT
#
# minimal.sh [DIR]: the README's two commands in a fresh minimal Debian with
# only make and ca-certificates added (and sudo, for an ordinary user), once
# as root, and once as an ordinary user in a Debian of her own. Needs root,
# mmdebstrap and a network; takes about three quarters of an hour each time.
# DIR (default: a new folder below /tmp) is kept when something fails, to
# look at, and can be given again to go on with.
#
#   SUITE="bookworm trixie"   which Debian (default: this machine's)
#   STEPS="root user"         as whom
#   COMMANDS="make,make test" what is to be done there

set -eu
export LC_ALL=C.UTF-8
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
suites=${SUITE:-$own}
steps=${STEPS:-root user}
commands=${COMMANDS:-make,make test}

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

dir=${1:-$(mktemp -d /tmp/pagewise-minimal.XXXXXX)}
mkdir -p "$dir"

# Debian's own entries of this machine's apt, for SUITE: its mirror serves
# here too.
mirrors() {
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)|$(ORIGIN)' \
        'Created-By: Packages' | sort -u |
        sed -n "s,^\(.*\)|Debian\$,deb [signed-by=$keys] \1 main,p" |
        sed "s/ $own\(-[a-z]*\)\{0,1\} main/ $1\1 main/" |
        grep " $1\(-updates\|-security\)\{0,1\} main"
}

# And the way it gets there.
proxies() {
    apt-config dump | grep -E '^Acquire::(https?|Check|AllowInsec)' || true
}

# make_root SUITE ROOT EXTRA
make_root() {
    say "a minimal $1 in $2"
    proxies >"$2.conf"
    mirrors "$1" >"$2.list"
    mmdebstrap -q --variant=minbase --aptopt="$2.conf" \
        --include="make,ca-certificates$3" "$1" "$2" "$2.list"
    mkdir -p "$2/usr/local/share/ca-certificates"
    cp /usr/local/share/ca-certificates/*.crt \
        "$2/usr/local/share/ca-certificates" 2>/dev/null || true
    chroot "$2" update-ca-certificates >/dev/null 2>&1
    rm -f "$2.conf" "$2.list"
}

# A user who may become root without a password, as installers make one.
add_user() {
    chroot "$1" useradd -M -u 1000 reader
    echo 'reader ALL=(ALL:ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/reader"
    mkdir -p "$1/home/reader"
    chown 1000:1000 "$1/home/reader"
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

# in_root ROOT USER FOLDER COMMAND...: with /proc and /dev, which end with
# it, as the root of all there is (in a chroot nobody but root may have
# namespaces); what was downloaded once is not downloaded again.
in_root() {
    cp /etc/resolv.conf /etc/hosts "$1/etc/"
    mkdir -p "$dir/debs/partial"
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --pid --fork sh -c '
        set -e
        debs=$1 root=$2 user=$3 folder=$4
        shift 4
        mount --make-rprivate /
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mount --bind "$debs" "$root/var/cache/apt/archives"
        home=/root as=
        [ "$user" = 0 ] || { home=/home/reader
            as="setpriv --reuid=$user --regid=$user --clear-groups"; }
        cert=/etc/ssl/certs/ca-certificates.crt
        cd "$root"
        pivot_root . mnt
        umount -l /mnt
        cd "$folder"
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" \
            CI=true NODE_EXTRA_CA_CERTS=$cert npm_config_cafile=$cert \
            $as "$@"
        ' sh "$dir/debs" "$@" </dev/null
}

# try SUITE STEP: both commands as root or as an ordinary user.
try() {
    root=$dir/$1-$2
    case $2 in
    root) user=0 folder=/srv/pagewise extra= ;;
    user) user=1000 folder=/home/reader/pagewise extra=,sudo ;;
    esac
    if [ ! -x "$root/usr/bin/make" ]; then
        make_root "$1" "$root" "$extra"
        [ $user = 0 ] || add_user "$root"
    fi
    checkout "$root$folder"
    chown -R "$user:$user" "$root$folder"
    echo "$commands" | tr , '\n' | while read -r command; do
        start=$(date +%s)
        say "$1, as $2: $command"
        # shellcheck disable=SC2086 # words
        in_root "$root" "$user" "$folder" $command || {
            say "$1: '$command' failed as $2; see $root$folder/build" >&2
            exit 1
        }
        say "$1, as $2: '$command' took $(($(date +%s) - start)) s"
    done
    [ $user = 0 ] || untouched "$root"
}

# Nothing is written but the checkout's build/: not in her home either.
untouched() {
    find "$1/home/reader" -mindepth 1 -maxdepth 1 ! -name pagewise \
        >"$1.strays"
    [ ! -s "$1.strays" ] || {
        say "written outside the checkout: $(cat "$1.strays")" >&2
        exit 1
    }
}

for suite in $suites; do
    for step in $steps; do
        try "$suite" "$step"
    done
done
[ $# -gt 0 ] || rm -rf --one-file-system "$dir"
say "worked in a minimal Debian ($suites; as $steps): $commands"
