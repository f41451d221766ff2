#!/usr/bin/env bash
# Times examples/push beside crane push: push_bench.sh [URL [ROUNDS]]
#
# Both send the same layout, an image of three layers of 200 MB, 5 MB and 20 kB,
# to the same emulator over loopback, in turns and each time into a repository
# that is new, and is deleted afterwards. Both are built before; what is timed is
# the whole process. It prints the fastest and the median round of each. The rates
# of examples/push are the default ones. Without a URL it starts two emulators of
# its own, one after the other: one that keeps its layers in a directory and one
# that keeps them in memory. Run it on a machine with nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in curl jq crane go; do
	if ! command -v $tool >/dev/null; then
		echo "NOT RUN: $tool is not installed"
		exit 77
	fi
done

# beside_own_emulator starts an emulator and runs this script against it.
beside_own_emulator() { # FLAG...
	local pid status=0
	"$own/emulator" -addr 127.0.0.1:0 "$@" >"$own/url" &
	pid=$!
	for _ in $(seq 100); do
		[[ ! -s $own/url ]] || break
		sleep 0.1
	done
	bash .ci/push_bench.sh "$(grep -o 'http://[^ ]*' "$own/url")" || status=$?
	kill "$pid"
	wait "$pid" || true
	: >"$own/url"
	return $status
}

if (($# == 0)); then
	own=$(mktemp -d)
	trap 'rm -rf "$own"' EXIT
	go build -o "$own/emulator" ./ecrpublic/ecrpublictest/cmd/ecr-public-emulator
	echo "an emulator with a directory:"
	beside_own_emulator -data "$own/data"
	echo "an emulator in memory:"
	beside_own_emulator
	exit
fi

source .ci/tools_lib.sh
rounds=${2:-21}
mkdir -p "$work/layout/blobs/sha256"

# blob moves a file into the layout and prints its descriptor.
blob() { # MEDIATYPE FILE
	local hex size
	hex=$(sha256sum "$2" | cut -d ' ' -f 1)
	size=$(stat -c %s "$2")
	mv "$2" "$work/layout/blobs/sha256/$hex"
	printf '{"mediaType":"%s","digest":"sha256:%s","size":%d}' "$1" "$hex" "$size"
}

layers=
for size in 209715200 5000000 20000; do
	head -c $size /dev/urandom >"$work/layer"
	layers=$layers${layers:+,}$(blob application/vnd.oci.image.layer.v1.tar "$work/layer")
done
jq -nc --argjson layers "[$layers]" '{architecture: "amd64", os: "linux", config: {}, rootfs: {type: "layers", diff_ids: [$layers[].digest]}}' >"$work/config"
config=$(blob application/vnd.oci.image.config.v1+json "$work/config")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' "$config" "$layers" >"$work/manifest"
manifest=$(blob application/vnd.oci.image.manifest.v1+json "$work/manifest")
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
printf '{"schemaVersion":2,"manifests":[%s]}' "$manifest" >"$work/layout/index.json"

go -C examples build -o "$work/push" ./push
password | crane auth login "$registry" -u AWS --password-stdin 2>"$work/log"

# timed appends the milliseconds that a command takes to a file.
timed() { # FILE COMMAND...
	local file=$1 start
	shift
	start=$(date +%s%N)
	"$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
	echo $((($(date +%s%N) - start) / 1000000)) >>"$file"
}

for round in $(seq "$rounds"); do
	for tool in crane push; do
		name=bench/$tool-$$-$round
		repository=$(api CreateRepository "{\"repositoryName\":\"$name\"}" | jq -r '.repository.repositoryUri | sub("^[^/]*/"; "")')
		case $tool in
		crane) timed "$work/crane" crane push "$work/layout" "$registry/$repository:v1" ;;
		push) timed "$work/push.times" "$work/push" -source "$work/layout" -endpoint "$url" -repository "$name" -tag v1 ;;
		esac
		api DeleteRepository "{\"repositoryName\":\"$name\",\"force\":true}" >/dev/null
	done
done

fastest() { sort -n "$1" | head -n 1; }
median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
echo "crane push: $(fastest "$work/crane") ms at best, median $(median "$work/crane") ms"
echo "examples/push: $(fastest "$work/push.times") ms at best, median $(median "$work/push.times") ms"
echo "ratio: $(ratio "$(fastest "$work/push.times")" "$(fastest "$work/crane")") at best, median $(ratio "$(median "$work/push.times")" "$(median "$work/crane")")"
