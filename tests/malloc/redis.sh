#!/bin/sh
# SPDX-License-Identifier: MIT
# A Redis server under our malloc says what it says without. A part of
# test.sh.
#
# shellcheck disable=SC2154 # names that test.sh sets

# What a server is asked. Sets and hashes lie in an order of their own, so
# they are asked in pieces, or sorted; a script allocates in the server.
questions() {
    awk 'BEGIN { for (i = 0; i < 6000; i++) {
        k = i * 7919 % 1009
        print "set s" k " " i * i
        print "append s" k " " sprintf("%0" i % 300 "d", i)
        print "rpush l" k % 50 " " i " two three"
        print "zadd z" k % 20 " " i % 97 " m" i
        print "hset h" k % 30 " f" i " " i * 3
        print "sadd t" k % 10 " " i
        if (i % 5 == 0) print "get s" (k + 1)
        if (i % 9 == 0) print "del s" (k + 3) " l" (k + 3) % 50
        if (i % 50 == 0) print "lrange l" k % 50 " 0 -1"
        if (i % 50 == 1) print "zrangebyscore z" k % 20 " 10 20 withscores"
        if (i % 50 == 2) print "hget h" k % 30 " f" i
        if (i % 50 == 3) print "sort t" k % 10 " limit 0 9 desc"
        if (i == 3000) print "save"
    } }'
    echo "eval 'local t = {} for i = 1, 100000 do t[i % 999] = i .. \"\" \
end return #table.concat(t)' 0"
    printf '%s\n' dbsize 'bitcount s5' flushall dbsize
}

# redis_answers LIBRARY: what a server that preloads it says to that. The
# package of tools has the server, too, under another of its names.
redis_answers() {
    dir=$(mktemp -d) || return 1
    server=
    trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
    ln -s "$(command -v redis-check-rdb)" "$dir/redis-server"
    LD_PRELOAD=$1 PAGEWISE_STATS=1 "$dir/redis-server" --port 0 \
        --unixsocket "$dir/s" --dir "$dir" --save '' --appendonly no \
        --daemonize no --logfile "$dir/log" 2>"$dir/said" &
    server=$!
    for _ in $(seq 100); do
        redis-cli -s "$dir/s" ping >"$dir/ping" 2>&1 && break
        sleep 0.05
    done
    questions | redis-cli -s "$dir/s"
    redis-cli -s "$dir/s" shutdown nosave
    wait "$server" || echo "the server ended with status $?"
    server=
    cp "$dir/said" "$T/redis.said"
}

mixes() {
    sh bench/malloc/programs/redis.sh --mixes
}

redis_same() {
    missing redis-check-rdb && return
    mixes && return
    (redis_answers '') >"$T/plain.out" 2>&1
    (redis_answers "$so") >"$T/ours.out" 2>&1
    wc -lc "$T/plain.out"
    grep -q '^pagewise: malloc: ' "$T/redis.said" &&
        [ "$(wc -l <"$T/plain.out")" -gt 40000 ] &&
        cmp "$T/plain.out" "$T/ours.out"
}
