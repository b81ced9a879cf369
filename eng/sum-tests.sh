#!/usr/bin/env bash
# Sums the .trx files of a folder: sum-tests.sh FOLDER EXIT_CODE_OF_THE_RUN. Fails where a test failed or the run did.
set -euo pipefail
folder=$1 status=$2
passed=0 failed=0 total=0 executed=0

count() { sed -nE "s/.*<Counters [^>]*\b$1=\"([0-9]+)\".*/\1/p" "$2" | head -n 1; }

while IFS= read -r file; do
    total=$((total + $(count total "$file")))
    executed=$((executed + $(count executed "$file")))
    passed=$((passed + $(count passed "$file")))
    failed=$((failed + $(count failed "$file")))
done < <(find "$folder" -name '*.trx' | sort)

# A run that ended badly without a failed test lost a test host.
if [[ $status -ne 0 && $failed -eq 0 ]]; then
    echo "The test run ended with exit code $status though no test failed: a test host crashed or hung." >&2
    failed=1
fi
echo "$passed passed, $failed failed, $((total - executed)) skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
