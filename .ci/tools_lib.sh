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

# refused runs a command that has to fail, saying something.
refused() { # WORDS PATTERN COMMAND...
	local words=$1 pattern=$2 output
	shift 2
	if output=$("$@" 2>&1); then
		fail "$words: it succeeded: $output"
	fi
	grep -qiE "$pattern" <<<"$output" || fail "$words: got '$output', want $pattern"
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

# create makes a repository and prints its name below the registry.
create() { # NAME
	api CreateRepository "{\"repositoryName\":\"$1\"}" | jq -r '.repository.repositoryUri | sub("^public.ecr.aws/"; "")'
}

# tags lists what the API says about a repository's tags.
tags() { # NAME
	api DescribeImageTags "{\"repositoryName\":\"$1\"}" | jq -r '[.imageTagDetails[].imageTag] | sort | join(" ")'
}

images() { api DescribeImages "{\"repositoryName\":\"$1\"}" | jq '.imageDetails | length'; } # NAME

# blob puts text into a layout and prints its descriptor.
blob() { # LAYOUT MEDIATYPE TEXT
	local hex
	hex=$(printf %s "$3" | sha256sum | cut -d ' ' -f 1)
	printf %s "$3" >"$1/blobs/sha256/$hex"
	jq -nc --arg type "$2" --arg digest "sha256:$hex" --argjson size "$(printf %s "$3" | wc -c)" '{mediaType: $type, digest: $digest, size: $size}'
}

# oci_layout writes an index of two images, amd64 and arm64, as an OCI layout.
oci_layout() { # LAYOUT
	local arch config layer manifest list=
	mkdir -p "$1/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
	for arch in amd64 arm64; do
		mkdir -p "$work/root"
		echo "$arch" >"$work/root/arch"
		tar -C "$work/root" -cf "$work/layer.tar" arch
		layer=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
		config=$(blob "$1" application/vnd.oci.image.config.v1+json "{\"architecture\":\"$arch\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$layer\"]}}")
		gzip -nf "$work/layer.tar" # or skopeo would
		layer=$(sha256sum "$work/layer.tar.gz" | cut -d ' ' -f 1)
		cp "$work/layer.tar.gz" "$1/blobs/sha256/$layer"
		layer=$(jq -nc --arg digest "sha256:$layer" --argjson size "$(stat -c %s "$work/layer.tar.gz")" '{mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: $digest, size: $size}')
		manifest=$(blob "$1" application/vnd.oci.image.manifest.v1+json "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":$config,\"layers\":[$layer]}")
		list=$list${list:+,}$(jq -c --arg arch $arch '. + {platform: {architecture: $arch, os: "linux"}}' <<<"$manifest")
	done
	manifest=$(blob "$1" application/vnd.oci.image.index.v1+json "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[$list]}")
	jq -nc --argjson index "$manifest" '{schemaVersion: 2, manifests: [$index + {annotations: {"org.opencontainers.image.ref.name": "all"}}]}' >"$1/index.json"
}
