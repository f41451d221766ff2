#!/usr/bin/env bash
# Fuzzes every target for a bounded time: bash .ci/fuzz.sh [duration for each]
#
# The targets are those of this module and of internal/compare. What is found is
# written below testdata/fuzz of its package, from where `go test` runs it again.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly each=${1:-5s}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0 count=0

# targets prints "package target" for the module in this directory.
targets() {
	go test -list '^Fuzz' ./... | awk '/^Fuzz/ { names[++n] = $1; next } { for (i = 1; i <= n; i++) print $2, names[i]; n = 0 }'
}

for module in . internal/compare; do
	list=$(cd "$module" && targets)
	while read -r package target; do
		[[ -n $package ]] || continue
		count=$((count + 1))
		# Inputs are not made smaller for long: that is not searching.
		if go -C "$module" test -run '^$' -fuzz "^$target\$" -fuzztime "$each" -fuzzminimizetime 20x "$package" >"$log" 2>&1; then
			executions=$(grep -o 'execs: [0-9]*' "$log" | tail -1 | cut -d' ' -f2) || executions=0 # no time left after the seeds
			printf '%-22s %9s executions  %s\n' "$target" "$executions" "$package"
		elif grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
			# The go command may report its own time limit in this way (golang/go#75804).
			echo "$target ended by its time limit  $package"
		else
			failed=$((failed + 1))
			echo "FAILED: $target in $package"
			cat "$log"
		fi
	done <<<"$list"
done
echo "$count targets, $each each, $failed failed"
[[ $count -gt 0 && $failed == 0 ]]
