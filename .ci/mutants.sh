#!/usr/bin/env bash
# Mutation testing of the client and what is below it: bash .ci/mutants.sh [-n 60] [-seed 1] [-least 85]
#
# Each mutant is one small change: another operator or number, a condition turned
# round, a statement left out, an error forgotten. The seed says which ones are
# tried, in turn from each package. Survivors that do no harm stand with a reason
# in .ci/mutants/accepted.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
mutants=$(mktemp)
trap 'rm -f "$mutants"' EXIT
go build -o "$mutants" .ci/mutants/main.go .ci/mutants/find.go
"$mutants" "$@" internal/codec ecrpublic internal/awsjson internal/codec ecrpublic internal/endpoints internal/codec ecrpublic internal/paging ecrpublic
