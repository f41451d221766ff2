#!/usr/bin/env bash
# Pushes an image with a layer of 200 MB, an index of five platforms, an artifact
# with a referrer and archives of other tools with examples/push, and reads them
# back with crane and skopeo: push_tools.sh URL
#
# A docker daemon is started, which needs root; one that answers already is used.
# Exits 1 at the first result that is wrong. For a tool that is missing it prints
# a line that begins with "NOT RUN:" and goes on; it installs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

source .ci/tools_lib.sh
source .ci/dockerd_lib.sh
need curl jq go
trap 'stop_dockerd; rm -rf "$work"' EXIT

# file puts a file into a layout and prints its descriptor. It moves the file.
file() { # LAYOUT MEDIATYPE FILE
	local hex size
	hex=$(sha256sum "$3" | cut -d ' ' -f 1)
	size=$(stat -c %s "$3")
	mkdir -p "$1/blobs/sha256"
	mv "$3" "$1/blobs/sha256/$hex"
	jq -nc --arg type "$2" --arg digest "sha256:$hex" --argjson size "$size" '{mediaType: $type, digest: $digest, size: $size}'
}

# text is file for a text.
text() { # LAYOUT MEDIATYPE TEXT
	printf %s "$3" >"$work/text"
	file "$1" "$2" "$work/text"
}

# layer puts a tar with random content into a layout, and prints its descriptor.
# It notes the digest that the tar has without compression.
layer() { # LAYOUT BYTES
	local plain
	head -c "$2" /dev/urandom >"$work/content"
	tar -C "$work" -cf "$work/layer" content
	plain=$(sha256sum "$work/layer" | cut -d ' ' -f 1)
	gzip -nf1 "$work/layer"
	file "$1" application/vnd.oci.image.layer.v1.tar+gzip "$work/layer.gz" | tee "$work/descriptor"
	echo "sha256:$plain" >"$work/$(jq -r '.digest[7:]' "$work/descriptor").plain"
}

# image puts an image of layers into a layout, and prints its descriptor.
image() { # LAYOUT ARCHITECTURE LAYER...
	local layout=$1 architecture=$2 layers config plain
	shift 2
	layers=$(jq -sc . <<<"$*")
	plain=$(jq -r '.[].digest[7:]' <<<"$layers" | while read -r hex; do cat "$work/$hex.plain"; done | jq -Rnc '[inputs]')
	config=$(jq -nc --arg arch "$architecture" --argjson plain "$plain" \
		'{architecture: $arch, os: "linux", config: {}, rootfs: {type: "layers", diff_ids: $plain}}')
	config=$(text "$layout" application/vnd.oci.image.config.v1+json "$config")
	text "$layout" application/vnd.oci.image.manifest.v1+json "$(jq -nc --argjson config "$config" --argjson layers "$layers" \
		'{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: $layers}')" |
		jq -c --arg arch "$architecture" '. + {platform: {architecture: $arch, os: "linux"}}'
}

# artifact puts an artifact into a layout, about a subject if there is one, and
# prints its descriptor.
artifact() { # LAYOUT TEXT [SUBJECT]
	local config layer
	config=$(text "$1" application/vnd.oci.empty.v1+json '{}')
	layer=$(text "$1" text/plain "$2")
	text "$1" application/vnd.oci.image.manifest.v1+json "$(jq -nc --argjson config "$config" --argjson layer "$layer" --argjson subject "${3:-null}" \
		'{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: "application/vnd.example.note", config: $config, layers: [$layer]}
		+ if $subject then {subject: $subject} else {} end')"
}

# close_layout makes a folder a layout of manifests, and names the first.
close_layout() { # LAYOUT MANIFEST...
	local layout=$1
	shift
	echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
	jq -sc '.[0].annotations = {"org.opencontainers.image.ref.name": "named"} | {schemaVersion: 2, manifests: .}' <<<"$*" >"$layout/index.json"
}

# push pushes, checks the digest, and prints the repository below the registry.
push() { # NAME DIGEST FLAG...
	local name=$1 digest=$2 output
	shift 2
	output=$("$work/push" -endpoint "$url" -create -repository "$name" -tag v1 "$@" 2>"$work/push.log") || fail "push $name: $(cat "$work/push.log")"
	[[ $(sed -n 's/^digest: //p' <<<"$output") == "$digest" ]] || fail "push $name: $output, want $digest"
	sed -n 's/^repositoryUri: [^/]*/'"$registry"'/p' <<<"$output"
}

# stored prints the digest of a manifest as the registry serves it.
stored() { # REPOSITORY REFERENCE
	echo "sha256:$(curl -sS --fail -H "Authorization: Bearer $(curl -sS --fail "$url/token/" | jq -r .token)" \
		-H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
		"http://$registry/v2/${1#"$registry"/}/manifests/$2" | sha256sum | cut -d ' ' -f 1)"
}

# pulled reads an image or index back with other tools.
pulled() { # WORDS REPOSITORY DIGEST
	equal "$1: the manifest" "$(stored "$2" v1)" "$3"
	if has crane; then
		equal "$1: crane digest" "$(crane digest "$2:v1")" "$3"
		works "$1: crane validate" crane validate --remote "$2:v1"
	fi
	if has skopeo; then
		equal "$1: skopeo inspect" "sha256:$(skopeo inspect --raw --tls-verify=false "docker://$2:v1" | sha256sum | cut -d ' ' -f 1)" "$3"
		rm -rf "$work/copy"
		works "$1: skopeo copy" skopeo copy --insecure-policy --src-tls-verify=false --all --preserve-digests "docker://$2:v1" "oci:$work/copy:v1"
		equal "$1: the copy" "$(jq -r '.manifests[0].digest' "$work/copy/index.json")" "$3"
	fi
}

go -C examples build -o "$work/push" ./push
name=push/tools-$$

three=$work/three
manifest=$(image "$three" amd64 "$(layer "$three" 209715200)" "$(layer "$three" 6000000)" "$(layer "$three" 1000)")
close_layout "$three" "$manifest"
digest=$(jq -r .digest <<<"$manifest")
pulled "three layers" "$(push "$name/three" "$digest" -source "$three")" "$digest"
tar -C "$three" -cf "$work/three.tar" .
pulled "three layers from a tar" "$(push "$name/tar" "$digest" -source "$work/three.tar")" "$digest"
push "$name/three" "$digest" -source "$three" >/dev/null
equal "three layers again" "$(tail -n 1 "$work/push.log")" "uploaded 0 of 1 blob, 0 B"

five=$work/five
images=()
for arch in amd64 arm64 arm ppc64le s390x; do
	images+=("$(image "$five" $arch "$(layer "$five" 100000)" "$(layer "$five" 1000)")")
done
index=$(text "$five" application/vnd.oci.image.index.v1+json \
	"$(jq -sc '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: .}' <<<"${images[*]}")")
close_layout "$five" "$index"
digest=$(jq -r .digest <<<"$index")
five_repository=$(push "$name/five" "$digest" -source "$five")
pulled "five platforms" "$five_repository" "$digest"

notes=$work/notes
note=$(artifact "$notes" "a note-$$")
about=$(artifact "$notes" "about the note" "$note")
close_layout "$notes" "$note" "$about"
digest=$(jq -r .digest <<<"$note")
repository=$(push "$name/notes" "$digest" -source "$notes" -reference named -referrers)
equal "artifact: the manifest" "$(stored "$repository" v1)" "$digest"
equal "artifact: its referrer" "$(stored "$repository" "$(jq -r .digest <<<"$about")")" "$(jq -r .digest <<<"$about")"
equal "artifact: the list of referrers" "$(curl -sS --fail -H "Authorization: Bearer $(curl -sS --fail "$url/token/" | jq -r .token)" \
	"http://$registry/v2/${repository#"$registry"/}/referrers/$digest" | jq -r '[.manifests[].digest] | join(" ")')" "$(jq -r .digest <<<"$about")"
if has crane; then
	equal "artifact: crane manifest" "sha256:$(crane manifest "$repository:v1" | sha256sum | cut -d ' ' -f 1)" "$digest"
	equal "artifact: crane manifest of its referrer" "sha256:$(crane manifest "$repository@$(jq -r .digest <<<"$about")" | sha256sum | cut -d ' ' -f 1)" "$(jq -r .digest <<<"$about")"
	equal "artifact: crane blob" "$(crane blob "$repository@$(crane manifest "$repository:v1" | jq -r '.layers[0].digest')")" "a note-$$"
fi
if has skopeo; then
	works "artifact: skopeo copy" skopeo copy --insecure-policy --src-tls-verify=false "docker://$repository:v1" "dir:$work/note"
	equal "artifact: skopeo inspect of its referrer" "sha256:$(skopeo inspect --raw --tls-verify=false "docker://$repository@$(jq -r .digest <<<"$about")" | sha256sum | cut -d ' ' -f 1)" "$(jq -r .digest <<<"$about")"
	equal "artifact: the copy" "sha256:$(sha256sum "$work/note/manifest.json" | cut -d ' ' -f 1)" "$digest"
fi

if has crane; then
	echo "hello-$$" >"$work/hello"
	tar -C "$work" -cf "$work/hello.tar" hello
	crane append -f "$work/hello.tar" -t "example.com/hello:latest" -o "$work/crane.tar" 2>"$work/append.log"
	digest=$(crane digest --tarball "$work/crane.tar")
	pulled "what crane saves" "$(push "$name/crane" "$digest" -source "$work/crane.tar")" "$digest"
else
	echo "NOT RUN: crane is not installed (go install github.com/google/go-containerregistry/cmd/crane@v0.22.1)"
fi
if has ko && has crane; then
	mkdir "$work/hello-ko"
	printf 'module example.com/hello\n\ngo 1.21\n' >"$work/hello-ko/go.mod"
	printf 'package main\n\nfunc main() { println("hello") }\n' >"$work/hello-ko/main.go"
	# ko takes a path for a repository, which has lower case only.
	build() { # BASE FLAG...
		(cd "$work/hello-ko" && GOWORK=off KO_DEFAULTBASEIMAGE="$registry/$1:v1" KO_DOCKER_REPO=example.com ko build --push=false --sbom=none "${@:2}" . 2>"$work/ko.log" >/dev/null) ||
			fail "ko build: $(cat "$work/ko.log")"
	}
	base=${five_repository#"$registry"/}
	build "$base" --oci-layout-path ../ko-layout --platform linux/amd64,linux/arm64
	digest=$(jq -r '.manifests[0].digest' "$work/ko-layout/index.json")
	repository=$(push "$name/ko-layout" "$digest" -source "$work/ko-layout")
	works "a layout of ko: crane validate" crane validate --remote "$repository:v1"
	build "$base" --tarball "$work/ko.tar" --platform linux/amd64
	digest=$(crane digest --tarball "$work/ko.tar")
	repository=$(push "$name/ko-tar" "$digest" -source "$work/ko.tar")
	works "a tar of ko: crane validate" crane validate --remote "$repository:v1"
else
	echo "NOT RUN: ko or crane is not installed (go install github.com/google/ko@v0.19.1)"
fi
if has skopeo; then
	skopeo copy --insecure-policy -q "oci:$three" "docker-archive:$work/docker.tar:example.com/three:latest"
	output=$("$work/push" -endpoint "$url" -create -repository "$name/docker" -tag v1 -source "$work/docker.tar" 2>"$work/push.log") || fail "push what docker saves: $(cat "$work/push.log")"
	digest=$(sed -n 's/^digest: //p' <<<"$output")
	! has crane || equal "what docker saves: crane digest" "$digest" "$(crane digest --tarball "$work/docker.tar")"
	pulled "what docker saves" "$(sed -n 's/^repositoryUri: [^/]*/'"$registry"'/p' <<<"$output")" "$digest"
	printf %032d 0 | dd of="$work/docker.tar" bs=1 seek=100000000 conv=notrunc status=none
	"$work/push" -endpoint "$url" -repository "$name/docker" -tag v2 -source "$work/docker.tar" >/dev/null 2>"$work/push.log" && fail "push a damaged layer: no error"
	equal "a damaged layer" "$(grep -c ': mismatched digest$' "$work/push.log")" 1
else
	echo "NOT RUN: skopeo is not installed (apt-get install skopeo)"
fi
if has docker && has crane; then
	if start_dockerd; then
		app=example.com/saved
		works "docker: import" docker import "$work/hello.tar" $app:v1
		works "docker: tag" docker tag $app:v1 $app:v2
		works "docker: save" docker save -o "$work/saved.tar" $app:v1 $app:v2
		digest=$(crane digest --tarball "$work/saved.tar")
		if docker info -f '{{json .DriverStatus}}' | grep -q io.containerd.snapshotter; then
			digest=$(tar -xOf "$work/saved.tar" index.json | jq -r '.manifests[0].digest')
		fi
		for reference in $app:v1 $app:v2; do
			pulled "what docker saves as $reference" "$(push "$name/docker-${reference#"$app:"}" "$digest" -source "$work/saved.tar" -reference "$reference")" "$digest"
		done
	fi
else
	echo "NOT RUN: docker or crane is not installed (apt-get install docker.io)"
fi
echo "$passed passed, 0 failed"
