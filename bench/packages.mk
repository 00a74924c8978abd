# SPDX-License-Identifier: MIT
# What bench/programs.sh can use besides: a database to run, and a way to
# count system calls where perf may not. Without them a row says so.
PACKAGES_BENCH += sqlite3 strace
