# shellcheck shell=bash disable=SC2154 # work is set by .ci/run
# Steps that run the tests.

readonly min_coverage=90

step_tests() { go test ./...; }

step_examples() { go -C examples test ./...; }

step_compare() { go -C internal/compare test ./...; }

step_race() {
	command -v "$(go env CC)" >/dev/null || skip "the race detector needs a C compiler"
	go test -race ./...
}

step_fuzz() { bash .ci/fuzz.sh 5s; }

step_fips() {
	export GODEBUG=fips140=only
	go test ./...
	go -C examples test ./...
}

step_coverage() {
	local covered=./types/...,./ecrpublic,./internal/...
	go test -coverpkg="$covered" -coverprofile="$work/cover" ./types/... ./ecrpublic ./ecrpublic/ecrpublictest ./internal/... ./paginators >"$work/cover.log" ||
		{ cat "$work/cover.log"; return 1; }
	go tool cover -func="$work/cover" >"$work/cover.table"
	tail -1 "$work/cover.table"
	awk -v min=$min_coverage 'END { if ($NF + 0 < min) { print "coverage is below " min " %"; exit 1 } }' "$work/cover.table"
	go test -cover ./ecrpublic/login ./ecrpublic/registry | tee "$work/cover.each"
	awk -v min=$min_coverage '$5 + 0 < min { print $2 ": coverage is below " min " %"; failed = 1 } END { exit failed }' "$work/cover.each"
}
