#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What is missing on this machine, by the table packages.tsv beside this
# file, and how it is got.
#
#   packages.sh lacking NEED... -- WANT...   rows that nothing here serves
#   packages.sh get NEED... -- WANT...       let apt install what is lacking
#   packages.sh sign SIGN                    where something is, if it is
#
# NEED and WANT are groups of the table. `get` fails when a needed row of a
# needed group is still lacking afterwards; all else may stay away: it is
# named once and then noted in build/packages.without, so that the next
# `make` does not ask for it again (`make install-packages` does). At a
# terminal apt asks first; without one, or with CI set, it does not.

export LC_ALL=C.UTF-8
table=${PACKAGES_TABLE:-$(dirname "$0")/packages.tsv}
log=build/packages.log
without=build/packages.without
tab=$(printf '\t')

say() {
    echo "pagewise: packages: $*" >&2
}

# ---- What is here --------------------------------------------------------

# rows NEED... -- WANT...: "need, packages, purpose, sign" of these groups.
rows() {
    awk -F '\t' -v groups="$*" '
        BEGIN {
            level = "needed"
            n = split(groups, list, " ")
            for (i = 1; i <= n; i++)
                if (list[i] == "--")
                    level = "wanted"
                else if (!(list[i] in of))
                    of[list[i]] = level
        }
        /^#/ || !($1 in of) { next }
        {
            if (!($3 in rest))
                order[++count] = $3
            rest[$3] = $4 "\t" $5
            if (of[$1] == "needed" && $2 == "needed")
                needed[$3] = 1
        }
        END {
            for (i = 1; i <= count; i++) {
                p = order[i]
                need = p in needed ? "needed" : "wanted"
                print need "\t" p "\t" rest[p]
            }
        }' "$table"
}

# sign SIGN: print where it is; fails when it is nowhere to be seen.
sign() {
    case $1 in
    header:*)
        echo "#include <${1#*:}>" | ${CC:-cc} -E -x c - 2>/dev/null |
            sed -n "s,^# [0-9]* \"\(/.*/${1#*:}\)\".*,\1,p" | grep -m 1 . ;;
    lib:*)
        PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null |
            sed -n "s,.*${1#*:}.* => ,,p" | grep -m 1 . ;;
    lua:*) lua5.4 -l "${1#*:}" -e 'print(arg[0])' 2>/dev/null ;;
    tex:*) kpsewhich "${1#*:}" 2>/dev/null ;;
    font:*)
        for font in $(echo "${1#*:}" | tr , ' '); do
            find -L /usr/share/fonts /usr/local/share/fonts \
                -name "$font" 2>/dev/null | sort | grep -m 1 . && return
        done
        return 1 ;;
    -) return 1 ;;
    *) command -v "$1" ;;
    esac
}

# unserved ROWS: those of which no package is installed and that are not
# here some other way. What was left half installed is lacking whatever the
# signs say.
unserved() {
    [ -n "$1" ] || return 0
    {
        # shellcheck disable=SC2046 # a list of words
        dpkg-query -W -f='${Package} ${db:Status-Status}\n' \
            $(echo "$1" | cut -f2 | tr ',\n' '  ') 2>/dev/null
        echo "$1"
    } | awk -F '\t' '
        NF == 1 { split($0, a, " "); state[a[1]] = a[2]; next }
        {
            n = split($2, list, ",")
            how = "absent"
            for (i = 1; i <= n; i++) {
                s = state[list[i]]
                if (s == "installed" || s ~ /^triggers-/)
                    next
                if (s ~ /^(half-|unpacked)/)
                    how = "half"
            }
            print how "\t" $0
        }' | while IFS=$tab read -r how need packages purpose sign; do
        [ "$how" = absent ] && sign "$sign" >/dev/null && continue
        printf '%s\t%s\t%s\t%s\n' "$need" "$packages" "$purpose" "$sign"
    done
}

# lacking NEED... -- WANT...: without the wanted ones that were given up.
lacking() {
    unserved "$(rows "$@")" | if [ -s "$without" ] && [ -z "$RETRY" ]; then
        awk -F '\t' 'NR == FNR { gone[$1] = 1; next }
            $1 == "needed" || !($2 in gone)' "$without" -
    else
        cat
    fi
}

# ---- Getting it ----------------------------------------------------------

# names NEED FIELD: of the lacking rows, in one line.
names() {
    awk -F '\t' -v need="$1" -v field="$2" '
        $1 == need { printf "%s%s", sep, $field; sep = ", " }' "$list"
}

# What is wanted and did not come is noted; what is needed is an error.
settle() {
    RETRY=1 lacking "$@" >"$list"
    awk -F '\t' '$1 == "wanted" { print $2 "\t" $3 }' "$list" \
        >"$without"
    [ -s "$without" ] || rm -f "$without"
    wanted=$(names wanted 3)
    needed=$(names needed 3)
    [ -z "$wanted" ] ||
        say "${why:+$why; }going on without $wanted (make install-packages)"
    [ -n "$needed" ] || exit 0
    if [ -z "$dpkg" ]; then
        say "not seen here, going on: $needed (make doctor)"
        exit 0
    fi
    say "${why:-missing}; as root: apt-get install" \
        "--no-install-recommends $(choose needed)"
    exit 1
}

# Root, or sudo that will not wait for a password nobody can type.
become_root() {
    root=
    [ "$(id -u)" != 0 ] || return 0
    root=sudo
    if ! command -v sudo >/dev/null; then
        why="missing, and neither root nor sudo here"
    elif [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
        why="missing, and sudo wants a password but has no terminal"
    fi
    [ -z "$why" ]
}

apt() {
    set -- $root env DEBIAN_FRONTEND=noninteractive apt-get -q \
        -o DPkg::Lock::Timeout=300 "$@"
    if [ -n "$ask" ]; then
        "$@" </dev/null >>"$log" 2>&1
    else
        "$@"
    fi
}

# choose NEED: of each lacking row the first package that apt can install,
# and where there is none the row's first name.
choose() {
    awk -F '\t' -v need="$1" '$1 == need { print $2 }' "$list" |
        tr , '\n' | sort -u | xargs -r apt-cache policy 2>/dev/null |
        awk -F '\t' -v need="$1" '
            from == "apt" {
                if (/^[^ ].*:$/) { sub(/:$/, ""); name = $0 }
                else if (/^  Candidate:/ && !/\(none\)/) here[name] = 1
                next
            }
            $1 == need {
                n = split($2, list, ",")
                for (i = 1; i < n && !(list[i] in here); i++) ;
                if (!(list[i] in here)) i = 1
                if (need == "needed" || list[i] in here) print list[i]
            }' from=apt - from=list "$list" | sort -u | tr '\n' ' ' |
        sed 's/ $//'
}

install() {
    [ -n "$1" ] || return 0
    # shellcheck disable=SC2086 # lists of words
    apt install --no-install-recommends $ask $1
}

# All at once, which is quick; if that cannot be, what is needed, and then
# each wanted package on its own.
install_all() {
    needed=$(choose needed)
    wanted=$(choose wanted)
    install "$needed $wanted" && return
    install "$needed" || return
    for package in $wanted; do
        install "$package" || :
    done
}

get() {
    mkdir -p build
    trap 'rm -f "$list"' EXIT
    trap 'exit 130' INT TERM HUP
    lacking "$@" >"$list"
    [ -s "$list" ] || return 0
    dpkg=$(command -v dpkg-query)
    { [ -n "$dpkg" ] && become_root; } || settle "$@"
    ask=-y
    [ -t 0 ] && [ -t 1 ] && [ -z "$CI" ] && ask=
    : >"$log"
    count=$(grep -c . "$list")
    if [ -n "$ask" ]; then
        say "installing $count Debian packages and what they need" \
            "(log: $log)"
    else
        say "$count Debian packages are missing; apt will ask"
    fi
    # A machine that was switched off in the middle of an installation.
    $root dpkg --configure -a </dev/null >>"$log" 2>&1
    fresh=$(find /var/lib/apt/lists -maxdepth 1 -name '*Release' -mtime -1)
    [ -n "$fresh" ] || apt update
    install_all || [ -z "$fresh" ] || { apt update; install_all; }
    why="apt could not install all (log: $log)"
    settle "$@"
}

# ---- The one that is asked -----------------------------------------------

command=$1
shift
list=build/tmp-packages.$$
why=
dpkg=
case $command in
lacking | get | sign) "$command" "$@" ;;
*)
    say "no such command: $command; see bench/machine/packages.sh"
    exit 2 ;;
esac
