#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs a command as a stage of the whole that is under way, if there is one:
# its progress then tells of the whole's time (progress.sh).
#
#     sh bench/harness/stage.sh NAME COMMAND...

. bench/harness/progress.sh
name=$1
shift
[ -z "${WHOLE_SINCE-}" ] || planned "$name"
since=$(date +%s)
"$@" || exit
keep_took "$name" $(($(date +%s) - since))
