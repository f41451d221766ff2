#!/usr/bin/env bash
# Measures the memory that examples/push takes to push a layer of 1 GiB to an
# emulator in another process: push_memory.sh URL
#
# Prints the figure of both ways and exits 1 if one is over 40 MB. The emulator should keep its
# layers in a directory, or it needs the memory instead.
set -euo pipefail
cd "$(dirname "$0")/.."

url=${1:?usage: push_memory.sh URL}
readonly limit=40000 # kB, of which 10 MB are the program itself

if ! [[ -x /usr/bin/time ]]; then
	echo "NOT RUN: /usr/bin/time is not installed (apt-get install time)"
	exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# blob moves a file into the layout and prints its descriptor.
blob() { # MEDIATYPE FILE
	local hex size
	hex=$(sha256sum "$2" | cut -d ' ' -f 1)
	size=$(stat -c %s "$2")
	mv "$2" "$work/layout/blobs/sha256/$hex"
	printf '{"mediaType":"%s","digest":"sha256:%s","size":%d}' "$1" "$hex" "$size"
}

mkdir -p "$work/layout/blobs/sha256"
head -c 1073741824 /dev/urandom >"$work/big"
layer=$(blob application/octet-stream "$work/big")
printf '{}' >"$work/config"
config=$(blob application/vnd.oci.empty.v1+json "$work/config")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.example.big","config":%s,"layers":[%s]}' "$config" "$layer" >"$work/manifest"
manifest=$(blob application/vnd.oci.image.manifest.v1+json "$work/manifest")
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
printf '{"schemaVersion":2,"manifests":[%s]}' "$manifest" >"$work/layout/index.json"

go -C examples build -o "$work/push" ./push
for via in registry api; do
	if ! /usr/bin/time -v "$work/push" -source "$work/layout" -endpoint "$url" -create -repository "push/memory-$via-$$" -tag v1 -via $via >"$work/out" 2>"$work/err"; then
		cat "$work/err"
		exit 1
	fi
	peak=$(sed -n 's/.*Maximum resident set size (kbytes): //p' "$work/err")
	elapsed=$(sed -n 's/.*Elapsed (wall clock) time (h:mm:ss or m:ss): //p' "$work/err")
	echo "a layer of 1 GiB through the $via: $peak kB at most (limit $limit kB), in $elapsed"
	((peak <= limit)) || { echo "FAILED: more than $limit kB"; exit 1; }
done
