#!/usr/bin/env bash
# Runs the emulator's scenario with the official Go client: official_scenario.sh URL
#
# The scenario is the one that the tests run with our client, with its imports
# rewritten and nothing else, so this also shows that the names are the same.
set -euo pipefail
cd "$(dirname "$0")/.."

url=${1:?usage: official_scenario.sh URL}
readonly official=github.com/aws/aws-sdk-go-v2/service/ecrpublic ours=github.com/ecr-public/ecr-public-go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/scenario"
rewrite() { sed -e "s#\"$ours/ecrpublic\"#\"$official\"#" -e "s#\"$ours/types\"#\"$official/types\"#" "$@"; }
for file in ecrpublic/ecrpublictest/internal/scenario/*.go; do
	rewrite -e 's/ecrpublic\.API/API/' "$file" >"$work/scenario/$(basename "$file")"
done
# The interface of all operations is ours; it is written out for their types.
{
	printf 'package scenario\n\nimport (\n"context"\n\n"%s"\n)\n\n' "$official"
	sed -n '/^type API interface/,/^}/p' ecrpublic/api.go | sed -E 's/\*([A-Z])/*ecrpublic.\1/g; s/func\(\*ecrpublic\.Options\)/func(*ecrpublic.Options)/'
} >"$work/scenario/api.go"
cat >"$work/main.go" <<'EOF'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"

	"official/scenario"
)

func main() {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "EMULATOR", SecretAccessKey: "emulator"}, nil
	})
	client := ecrpublic.New(ecrpublic.Options{Region: "us-east-1", BaseEndpoint: &os.Args[1], Credentials: credentials})
	failed := 0
	checks := scenario.Run(context.Background(), client)
	for _, check := range checks {
		if check.Err != nil {
			failed++
			fmt.Println("FAILED:", check.Name, check.Err)
		}
	}
	fmt.Printf("%d passed, %d failed\n", len(checks)-failed, failed)
	os.Exit(min(failed, 1))
}
EOF
here=$PWD
cd "$work"
go mod init official >/dev/null 2>&1
cp "$here/internal/compare/go.sum" .
go mod edit -require "$official@$(cd "$here/internal/compare" && go list -m -f '{{.Version}}' "$official")"
go mod tidy >/dev/null 2>&1
go run . "$url"
