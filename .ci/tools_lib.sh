# shellcheck shell=bash
# What the checks with other tools share. Sourced with the URL of an emulator, and
# after set -euo pipefail.

url=${1:?usage: $(basename "$0") URL}
# shellcheck disable=SC2034 # used by those that read this file
registry=${url#http://}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOCKER_CONFIG=$work/docker REGISTRY_AUTH_FILE=$work/docker/config.json XDG_RUNTIME_DIR=$work
mkdir "$DOCKER_CONFIG"
passed=0

has() { command -v "$1" >/dev/null; }

# need ends the check with a line if a tool is missing.
need() { # TOOL...
	local tool
	for tool; do
		if ! has "$tool"; then
			echo "NOT RUN: $tool is not installed"
			exit 77
		fi
	done
}

fail() {
	echo "FAILED: $*"
	exit 1
}

# equal compares; the rest of a check is in the words.
equal() { # WORDS GOT WANT
	[[ $2 == "$3" ]] || fail "$1: got '$2', want '$3'"
	passed=$((passed + 1))
}

# works runs a command that has to succeed.
works() { # WORDS COMMAND...
	local words=$1 output
	shift
	output=$("$@" 2>&1) || fail "$words: $output"
	passed=$((passed + 1))
}

# api calls an operation.
api() { # OPERATION JSON
	curl -sS --fail-with-body --aws-sigv4 aws:amz:us-east-1:ecr-public \
		--user "${AWS_ACCESS_KEY_ID:-EMULATOR}:${AWS_SECRET_ACCESS_KEY:-emulator}" "$url/" \
		-H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: SpencerFrontendService.$1" -d "$2"
}

# password prints what registry tools log in with, as user AWS.
password() { api GetAuthorizationToken '{}' | jq -r .authorizationData.authorizationToken | base64 -d | cut -d : -f 2; }
