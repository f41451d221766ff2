#!/usr/bin/env bash
# Builds the Dockerfile of the emulator and runs it: emulator_image.sh
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
daemon=
# shellcheck disable=SC2317 # called by a trap
cleanup() {
	[[ -z ${container:-} ]] || docker rm -f "$container" >/dev/null 2>&1 || true
	[[ -z $daemon ]] || { kill "$daemon" && wait "$daemon"; } 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

if ! docker info >/dev/null 2>&1; then
	if [[ $(id -u) != 0 ]] || ! command -v dockerd >/dev/null; then
		echo "NOT RUN: no docker daemon answers, and none can be started"
		exit 77
	fi
	export DOCKER_HOST=unix://$work/docker.sock
	dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" \
		--iptables=false --bridge=none --storage-driver=vfs >"$work/log" 2>&1 &
	daemon=$!
	until docker info >/dev/null 2>&1; do
		if ! kill -0 "$daemon" 2>/dev/null; then
			echo "NOT RUN: dockerd does not start: $(grep -iE 'failed|error' "$work/log" | tail -1)"
			exit 77
		fi
		sleep 0.2
	done
fi
mkdir "$work/image"
cp ecrpublic/ecrpublictest/cmd/ecr-public-emulator/Dockerfile "$work/image"
CGO_ENABLED=0 go build -o "$work/image/ecr-public-emulator" ./ecrpublic/ecrpublictest/cmd/ecr-public-emulator
docker build -q -t ecr-public-emulator:check "$work/image" >/dev/null
container=$(docker run -d --network host ecr-public-emulator:check)
until curl -sf http://127.0.0.1:4510/_emulator/health; do
	[[ $(docker inspect -f '{{.State.Running}}' "$container") == true ]]
	sleep 0.2
done
echo
docker run --rm ecr-public-emulator:check -version
