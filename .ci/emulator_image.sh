#!/usr/bin/env bash
# Builds the Dockerfile of the emulator, runs it, and pushes the image to it and
# pulls it again with docker: emulator_image.sh
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
source .ci/dockerd_lib.sh
# shellcheck disable=SC2317 # called by a trap
cleanup() {
	[[ -z ${container:-} ]] || docker rm -f "$container" >/dev/null 2>&1 || true
	stop_dockerd
	rm -rf "$work"
}
trap cleanup EXIT

start_dockerd || exit 77
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

api() { curl -sS --fail-with-body http://127.0.0.1:4510 -H "X-Amz-Target: SpencerFrontendService.$1" -d "$2"; }
repository=$(api CreateRepository '{"repositoryName":"app"}' | jq -r '.repository.repositoryUri | sub("^public.ecr.aws"; "127.0.0.1:4510")')
export DOCKER_CONFIG=$work/config
docker tag ecr-public-emulator:check "$repository:docker"
if docker push -q "$repository:docker" >/dev/null 2>&1; then
	echo "FAILED: docker push without a login"
	exit 1
fi
api GetAuthorizationToken '{}' | jq -r .authorizationData.authorizationToken | base64 -d | cut -d : -f 2 |
	docker login -u AWS --password-stdin 127.0.0.1:4510 >/dev/null 2>&1
docker push -q "$repository:docker"
docker logout 127.0.0.1:4510 >/dev/null
docker rmi -f "$repository:docker" >/dev/null
docker pull -q "$repository:docker"
[[ $(api DescribeImageTags '{"repositoryName":"app"}' | jq -r '.imageTagDetails[].imageTag') == docker ]]
echo "docker pushed and pulled"
