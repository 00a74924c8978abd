#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh GROUP...: run groups of tests (tests/GROUP.sh), one line a test;
# the last line counts them. ONLY='pattern' runs the tests whose names fit.

RESULTS=build/tests/results
export RESULTS
mkdir -p build/tests
: >"$RESULTS"

for g; do
    timeout -k 10 "${GROUP_LIMIT:-1800}" sh "tests/$g.sh" </dev/null
    if ! grep -q "^end $g\$" "$RESULTS"; then
        echo "FAIL $g: the group did not come to its end" |
            tee -a "$RESULTS"
    fi
done

passed=$(grep -c '^ok ' "$RESULTS")
failed=$(grep -c '^FAIL ' "$RESULTS")
if [ "$failed" != 0 ]; then
    echo
    grep '^FAIL ' "$RESULTS"
    echo "Logs: build/tests/"
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
