# SPDX-License-Identifier: MIT
# What bench/programs.sh can use besides: databases to run, and a way to
# count system calls where perf may not. Without them a row says so.
PACKAGES_BENCH += sqlite3 redis-tools strace

# The mallocs that the slab is compared with.
PACKAGES_BENCH += libjemalloc2 libmimalloc2.0 libtcmalloc-minimal4
