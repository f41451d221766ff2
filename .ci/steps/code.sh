# shellcheck shell=bash disable=SC2154 # work is set by .ci/run
# Steps that read the code without running it.

readonly staticcheck=v0.8.2 golangci=v2.15.0 actionlint=v1.7.12 govulncheck=v1.9.0

modules() { find . -name go.mod -not -path '*/node_modules/*' -not -path '*/testdata/*' -exec dirname {} \; | sort; }

# each_module runs a command in every module, in all of them even if it fails in one.
each_module() { # COMMAND...
	local module status=0
	for module in $(modules); do
		(cd "$module" && "$@") || { status=1; echo "in module $module"; }
	done
	return $status
}

# packages prints the packages of the module in this directory: ./..., and those
# that it leaves out, in .ci and in testdata.
packages() {
	echo ./...
	find . -mindepth 1 -type d \( -name '_*' -o -exec test -e '{}/go.mod' ';' \) -prune -o \
		-name '*.go' \( -path './.ci/*' -o -path '*/testdata/*' \) -exec dirname '{}' ';' | sort -u
}

# with_packages runs a command with all packages of the module in this directory,
# if they can be loaded: staticcheck is content with none.
# shellcheck disable=SC2046,SC2317 # packages are words; called by each_module
with_packages() { # COMMAND...
	go list $(packages) >"$work/packages" && "$@" $(packages)
}

# gotool installs a Go program, or ends the step.
gotool() { # PACKAGE VERSION
	local name=${1##*/}
	[[ -x $GOBIN/$name ]] || go install "$1@$2" || skip "$name $2 cannot be installed"
}

# debian installs Debian packages where that is possible.
debian() { # PACKAGE...
	[[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
	if ! [[ -e $work/updated ]]; then
		apt-get update -qq || return 1
		: >"$work/updated"
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

step_tidy() {
	each_module go mod tidy -diff
	each_module go mod verify
}

step_format() {
	local unformatted
	unformatted=$(find . -name '*.go' -not -path '*/node_modules/*' -exec gofmt -l {} +)
	[[ -z $unformatted ]] || { echo "$unformatted"; return 1; }
}

step_vet() { each_module with_packages go vet; }

step_staticcheck() {
	gotool honnef.co/go/tools/cmd/staticcheck $staticcheck
	each_module with_packages staticcheck
}

step_golangci() {
	gotool github.com/golangci/golangci-lint/v2/cmd/golangci-lint $golangci
	each_module with_packages golangci-lint run --config "$PWD/.golangci.yml"
}

step_fix() {
	local changes
	changes=$(each_module with_packages go fix -diff 2>&1) || true
	[[ -z $changes ]] || { echo "$changes"; echo "run go fix ./... in each module"; return 1; }
}

step_shellcheck() {
	command -v shellcheck >/dev/null || debian shellcheck || skip "shellcheck is not installed (apt-get install shellcheck)"
	shellcheck .ci/run .ci/*.sh .ci/steps/*.sh internal/compare/jobs/*.sh
}

step_workflows() {
	gotool github.com/rhysd/actionlint/cmd/actionlint $actionlint
	actionlint
}

step_licences() { bash .ci/licences.sh; }

step_vulnerabilities() {
	local module status
	gotool golang.org/x/vuln/cmd/govulncheck $govulncheck
	for module in $(modules); do
		status=0
		govulncheck -C "$module" -test ./... >"$work/vuln" 2>&1 || status=$?
		case $status in
		0) ;;
		3)
			cat "$work/vuln"
			return 1
			;;
		*) skip "govulncheck in $module: $(tail -1 "$work/vuln")" ;;
		esac
	done
}

step_api() { bash .ci/api_compat.sh; }
