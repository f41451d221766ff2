#!/usr/bin/env bash
# Times whole jobs beside other tools: push_bench.sh [ROUNDS [DELAY]]
#
# The jobs: push an OCI layout, push an archive of docker save, push it again, push an
# index of 25 blobs, mirror 50 tags, mirror them again. Each is done by the examples
# through the registry host and through the API, by crane and by skopeo, as whole
# processes, in turns, against an emulator behind a proxy that delivers everything
# DELAY later, each way (30ms unless told). What is new goes into a repository that
# is new. It prints for each job and tool the median time, the CPU time and the
# requests, and the ratio of the first to the best other tool. Run it on a machine
# with nothing else to do, or look at the ratios alone.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-5}
delay=${2:-30ms}
own=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$own"' EXIT

for tool in curl jq crane skopeo go python3; do
	if ! command -v $tool >/dev/null; then
		echo "NOT RUN: $tool is not installed"
		exit 77
	fi
done

go build -o "$own/emulator" ./ecrpublic/ecrpublictest/cmd/ecr-public-emulator
go build -o "$own/latency" ./.ci/latency
go -C examples build -o "$own/" ./push ./mirror
"$own/emulator" -addr 127.0.0.1:0 >"$own/emulator.url" &
pids+=($!)
until [[ -s $own/emulator.url ]]; do sleep 0.1; done
direct=$(grep -o 'http://[^ ]*' "$own/emulator.url" | head -n 1)
"$own/latency" "${direct#http://}" "$delay" "$own/requests" >"$own/proxy.url" &
proxy=$!
pids+=("$proxy")
until [[ -s $own/proxy.url ]]; do sleep 0.1; done

# shellcheck source=.ci/tools_lib.sh
source .ci/tools_lib.sh "$(cat "$own/proxy.url")"
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$own" "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
# The set-up goes around the proxy.
through=$url
url=$direct
password | crane auth login "$registry" -u AWS --password-stdin 2>"$work/log"

# layouts writes a layout of one image, an archive of docker save of it and a layout of
# an index of 25 blobs, and one of 50 tags.
layouts() {
	python3 - "$work" <<'PY'
import hashlib, io, json, os, sys, tarfile
work = sys.argv[1]
def layout(name):
    os.makedirs(f"{work}/{name}/blobs/sha256")
    open(f"{work}/{name}/oci-layout", "w").write('{"imageLayoutVersion":"1.0.0"}')
    def blob(kind, data):
        digest = hashlib.sha256(data).hexdigest()
        open(f"{work}/{name}/blobs/sha256/{digest}", "wb").write(data)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}
    return blob
def plain(size):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as t:
        i = tarfile.TarInfo("random"); i.size = size
        t.addfile(i, io.BytesIO(os.urandom(size // 2) + bytes(size - size // 2)))
    return data.getvalue()
OCI = "application/vnd.oci.image."
def image(blob, layers, arch="amd64"):
    config = {"architecture": arch, "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(l).hexdigest() for l in layers]}}
    return blob(OCI + "manifest.v1+json", json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": blob(OCI + "config.v1+json", json.dumps(config).encode()), "layers": [blob(OCI + "layer.v1.tar", l) for l in layers]}).encode())
def write(name, manifests):
    json.dump({"schemaVersion": 2, "manifests": manifests}, open(f"{work}/{name}/index.json", "w"))
def named(desc, tag):
    return {**desc, "annotations": {"org.opencontainers.image.ref.name": tag}}
layers = [plain(60_000_000), plain(5_000_000), plain(20_000), plain(3_000), plain(1_000)]
write("layout", [named(image(layout("layout"), layers), "v1")])
with tarfile.open(f"{work}/saved.tar", "w") as t:
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(l).hexdigest() for l in layers]}}).encode()
    files = [(f"{i}/layer.tar", l) for i, l in enumerate(layers)] + [("config.json", config), ("manifest.json", json.dumps([{"Config": "config.json", "RepoTags": ["example.com/app:v1"], "Layers": [f"{i}/layer.tar" for i in range(len(layers))]}]).encode())]
    for name, data in files:
        i = tarfile.TarInfo(name); i.size = len(data); t.addfile(i, io.BytesIO(data))
blob = layout("index")
children = [{**image(blob, [plain(20_000) for _ in range(4)], arch), "platform": {"architecture": arch, "os": "linux"}} for arch in ["amd64", "arm64", "arm", "ppc64le", "s390x"]]
write("index", [named(blob(OCI + "index.v1+json", json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": children}).encode()), "v1")])
blob = layout("tags")
base = plain(20_000)
write("tags", [named(image(blob, [base, plain(3_000)]), f"v{i:02}") for i in range(50)])
PY
}

# repository creates a repository and prints its path on the registry host.
repository() { # NAME
	api CreateRepository "{\"repositoryName\":\"$1\"}" | jq -r '.repository.repositoryUri | sub("^[^/]*/"; "")'
}

# count prints how many requests have passed the proxy.
count() {
	rm -f "$own/requests"
	kill -USR1 "$proxy"
	until [[ -s $own/requests ]]; do sleep 0.02; done
	cat "$own/requests"
}

# timed runs a job of a tool and notes its time, CPU time and requests.
timed() { # JOB TOOL COMMAND...
	local job=$1 tool=$2 before
	shift 2
	before=$(count)
	TIMEFORMAT='%R %U %S'
	{ time "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; } 2>"$work/time"
	read -r real user system < <(tail -n 1 "$work/time")
	[[ $real =~ ^[0-9.]+$ ]] || { cat "$work/time"; exit 1; }
	awk -v j="$job" -v t="$tool" -v r="$real" -v c="$user" -v s="$system" -v n=$(($(count) - before)) 'BEGIN { print j, t, r, c + s, n }' >>"$work/results"
}

layouts
upstream=$(repository "bench/upstream-$$")
"$own/mirror" -h >/dev/null 2>&1 || true
skopeo_tags() { for i in $(seq -w 0 49); do skopeo copy -q --insecure-policy --dest-tls-verify=false "oci:$work/tags:v$i" "docker://${direct#http://}/$upstream:v$i"; done; }
crane auth login "${direct#http://}" -u AWS -p "$(password)" 2>"$work/log"
skopeo_tags

for round in $(seq "$rounds"); do
	for tool in registry api crane skopeo; do
		name=bench/$tool-$$-$round
		path=$(repository "$name")
		case $tool in
		registry | api)
			push=("$own/push" -endpoint "$through" -via "$tool" -tag v1)
			timed layout "$tool" "${push[@]}" -repository "$name" -source "$work/layout"
			api DeleteRepository "{\"repositoryName\":\"$name\",\"force\":true}" >/dev/null
			path=$(repository "$name")
			rm -rf "$XDG_CACHE_HOME"
			timed docker-save "$tool" "${push[@]}" -repository "$name" -source "$work/saved.tar"
			timed docker-save-again "$tool" "${push[@]}" -repository "$name" -source "$work/saved.tar"
			timed index "$tool" "${push[@]}" -repository "$name" -source "$work/index"
			mirror=("$own/mirror" -endpoint "$through" -via "$tool" -repository "$name" -source "$registry/$upstream")
			timed mirror "$tool" "${mirror[@]}"
			timed mirror-again "$tool" "${mirror[@]}"
			;;
		crane)
			timed layout "$tool" crane push "$work/layout" "$registry/$path:v1"
			api DeleteRepository "{\"repositoryName\":\"$name\",\"force\":true}" >/dev/null
			path=$(repository "$name")
			timed docker-save "$tool" crane push "$work/saved.tar" "$registry/$path:v1"
			timed docker-save-again "$tool" crane push "$work/saved.tar" "$registry/$path:v1"
			timed index "$tool" crane push --index "$work/index" "$registry/$path:v1"
			timed mirror "$tool" crane copy -j 16 --all-tags "$registry/$upstream" "$registry/$path"
			timed mirror-again "$tool" crane copy -j 16 --all-tags "$registry/$upstream" "$registry/$path"
			;;
		skopeo)
			copy=(skopeo copy -q --insecure-policy --dest-tls-verify=false)
			timed layout "$tool" "${copy[@]}" "oci:$work/layout:v1" "docker://$registry/$path:v1"
			api DeleteRepository "{\"repositoryName\":\"$name\",\"force\":true}" >/dev/null
			path=$(repository "$name")
			timed docker-save "$tool" "${copy[@]}" "docker-archive:$work/saved.tar" "docker://$registry/$path:v1"
			timed docker-save-again "$tool" "${copy[@]}" "docker-archive:$work/saved.tar" "docker://$registry/$path:v1"
			timed index "$tool" "${copy[@]}" --all "oci:$work/index:v1" "docker://$registry/$path:v1"
			;;
		esac
		api DeleteRepository "{\"repositoryName\":\"$name\",\"force\":true}" >/dev/null
	done
done

python3 - "$work/results" <<'PY'
import collections, statistics, sys
results = collections.defaultdict(list)
for line in open(sys.argv[1]):
    job, tool, *figures = line.split()
    results[job, tool].append([float(f) for f in figures])
medians = {key: [statistics.median(column) for column in zip(*rows)] for key, rows in results.items()}
print(f"{'job':18} {'tool':9} {'wall s':>7} {'cpu s':>7} {'requests':>8}  wall ÷ best other")
for job in dict.fromkeys(job for job, _ in medians):
    others = min(figures[0] for (j, tool), figures in medians.items() if j == job and tool in ("crane", "skopeo"))
    for (j, tool), (wall, cpu, requests) in medians.items():
        if j == job:
            print(f"{job:18} {tool:9} {wall:7.2f} {cpu:7.2f} {requests:8.0f}  {wall / others:.2f}" if tool in ("registry", "api") else f"{job:18} {tool:9} {wall:7.2f} {cpu:7.2f} {requests:8.0f}")
PY
