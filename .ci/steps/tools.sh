# shellcheck shell=bash disable=SC2154 # work is set by .ci/run
# Steps that run programs: the examples, and other people's tools on the emulator.

readonly crane=v0.22.1 regctl=v0.11.7 oras=v1.3.6 conformance=v0.0.0-20260831232431-97274622c111

step_programs() {
	local example
	for example in examples/*/main.go; do
		example=$(basename "$(dirname "$example")")
		echo "-- $example"
		go -C examples run "./$example"
	done
	go -C examples run ./inventory -json -plot "$work/sizes.svg" >/dev/null
	grep -q '</svg>' "$work/sizes.svg"
	go -C examples run ./prune -dry-run=false | grep -q '^11 images deleted'
}

# need ends a step unless a command is there, or its Debian package can be
# installed.
need() { # COMMAND PACKAGE
	command -v "$1" >/dev/null || debian "$2" || skip "$1 is not installed (apt-get install $2)"
}

# boto3 ends a step unless Python has it.
boto3() {
	need python3 python3
	python3 -c 'import boto3' 2>/dev/null || debian python3-boto3 || true
	python3 -c 'import boto3' || skip "boto3 is not installed (apt-get install python3-boto3)"
}

# registry_tools makes what the scripts use, as far as it can be installed; they
# report what is missing.
registry_tools() {
	need curl curl
	need jq jq
	command -v skopeo >/dev/null || debian skopeo || true
	command -v crane >/dev/null || go install "github.com/google/go-containerregistry/cmd/crane@$crane" || true
	command -v regctl >/dev/null || go install "github.com/regclient/regclient/cmd/regctl@$regctl" || true
	command -v oras >/dev/null || go install "oras.land/oras/cmd/oras@$oras" || true
}

# on_emulator runs a check against a fresh emulator.
on_emulator() { # [-FLAG VALUE]... COMMAND...
	local flags=() pid
	while [[ $1 == -* ]]; do
		flags+=("$1" "$2")
		shift 2
	done
	[[ -x $GOBIN/ecr-public-emulator ]] || go install ./ecrpublic/ecrpublictest/cmd/ecr-public-emulator
	: >"$work/url"
	ecr-public-emulator -addr 127.0.0.1:0 ${flags[@]+"${flags[@]}"} >"$work/url" &
	pid=$!
	# shellcheck disable=SC2064 # this process
	trap "kill $pid" EXIT
	until [[ -s $work/url ]]; do
		kill -0 $pid
		sleep 0.1
	done
	"$@" "$(grep -o 'http://[^ ]*' "$work/url")"
}

step_boto3() {
	boto3
	on_emulator python3 .ci/emulator_boto3.py
}

step_pagination() {
	boto3
	on_emulator python3 .ci/pagination_boto3.py
}

step_awscli() {
	need aws awscli
	on_emulator bash .ci/emulator_awscli.sh
}

step_official() { on_emulator bash .ci/official_scenario.sh; }

step_registry_tools() {
	registry_tools
	on_emulator bash .ci/emulator_tools.sh
}

step_engines() {
	need curl curl
	need jq jq
	on_emulator bash .ci/emulator_engines.sh
}

step_conformance() {
	need curl curl
	need jq jq
	go install "github.com/opencontainers/distribution-spec/conformance@$conformance" || skip "the conformance program cannot be installed"
	on_emulator -registry oci bash .ci/emulator_conformance.sh
}

step_recipes() {
	registry_tools
	command -v aws >/dev/null || debian awscli || true
	if command -v npm >/dev/null; then
		npm install --silent --no-audit --no-fund --prefix "$work/npm" @aws-sdk/client-ecr-public >/dev/null || true
	fi
	go install ./ecrpublic/ecrpublictest/cmd/ecr-public-emulator
	NODE_PATH=$work/npm/node_modules bash .ci/emulator_recipes.sh
}

step_image() {
	need curl curl
	need jq jq
	bash .ci/emulator_image.sh
}

step_javascript() {
	command -v npm >/dev/null || skip "npm is not installed"
	npm install --silent --no-audit --no-fund --prefix "$work/npm" @aws-sdk/client-ecr-public >/dev/null || skip "@aws-sdk/client-ecr-public cannot be installed"
	NODE_PATH=$work/npm/node_modules on_emulator bash .ci/emulator_js.sh
}

step_push() {
	registry_tools
	on_emulator bash .ci/push_tools.sh
}

step_push_memory() {
	[[ -x /usr/bin/time ]] || debian time || skip "/usr/bin/time is not installed (apt-get install time)"
	on_emulator -data "$work/data" bash .ci/push_memory.sh
}
