#!/usr/bin/env bash
# Compares the exported API with that of the last release tag:
#
#	bash .ci/api_compat.sh
#
# An incompatible change fails, unless the major version is 0 and the section at
# the top of CHANGELOG.md, which has to be newer than the tag, says "Breaking".
# New methods of ecrpublic.API are no such change: its documentation announces
# them.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly apidiff=v0.0.0-20261014143641-f0251eb4aa3e
readonly module=github.com/ecr-public/ecr-public-go
not_run() {
	echo "NOT RUN: $*"
	exit 77
}

tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) ||
	not_run "there is no release tag to compare the API with (in a shallow clone: git fetch --tags --unshallow)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
GOBIN=$work go install "golang.org/x/exp/cmd/apidiff@$apidiff" || not_run "apidiff cannot be installed; the API was not compared with $tag"

# diff runs apidiff without its remarks on internal packages.
diff() { "$work/apidiff" -m "$@" 2> >(grep -v '^Ignoring internal package' >&2); }

mkdir "$work/$tag"
git archive "$tag" | tar -x -C "$work/$tag"
(cd "$work/$tag" && diff -w "$work/old" "$module")
diff -w "$work/new" "$module"
diff "$work/old" "$work/new"
broken=$(diff -incompatible "$work/old" "$work/new")
broken=$(grep '^- ' <<<"$broken" | grep -vE '^- \./ecrpublic\.API\.[A-Za-z]+: added( |$)' || true)
if [[ -z $broken ]]; then
	echo "the API is compatible with $tag"
	exit 0
fi

# breaking tells whether the changelog's first section owns up to it.
breaking() {
	local section
	section=$(awk '/^## / { n++ } n == 1' CHANGELOG.md)
	[[ $tag == v0.* && $(head -n 1 <<<"$section") != *"${tag#v}"* ]] && grep -qw Breaking <<<"$section"
}

echo "incompatible with $tag:"
echo "$broken"
if breaking; then
	echo "CHANGELOG.md says so, and the major version is 0"
	exit 0
fi
echo "The API must stay compatible with $tag, or, before v1, the first section of CHANGELOG.md must say what is Breaking." >&2
exit 1
