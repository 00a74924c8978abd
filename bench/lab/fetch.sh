# SPDX-License-Identifier: MIT
#
# fetch: fill build/cache/lab/<series> with a kernel, its headers and, when
# this machine is not of the kernel's own suite, its compiler. Nothing is
# installed and nobody needs to be root: apt works on a private state in the
# cache, and packages are unpacked, not configured.
#
# The mirror is the one that this machine's apt uses. The file `sums`, made
# last, says that the cache is complete; from then on no network is needed.
#
# shellcheck shell=bash disable=SC2034,SC2154

BUILD_TOOLS='dash bash binutils coreutils diffutils findutils grep sed mawk
    make'

fetch() {
    cache=$ROOT/build/cache/lab/$series
    if [ -e "$cache/sums" ]; then
        fetch_check
    else
        rm -rf "$cache"
        mkdir -p "$cache/tree" "$cache/debs"
        fetch_index
        case $headers_package in
        linux-source-*) fetch_source ;;
        *)
            fetch_packages
            fetch_unpack ;;
        esac
        fetch_seal
    fi
    read -r release package_version native <"$cache/kernel"
    headers=usr/src/linux-headers-$release
}

# The private apt. Its sources name the mirror of this machine's own Debian
# entry; its dpkg status is empty, so that dependencies come along.
fetch_apt() {
    local tool=$1 a=$cache/apt
    shift
    "$tool" -q -o Dir::Etc::SourceList="$a/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null \
        -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State="$a" -o Dir::State::Status="$a/status" \
        -o Dir::Cache="$a" -o Dir::Cache::Archives="$cache/debs" \
        -o APT::Default-Release="$suite" -o APT::Architecture=amd64 \
        -o APT::Architectures=amd64 -o APT::Install-Recommends=0 \
        -o APT::Sandbox::User=root -o Debug::NoLocking=1 \
        -o Acquire::Languages=none -o Acquire::Retries=2 "$@"
}

fetch_index() {
    local mirror a=$cache/apt s
    local keys=/usr/share/keyrings/debian-archive-keyring.gpg
    # shellcheck disable=SC2016 # apt fills them in
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
        2>/dev/null | sed -n 's/^Debian //p' | sort | uniq -c |
        sort -rn | sed -n '1s/^ *[0-9]* //p')
    [ -n "$mirror" ] || die "lab $series" \
        "this machine's apt knows no Debian mirror" \
        "run apt-get update, or see what 'apt-get indextargets' says"
    mkdir -p "$a/lists/partial" "$cache/debs/partial"
    : >"$a/status"
    for s in "${suite%-backports}" "$suite"; do
        printf 'deb [signed-by=%s] %s %s main\n' "$keys" "$mirror" "$s"
    done | uniq >"$a/sources.list"
    progress "asking the mirror for $suite"
    fetch_apt apt-get --error-on=any update >"$a/log" 2>&1 ||
        fetch_failed "the package index of $suite cannot be fetched"
}

fetch_failed() {
    local why
    why=$(sed -n 's/^[EW]: //p' "$cache/apt/log" | head -n 1)
    die "lab $series" "$1 and the cache is empty ($why)" \
        "connect to the network and run it again"
}

# The headers' package leads to the release ("6.1.0-50-amd64"); from there
# the kernel's own package is known. Newer ones keep vmlinuz in a package of
# its own, linux-binary-…
fetch_packages() {
    local p want=()
    release=$(fetch_apt apt-cache depends "$headers_package" 2>/dev/null |
        sed -n 's/^ *Depends: linux-headers-\([0-9]\)/\1/p' | head -n 1)
    [ -n "$release" ] || die "lab $series" \
        "$suite has no $headers_package" "see bench/lab/kernels.tsv"
    p=linux-binary-$release
    fetch_apt apt-cache show "$p" >/dev/null 2>&1 ||
        p=linux-image-$release
    progress "downloading $p and what builds modules for it"
    (cd "$cache/debs" && fetch_apt apt-get download "$p") \
        >"$cache/apt/log" 2>&1 || fetch_failed "$p cannot be fetched"
    if fetch_is_native; then
        native=native
        want=("linux-headers-$release"
            "linux-headers-${release%-amd64}-common"
            "$(fetch_apt apt-cache depends "linux-headers-$release" |
                sed -n 's/^ *Depends: \(linux-kbuild-\)/\1/p')")
        (cd "$cache/debs" && fetch_apt apt-get download "${want[@]}")
    else
        native=tree
        # shellcheck disable=SC2086 # a list of words
        fetch_apt apt-get --download-only -y install \
            "linux-headers-$release" $BUILD_TOOLS
    fi >"$cache/apt/log" 2>&1 ||
        fetch_failed "what builds modules cannot be fetched"
    package_version=$(dpkg-deb -f "$cache"/debs/"$p"_*.deb Version)
}

# Are this machine's compiler and libraries those of the kernel's suite?
fetch_is_native() {
    # shellcheck source=/dev/null
    [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = "$suite" ]
}

# Unpack without running anything. The links say that /bin is /usr/bin, as
# on every Debian since 12, before the first package could say otherwise.
fetch_unpack() {
    local t=$cache/tree deb d
    progress "unpacking"
    for d in bin sbin lib lib64; do
        mkdir -p "$t/usr/$d"
        ln -s "usr/$d" "$t/$d"
    done
    for deb in "$cache"/debs/*.deb; do
        case ${deb##*/} in
        linux-image-* | linux-binary-*)
            dpkg-deb --fsys-tarfile "$deb" |
                tar -xO --wildcards '*/vmlinuz*' >"$cache/vmlinuz" ;;
        *)
            dpkg-deb --fsys-tarfile "$deb" |
                tar -x -C "$t" --no-same-owner --keep-directory-symlink \
                    --exclude=./usr/share/doc --exclude=./usr/share/man \
                    --exclude=./usr/share/locale --exclude=./etc/shadow ;;
        esac
    done
    [ -e "$t/usr/bin/sh" ] || ln -s dash "$t/usr/bin/sh"
    [ -e "$t/usr/bin/awk" ] || ln -s mawk "$t/usr/bin/awk"
    mkdir -p "$t/dev" "$t/proc" "$t/tmp"
    : >>"$t/dev/null"
    # Debian's Makefile names its place on an installed system.
    sed -i 's,^include /usr/src/,include ../,' \
        "$t/usr/src/linux-headers-$release/Makefile"
}

fetch_seal() {
    printf '%s %s %s\n' "$release" "$package_version" "$native" \
        >"$cache/kernel"
    (cd "$cache/debs" && ls ./*.deb) >"$cache/packages"
    rm -rf "$cache/debs" "$cache/apt"
    (cd "$cache" && fetch_sealed | xargs -0 sha256sum) >"$cache/sums.part"
    mv "$cache/sums.part" "$cache/sums"
}

# What a build and a boot read from the cache, as far as it is worth a look
# at every run.
fetch_sealed() {
    printf '%s\0' kernel vmlinuz
    find tree/usr/src/linux-headers-*/ tree/usr/lib/linux-kbuild-* \
        -type f \( -name 'Makefile*' -o -name '*.symvers' \
        -o -path '*/generated/*' -o -perm -1 \) -print0
}

fetch_check() {
    local bad
    cd "$cache" || exit
    bad=$(sha256sum --quiet -c sums 2>/dev/null | sed -n 1p) || :
    cd "$ROOT" || exit
    [ -z "$bad" ] || die "lab $series" \
        "the cache is damaged (${bad%%:*})" \
        "remove build/cache/lab/$series and run it again"
}
