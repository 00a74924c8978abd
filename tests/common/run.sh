#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh GROUP...: run groups of tests (tests/GROUP/test.sh), one line a
# test; the last line counts them. ONLY='pattern' runs the tests whose
# names fit.

TALLY=build/tests/tally
export TALLY
mkdir -p build/tests
exec 9>build/tests/lock
flock -n 9 || {
    echo "pagewise: tests: another run is under way here; waiting" >&2
    flock 9
}
: >"$TALLY"

for g; do
    timeout -k 10 "${GROUP_LIMIT:-1800}" \
        sh "tests/$g/test.sh" </dev/null 9>&-
    if ! grep -q "^end $g\$" "$TALLY"; then
        echo "FAIL $g: the group did not come to its end" |
            tee -a "$TALLY"
    fi
done

passed=$(grep -c '^ok ' "$TALLY")
failed=$(grep -c '^FAIL ' "$TALLY")
if [ "$failed" != 0 ]; then
    echo
    grep '^FAIL ' "$TALLY"
    echo "Logs: build/tests/"
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
