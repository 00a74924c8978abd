#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A workload for run.sh: Redis under load, on a socket of its
# own, nothing saved. Debian links Redis to jemalloc; to see the C
# library's malloc, that library is preloaded. The client runs without
# either. The package redis-tools has the server too: the same program as
# redis-check-rdb, which goes by the name it is called by.
#
# From version 8 on Redis, as Debian builds it, frees what it had from
# jemalloc's own mallocx(), which no preloaded malloc has seen, and so runs
# under no other. `redis.sh --mixes` says whether this one does.
set -eu
if [ "${1-}" = --mixes ]; then
    grep -qw mallocx "$(command -v redis-check-rdb)"
    exit
fi
LD_PRELOAD=${LD_PRELOAD-libc.so.6}
malloc=$LD_PRELOAD
unset LD_PRELOAD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ln -s "$(command -v redis-check-rdb)" "$dir/redis-server"
LD_PRELOAD=$malloc "$dir/redis-server" --port 0 --unixsocket "$dir/s" \
    --dir "$dir" --save '' --appendonly no --daemonize no \
    --logfile "$dir/log" &
server=$!
while ! redis-cli -s "$dir/s" ping >"$dir/ping" 2>&1; do
    kill -0 $server
    sleep 0.01
done
redis-benchmark -s "$dir/s" -q -n 20000 -r 20000 -P 16 -c 20 -d 100 \
    -t set,get,incr,lpush,sadd,hset,zadd,lrange_100 >"$dir/out" ||
    cat "$dir/out" >&2
redis-cli -s "$dir/s" shutdown nosave >"$dir/out" 2>&1
wait $server
