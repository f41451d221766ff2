#!/usr/bin/env bash
# Times the emulator beside other registries: registry_bench.sh [ROUNDS [MEGABYTES]]
#
# In each round, 7 unless told, each server is started anew, and crane pushes an image
# of three random layers of MEGABYTES (210) to it and pulls it again. The servers take
# turns: the emulator in memory and with -data, distribution v3 with files, and crane
# registry serve, in memory. It prints medians of the times, of the server's CPU time
# and of its peak memory (VmHWM), and of the ratios within each round. Seven rounds take
# about three minutes. Run it on a machine with nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=.ci/tools_lib.sh
source .ci/tools_lib.sh http://unset
rounds=${1:-7}
megabytes=${2:-210}
need curl jq go python3
server=
# shellcheck disable=SC2317 # called by a trap
stop() { [[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true; server=; }
trap 'stop; rm -rf "$work"' EXIT

export GOBIN=$work/bin PATH=$work/bin:$PATH
go install ./ecrpublic/ecrpublictest/cmd/ecr-public-emulator
has crane || go install github.com/google/go-containerregistry/cmd/crane@latest
has registry || go install github.com/distribution/distribution/v3/cmd/registry@latest

# image writes a layout of an image with three random layers.
image() { # LAYOUT
	local layers=() config
	mkdir -p "$1/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
	for _ in 1 2 3; do
		head -c "$megabytes"000000 /dev/urandom >"$work/layer"
		hex=$(sha256sum "$work/layer" | cut -d ' ' -f 1)
		mv "$work/layer" "$1/blobs/sha256/$hex"
		layers+=("$(jq -nc --arg digest "sha256:$hex" --argjson size "$megabytes"000000 '{mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: $digest, size: $size}')")
	done
	config=$(blob "$1" application/vnd.oci.image.config.v1+json '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}')
	blob "$1" application/vnd.oci.image.manifest.v1+json "$(jq -nc --argjson config "$config" --argjson layers "[$(IFS=,; echo "${layers[*]}")]" \
		'{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: $layers}')" |
		jq -c '{schemaVersion: 2, manifests: [.]}' >"$1/index.json"
}

# start starts a server and sets where images go.
start() { # NAME
	local port=
	rm -rf "$work/state" "$DOCKER_CONFIG/config.json"
	mkdir "$work/state"
	case $1 in
	emulator) ecr-public-emulator -addr 127.0.0.1:0 >"$work/log" 2>&1 & ;;
	emulator-data) ecr-public-emulator -addr 127.0.0.1:0 -data "$work/state" >"$work/log" 2>&1 & ;;
	distribution)
		printf 'version: 0.1\nlog: {accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:0"}\n' "$work/state" >"$work/config.yml"
		env -u REGISTRY_AUTH_FILE OTEL_TRACES_EXPORTER=none registry serve "$work/config.yml" >"$work/log" 2>&1 &
		;;
	crane) crane registry serve --address 127.0.0.1:0 >"$work/log" 2>&1 & ;;
	esac
	server=$!
	until [[ -n $port ]]; do
		kill -0 "$server" || { cat "$work/log"; exit 1; }
		sleep 0.05
		port=$(grep -oE '(127\.0\.0\.1:|serving on port )[0-9]+' "$work/log" | grep -oE '[0-9]+$' | head -n 1 || true)
	done
	registry=127.0.0.1:$port
	reference=$registry/bench/app:v1
	if [[ $1 == emulator* ]]; then
		url=http://$registry
		reference=$registry/$(api CreateRepository '{"repositoryName":"app"}' | jq -r '.repository.repositoryUri | sub("^public.ecr.aws/"; "")'):v1
		password | crane auth login "$registry" -u AWS --password-stdin 2>"$work/login"
	fi
}

# seconds runs a command and prints how long it took.
seconds() {
	local begin=$EPOCHREALTIME
	"$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; return 1; }
	awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.2f", end - begin }'
}

image "$work/image"
for round in $(seq "$rounds"); do
	for name in emulator emulator-data distribution crane; do
		start $name
		push=$(seconds crane push "$work/image" "$reference")
		pull=$(seconds crane pull --format oci "$reference" "$work/pulled")
		cpu=$(awk -v hertz="$(getconf CLK_TCK)" '{ printf "%.2f", ($14 + $15) / hertz }' "/proc/$server/stat")
		peak=$(awk '$1 == "VmHWM:" { print $2 / 1000 }' "/proc/$server/status")
		stop
		rm -rf "$work/pulled"
		echo "$round $name $push $pull $cpu $peak" | tee -a "$work/results" >&2
	done
done

python3 - "$work/results" <<'PY'
import collections, statistics, sys
rounds = collections.defaultdict(dict)
for line in open(sys.argv[1]):
    number, name, *figures = line.split()
    rounds[name][number] = [float(f) for f in figures]
print(f"{'':20} {'push s':>7} {'pull s':>7} {'cpu s':>7} {'peak MB':>8}")
for name, of in rounds.items():
    print("{:20} {:7.2f} {:7.2f} {:7.2f} {:8.0f}".format(name, *(statistics.median(column) for column in zip(*of.values()))))
print(f"\n{'':36} {'push':>7} {'pull':>7} {'cpu':>7} {'memory':>8}")
for name in ("emulator", "emulator-data"):
    for other in rounds:
        if not other.startswith("emulator"):
            ratios = [[a / b for a, b in zip(rounds[name][number], rounds[other][number])] for number in rounds[name]]
            print("{:36} {:7.2f} {:7.2f} {:7.2f} {:8.2f}".format(f"{name} ÷ {other}", *(statistics.median(column) for column in zip(*ratios))))
PY
