#!/usr/bin/env bash
# Runs the probes of an emulator with the official Go client: official_scenario.sh URL
#
# The probes are those that the tests run with our client, with their imports
# rewritten and nothing else, so this also shows that the names are the same.
set -euo pipefail
cd "$(dirname "$0")/.."

url=${1:?usage: official_scenario.sh URL}
readonly official=github.com/aws/aws-sdk-go-v2/service/ecrpublic ours=github.com/ecr-public/ecr-public-go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/probes"
rewrite() { sed -e "s#\"$ours/ecrpublic\"#\"$official\"#" -e "s#\"$ours/types\"#\"$official/types\"#" "$@"; }
for file in internal/probes/*.go; do
	case $file in */api.go | *_test.go) continue ;; esac
	rewrite "$file" >"$work/probes/$(basename "$file")"
done
# The interface of all operations is ours; it is written out for their types.
{
	printf 'package probes\n\nimport (\n"context"\n\n"%s"\n)\n\n' "$official"
	sed -n '/^type API interface/,/^}/p' ecrpublic/api.go | sed -E 's/\*([A-Z])/*ecrpublic.\1/g; s/func\(\*ecrpublic\.Options\)/func(*ecrpublic.Options)/'
} >"$work/probes/api.go"
cat >"$work/main.go" <<'EOF'
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"

	"official/probes"
)

func main() {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "EMULATOR", SecretAccessKey: "emulator"}, nil
	})
	client := ecrpublic.New(ecrpublic.Options{Region: "us-east-1", BaseEndpoint: &os.Args[1], Credentials: credentials})
	passed, failed := 0, 0
	session := &probes.Session{API: client, Host: os.Args[1], Prefix: "official", HTTP: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	probes.Run(context.Background(), session, probes.All(), func(r probes.Result) {
		if r.Outcome == probes.Equal {
			passed++
			return
		}
		failed++
		fmt.Println("FAILED:", r.Name, r.Outcome, r.Details)
	})
	fmt.Printf("%d passed, %d failed\n", passed, failed)
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
