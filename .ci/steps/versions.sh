# shellcheck shell=bash disable=SC2154 # work is set by .ci/run
# Steps with other platforms, other Go releases and other versions of dependencies.

readonly go127=go1.27.4

step_32bit() {
	local arch
	export CGO_ENABLED=0
	for arch in 386 arm; do
		echo "-- $arch: build, vet"
		GOARCH=$arch go build ./...
		GOARCH=$arch go vet ./...
		GOARCH=$arch go -C examples vet ./...
	done
	case $(go env GOHOSTOS)/$(go env GOHOSTARCH) in
	linux/amd64 | linux/386) GOARCH=386 go test ./types/... ./ecrpublic ./paginators ./internal/... ;;
	*) not_run "tests on 386: this machine does not run its programs" ;;
	esac
}

step_platforms() {
	local platform
	for platform in windows/amd64 darwin/arm64 freebsd/amd64 js/wasm wasip1/wasm; do
		echo "-- $platform"
		CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go build ./...
	done
	for platform in windows/amd64 darwin/arm64; do
		echo "-- $platform: vet, with the tests"
		CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go vet ./...
		CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go -C examples vet ./...
	done
}

# scratch copies the checkout and prints where.
scratch() {
	mkdir "$work/scratch"
	tar -cf - --exclude=.git . | tar -xf - -C "$work/scratch"
	echo "$work/scratch"
}

# Modules of the AWS SDK that a module requires.
aws_modules() { awk '$1 ~ /^github\.com\/aws\// && $2 ~ /^v/ { print $1 "@latest" }' go.mod; }

step_newest() {
	local copy module
	go list -m github.com/aws/aws-sdk-go-v2@latest >/dev/null || skip "the module proxy cannot be reached"
	copy=$(scratch)
	cd "$copy" || return
	go get -u ./...
	for module in . internal/compare; do
		# shellcheck disable=SC2046 # modules are words
		(cd $module && go get $(aws_modules) && go mod tidy)
	done
	diff "$OLDPWD/go.mod" go.mod || true
	diff "$OLDPWD/internal/compare/go.mod" internal/compare/go.mod || true
	go vet ./...
	go test ./types/... ./ecrpublic/... ./paginators/... ./internal/...
	go -C internal/compare test ./...
}

step_go1_27() {
	export GOTOOLCHAIN=$go127
	go version || skip "$go127 cannot be installed"
	go vet ./...
	go test ./...
	go -C examples vet ./...
	go -C internal/compare vet ./...
}

step_outside() {
	local here=$PWD
	mkdir "$work/outside"
	cd "$work/outside" || return
	cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func main() {
	server := ecrpublictest.NewServer()
	defer server.Close()
	out, err := server.Client().DescribeRepositories(context.Background(), nil)
	fmt.Println(len(out.Repositories), err)
}
GO
	go mod init example.com/outside
	go mod edit -require github.com/ecr-public/ecr-public-go@v0.0.0 -replace "github.com/ecr-public/ecr-public-go=$here"
	go mod tidy
	[[ $(go run .) == "0 <nil>" ]]
}
