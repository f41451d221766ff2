#!/usr/bin/env bash
# Pushes, lists and pulls with docker, podman, buildah and containerd:
# emulator_engines.sh URL
#
# Each stores its images in a directory of this run. docker and containerd are
# started for it, which needs root; a docker daemon that answers already is used.
# Exits 1 at the first result that is wrong. For a tool that is missing or does not
# run here it prints a line that begins with "NOT RUN:" and goes on; it installs
# nothing.
set -euo pipefail

source "$(dirname "$0")/tools_lib.sh"
source "$(dirname "$0")/dockerd_lib.sh"
need curl jq
pids=()
# shellcheck disable=SC2317 # called by a trap
cleanup() {
	local pid
	stop_dockerd
	for pid in "${pids[@]}"; do { kill "$pid" && wait "$pid"; } 2>/dev/null || true; done
	umount "$work"/podman/overlay "$work"/podman "$work"/buildah 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

password=$(password)
mkdir -p "$work/root"
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$work/policy.json"
oci_layout "$work/layout"
tar -C "$work/layout" -cf "$work/layout.tar" .
all=$(jq -r '.manifests[0].digest' "$work/layout/index.json")

# layer writes a tar file of one small file.
layer() { # TEXT
	echo "$1" >"$work/root/text"
	tar -C "$work/root" -cf "$work/layer.tar" text
}

# digest prints the digest of a tag, by the API.
digest() { # NAME TAG
	api DescribeImages "{\"repositoryName\":\"$1\",\"imageIds\":[{\"imageTag\":\"$2\"}]}" | jq -r '.imageDetails[0].imageDigest'
}

delete() { # NAME TAG
	api BatchDeleteImage "{\"repositoryName\":\"$1\",\"imageIds\":[{\"imageTag\":\"$2\"}]}" | jq -e '.failures == []' >/dev/null
}

forget_logins() { echo '{}' >"$DOCKER_CONFIG/config.json"; }

with_docker() {
	local name=tools/docker-$$ app first
	start_dockerd || return 0
	app=$registry/$(create "$name")
	create "$name/copy" >/dev/null
	layer "docker-$$"
	works "docker: import" docker import "$work/layer.tar" "$app:v1"
	forget_logins
	refused "docker: push without a login" 'denied|unauthorized|no basic auth' docker push "$app:v1"
	works "docker: login" docker login -u AWS --password-stdin "$registry" <<<"$password"
	works "docker: push" docker push "$app:v1"
	first=$(digest "$name" v1)
	equal "docker: its digest" "$(docker inspect -f '{{index .RepoDigests 0}}' "$app:v1")" "$app@$first"
	works "docker: tag" docker tag "$app:v1" "$app:v2"
	works "docker: push another tag" docker push "$app:v2"
	works "docker: tag for another repository" docker tag "$app:v1" "$app/copy:v1"
	works "docker: push to another repository" docker push "$app/copy:v1"
	works "docker: push all tags" docker push --all-tags "$app"
	equal "docker: the tags, by the API" "$(tags "$name") $(tags "$name/copy")" "v1 v2 v1"
	equal "docker: one image, by the API" "$(images "$name") $(digest "$name/copy" v1)" "1 $first"
	refused "docker: push to a missing repository" 'name unknown|does not exist' bash -c "docker tag $app:v1 $app/missing:v1 && docker push $app/missing:v1"
	works "docker: create an index" docker manifest create --insecure "$app:all" "$app:v1"
	works "docker: push an index" docker manifest push "$app:all"
	equal "docker: the index" "$(docker manifest inspect --insecure "$app:all" | jq -r '.manifests[0].digest')" "$first"
	works "docker: logout" docker logout "$registry"
	works "docker: remove" docker rmi -f "$app:v1" "$app:v2" "$app/copy:v1"
	works "docker: pull without a login" docker pull "$app:v1"
	works "docker: pull by digest" docker pull "$app@$first"
	works "docker: pull from another repository" docker pull "$app/copy:v1"
	delete "$name/copy" v1
	refused "docker: pull what was deleted" 'not found|manifest unknown|does not exist' docker pull "$app/copy:v1"
}

# with_storage runs podman or buildah with a storage of this run.
with_storage() { # TOOL ARGUMENT...
	local tool=$1
	shift
	"$tool" --root "$work/$tool" --runroot "$work/$tool-run" --storage-driver vfs "$@"
}

podman_() { with_storage podman "$@"; }

with_podman() {
	local name=tools/podman-$$ app first
	if ! podman_ info >/dev/null 2>"$work/log"; then
		echo "NOT RUN: podman does not run here: $(tail -1 "$work/log")"
		return
	fi
	app=$registry/$(create "$name")
	layer "podman-$$"
	works "podman: import" podman_ --log-level error import "$work/layer.tar" "$app:v1"
	forget_logins
	refused "podman: push without a login" 'denied|unauthorized|authentication|40[13]' podman_ push --tls-verify=false "$app:v1"
	works "podman: login" podman_ login --tls-verify=false -u AWS --password-stdin "$registry" <<<"$password"
	works "podman: push" podman_ push --tls-verify=false --digestfile "$work/digest" "$app:v1"
	first=$(digest "$name" v1)
	equal "podman: its digest" "$(cat "$work/digest")" "$first"
	works "podman: push in docker's format" podman_ push --tls-verify=false --format v2s2 "$app:v1" "docker://$app:docker"
	works "podman: create an index" podman_ manifest create "$app:all"
	works "podman: add to the index" podman_ manifest add --tls-verify=false "$app:all" "docker://$app:v1"
	works "podman: push an index" podman_ manifest push --all --tls-verify=false "$app:all" "docker://$app:all"
	equal "podman: the tags" "$(podman_ search --list-tags --tls-verify=false "$app" | awk 'NR > 1 { print $2 }' | sort | paste -sd ' ')" "all docker v1"
	equal "podman: the tags, by the API" "$(tags "$name")" "all docker v1"
	refused "podman: push to a missing repository" 'name unknown|does not exist' podman_ push --tls-verify=false "$app:v1" "docker://$app/missing:v1"
	works "podman: logout" podman_ logout "$registry"
	works "podman: remove" podman_ rmi -f "$app:v1"
	works "podman: pull without a login" podman_ pull --tls-verify=false --signature-policy "$work/policy.json" "$app:v1"
	works "podman: pull by digest" podman_ pull --tls-verify=false --signature-policy "$work/policy.json" "$app@$first"
	delete "$name" all
	delete "$name" docker
	refused "podman: pull what was deleted" 'manifest unknown|not found' podman_ pull --tls-verify=false --signature-policy "$work/policy.json" "$app:docker"
}

buildah_() { with_storage buildah "$@"; }

with_buildah() {
	local name=tools/buildah-$$ app container
	app=$registry/$(create "$name")
	if ! container=$(buildah_ from scratch 2>"$work/log"); then
		echo "NOT RUN: buildah does not run here: $(tail -1 "$work/log")"
		return
	fi
	layer "buildah-$$"
	works "buildah: add" buildah_ add "$container" "$work/layer.tar" /
	works "buildah: commit" buildah_ commit --signature-policy "$work/policy.json" "$container" "$app:v1"
	forget_logins
	refused "buildah: push without a login" 'denied|unauthorized|authentication|40[13]' buildah_ push --signature-policy "$work/policy.json" --tls-verify=false "$app:v1"
	works "buildah: login" buildah_ login --tls-verify=false -u AWS -p "$password" "$registry"
	works "buildah: push" buildah_ push --signature-policy "$work/policy.json" --tls-verify=false --digestfile "$work/digest" "$app:v1" "docker://$app:v1"
	equal "buildah: its digest" "$(cat "$work/digest")" "$(digest "$name" v1)"
	refused "buildah: push to a missing repository" 'name unknown|does not exist' buildah_ push --signature-policy "$work/policy.json" --tls-verify=false "$app:v1" "docker://$app/missing:v1"
	works "buildah: logout" buildah_ logout "$registry"
	works "buildah: remove" buildah_ rmi -f "$app:v1"
	works "buildah: pull without a login" buildah_ pull --signature-policy "$work/policy.json" --tls-verify=false "$app:v1"
}

ctr_() { ctr -a "$work/containerd.sock" "$@"; }

with_containerd() {
	local name=tools/containerd-$$ app
	if [[ $(id -u) != 0 ]]; then
		echo "NOT RUN: containerd: it needs root"
		return
	fi
	cat >"$work/containerd.toml" <<-TOML
		version = 2
		root = "$work/containerd"
		state = "$work/containerd-state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		  address = "$work/containerd.sock"
		[ttrpc]
		  address = "$work/containerd.ttrpc"
	TOML
	containerd -c "$work/containerd.toml" >"$work/log" 2>&1 &
	pids+=($!)
	until ctr_ version >/dev/null 2>&1; do
		if ! kill -0 "${pids[-1]}" 2>/dev/null; then
			echo "NOT RUN: containerd does not start: $(grep -iE 'fatal|error' "$work/log" | tail -1)"
			return
		fi
		sleep 0.2
	done
	app=$registry/$(create "$name")
	works "containerd: import" ctr_ images import --base-name "$app" --all-platforms --no-unpack "$work/layout.tar"
	refused "containerd: push without a login" 'denied|unauthorized|40[13]|authorization' ctr_ images push --plain-http "$app:all"
	works "containerd: push an index" ctr_ images push --plain-http --user "AWS:$password" "$app:all"
	equal "containerd: its digest" "$(digest "$name" all) $(images "$name")" "$all 3"
	works "containerd: tag" ctr_ images tag "$app:all" "$app:again"
	works "containerd: push again" ctr_ images push --plain-http --user "AWS:$password" "$app:again"
	equal "containerd: the tags, by the API" "$(tags "$name")" "again all"
	refused "containerd: push to a missing repository" 'not found|NAME_UNKNOWN|404|does not exist' bash -c "ctr -a '$work/containerd.sock' images tag $app:all $app/missing:all && ctr -a '$work/containerd.sock' images push --plain-http --user 'AWS:$password' $app/missing:all"
	works "containerd: remove" ctr_ images rm --sync "$app:all" "$app:again"
	works "containerd: pull without a login" ctr_ images pull --plain-http --snapshotter native --platform linux/amd64 "$app:all"
	works "containerd: pull by digest" ctr_ images pull --plain-http --snapshotter native --platform linux/amd64 "$app@$all"
	delete "$name" again
	refused "containerd: pull what was deleted" 'not found|404' ctr_ images pull --plain-http --snapshotter native "$app:again"
}

for tool in docker podman buildah containerd; do
	if ! has $tool; then
		echo "NOT RUN: $tool is not installed (apt-get install ${tool/#docker/docker.io})"
		continue
	fi
	before=$passed
	with_$tool
	echo "$tool: $((passed - before)) passed"
done
echo "$passed passed, 0 failed"
