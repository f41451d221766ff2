#!/usr/bin/env bash
# Pushes, copies, pulls, lists and deletes with crane, skopeo, regctl and oras:
# emulator_tools.sh URL
#
# Exits 1 at the first result that is wrong. For a tool that is missing it prints
# a line that begins with "NOT RUN:" and goes on; it installs nothing.
set -euo pipefail

source "$(dirname "$0")/tools_lib.sh"
need curl jq
mkdir "$work/anonymous"

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

# create makes a repository and prints its name below the registry.
create() { # NAME
	api CreateRepository "{\"repositoryName\":\"$1\"}" | jq -r '.repository.repositoryUri | sub("^public.ecr.aws/"; "")'
}

# tags lists what the API says about a repository's tags.
tags() { # NAME
	api DescribeImageTags "{\"repositoryName\":\"$1\"}" | jq -r '[.imageTagDetails[].imageTag] | sort | join(" ")'
}

images() { api DescribeImages "{\"repositoryName\":\"$1\"}" | jq '.imageDetails | length'; } # NAME

password=$(password)

# image writes the archive of an image of one small layer.
image() { # FILE TEXT
	mkdir -p "$work/root"
	echo "$2" >"$work/root/text"
	tar -C "$work/root" -cf "$work/layer.tar" text
	crane append -f "$work/layer.tar" -t "example.com/$2:latest" -o "$1" 2>"$work/append.log"
}

sorted() { sort | paste -sd ' '; }

with_crane() {
	local name=tools/crane-$$ app copy a b all
	app=$registry/$(create "$name")
	copy=$registry/$(create "$name/copy")
	image "$work/a.tar" "a-$$"
	image "$work/b.tar" "b-$$"
	a=$(crane digest --tarball "$work/a.tar")
	b=$(crane digest --tarball "$work/b.tar")

	refused "crane: push without a login" 'unauthorized|denied|401|403' crane push "$work/a.tar" "$app:a"
	works "crane: login" crane auth login "$registry" -u AWS -p "$password"
	works "crane: push" crane push "$work/a.tar" "$app:a"
	works "crane: push another" crane push "$work/b.tar" "$app:b"
	equal "crane: digest" "$(crane digest "$app:a") $(crane digest "$app:b")" "$a $b"
	works "crane: validate" crane validate --remote "$app:a"
	refused "crane: push to a missing repository" 'NAME_UNKNOWN' crane push "$work/a.tar" "$app/missing:a"
	refused "crane: pull what is missing" 'MANIFEST_UNKNOWN|not found|404' crane manifest "$app:missing"

	works "crane: push an index" crane index append -m "$app:a" -m "$app:b" -t "$app:all"
	all=$(crane digest "$app:all")
	equal "crane: the index" "$(crane manifest "$app:all" | jq -r '[.manifests[].digest] | join(" ")')" "$a $b"
	works "crane: validate the index" crane validate --remote "$app:all"
	equal "crane: the tags" "$(crane ls "$app" | sorted)" "a all b"
	equal "crane: the tags, by the API" "$(tags "$name")" "a all b"
	equal "crane: the images, by the API" "$(images "$name")" 3

	works "crane: copy an index" crane copy "$app:all" "$copy:all"
	equal "crane: the copy" "$(crane digest "$copy:all")" "$all"
	works "crane: validate the copy" crane validate --remote "$copy:all"
	works "crane: tag" crane tag "$app:a" again
	equal "crane: the tag" "$(crane digest "$app:again")" "$a"

	works "crane: pull" crane pull "$app:a" "$work/pulled.tar"
	equal "crane: what was pulled" "$(crane digest --tarball "$work/pulled.tar")" "$a"
	works "crane: pull an index" crane pull --format oci "$app:all" "$work/crane-index"
	equal "crane: the index that was pulled" "$(jq -r '.manifests[0].digest' "$work/crane-index/index.json")" "$all"
	works "crane: pull without a login" env DOCKER_CONFIG="$work/anonymous" crane pull "$app:b" "$work/anonymous.tar"

	refused "crane: delete an image of an index" 'denied|unsupported|referenced|invalid|40[0-9]' crane delete "$app@$b"
	works "crane: delete the index" crane delete "$app@$all"
	works "crane: delete an image" crane delete "$app@$b"
	equal "crane: the tags that are left" "$(crane ls "$app" | sorted)" "a again"
	refused "crane: what was deleted" 'MANIFEST_UNKNOWN|not found|404' crane manifest "$app@$b"
}

with_skopeo() {
	local name=tools/skopeo-$$ app copy index digests
	app=$registry/$(create "$name")
	copy=$registry/$(create "$name/copy")
	oci_layout "$work/layout"
	index=$(jq -r '.manifests[0].digest' "$work/layout/index.json")
	digests=$(jq -r '[.manifests[].digest] | join(" ")' "$work/layout/blobs/sha256/${index#sha256:}")

	rm -f "$REGISTRY_AUTH_FILE"
	refused "skopeo: push without a login" 'unauthorized|denied|authentication|40[13]' skopeo copy --insecure-policy --dest-tls-verify=false --all "oci:$work/layout:all" "docker://$app:all"
	works "skopeo: login" skopeo login --tls-verify=false -u AWS -p "$password" "$registry"
	works "skopeo: push an index" skopeo copy --insecure-policy --dest-tls-verify=false --all "oci:$work/layout:all" "docker://$app:all"
	works "skopeo: push an image" skopeo copy --insecure-policy --dest-tls-verify=false --override-arch amd64 --override-os linux "oci:$work/layout:all" "docker://$app:amd64"
	equal "skopeo: the index" "$(raw "$app:all" | sha256sum | cut -d ' ' -f 1)" "${index#sha256:}"
	equal "skopeo: its images" "$(raw "$app:all" | jq -r '[.manifests[].digest] | join(" ")')" "$digests"
	equal "skopeo: the tags" "$(skopeo list-tags --tls-verify=false "docker://$app" | jq -r '.Tags | sort | join(" ")')" "all amd64"
	equal "skopeo: the tags, by the API" "$(tags "$name")" "all amd64"
	equal "skopeo: the images, by the API" "$(images "$name")" 3
	equal "skopeo: inspect" "$(skopeo inspect --tls-verify=false "docker://$app:amd64" | jq -r .Digest)" "${digests%% *}"
	refused "skopeo: push to a missing repository" 'name unknown|does not exist' skopeo copy --insecure-policy --dest-tls-verify=false --all "oci:$work/layout:all" "docker://$app/missing:all"

	works "skopeo: copy" skopeo copy --insecure-policy --src-tls-verify=false --dest-tls-verify=false --all "docker://$app:all" "docker://$copy:all"
	equal "skopeo: the copy" "$(raw "$copy:all" | sha256sum)" "$(raw "$app:all" | sha256sum)"
	works "skopeo: pull" skopeo copy --insecure-policy --src-tls-verify=false --all "docker://$copy:all" "oci:$work/pulled:all"
	equal "skopeo: what was pulled" "$(jq -r '.manifests[0].digest' "$work/pulled/index.json")" "$index"
	works "skopeo: pull without a login" env REGISTRY_AUTH_FILE="$work/anonymous/config.json" skopeo copy --insecure-policy --src-tls-verify=false "docker://$app:amd64" "dir:$work/anonymous/image"

	works "skopeo: delete the index" skopeo delete --tls-verify=false "docker://$app:all"
	equal "skopeo: the tags that are left" "$(tags "$name")" "amd64"
	works "skopeo: delete the image" skopeo delete --tls-verify=false "docker://$app:amd64"
	equal "skopeo: no tags are left" "$(tags "$name")" ""
}

with_regctl() {
	local name=tools/regctl-$$ app copy digest
	export REGCTL_CONFIG=$work/regctl.json
	app=$registry/$(create "$name")
	copy=$registry/$(create "$name/copy")
	[[ -d $work/layout ]] || oci_layout "$work/layout"
	digest=$(jq -r '.manifests[0].digest' "$work/layout/index.json")

	rm -f "$DOCKER_CONFIG/config.json"
	works "regctl: plain HTTP" regctl registry set --tls disabled "$registry"
	refused "regctl: push without a login" 'unauthorized|denied|401|403' regctl image copy "ocidir://$work/layout:all" "$app:all"
	works "regctl: login" regctl registry login "$registry" -u AWS -p "$password"
	works "regctl: push an index" regctl image copy "ocidir://$work/layout:all" "$app:all"
	equal "regctl: its digest" "$(regctl manifest head "$app:all")" "$digest"
	works "regctl: copy" regctl image copy "$app:all" "$copy:all"
	equal "regctl: the tags" "$(regctl tag ls "$app" | sorted) $(tags "$name/copy")" "all all"
	works "regctl: push an artifact" regctl artifact put --artifact-type application/x.test --file "$work/layout/oci-layout" "$app:artifact"
	works "regctl: attach" regctl artifact put --artifact-type application/x.note --subject "$app:all" --file "$work/layout/index.json"
	equal "regctl: the artifact" "$(regctl artifact get "$app:artifact")" "$(cat "$work/layout/oci-layout")"
	equal "regctl: the referrers" "$(regctl artifact list "$app:all" --format '{{len .Descriptors}}')" 1
	works "regctl: pull" regctl image copy "$copy:all" "ocidir://$work/regctl-pulled:all"
	equal "regctl: what was pulled" "$(jq -r '.manifests[0].digest' "$work/regctl-pulled/index.json")" "$digest"
	works "regctl: delete a tag" regctl tag delete "$app:artifact"
	works "regctl: delete the index" regctl manifest delete "$app@$digest"
	equal "regctl: no tags are left" "$(tags "$name")" ""
	refused "regctl: push to a missing repository" 'not found|404|name unknown' regctl image copy "ocidir://$work/layout:all" "$app/missing:all"
}

with_oras() {
	local name=tools/oras-$$ app copy
	app=$registry/$(create "$name")
	copy=$registry/$(create "$name/copy")
	mkdir -p "$work/oras"
	(
		cd "$work/oras"
		echo text >file
		rm -f "$DOCKER_CONFIG/config.json"
		refused "oras: push without a login" 'unauthorized|denied|401|403|credential' oras push --plain-http "$app:v1" file
		works "oras: login" oras login --plain-http -u AWS -p "$password" "$registry"
		works "oras: push" oras push --plain-http --artifact-type application/x.test "$app:v1" file
		works "oras: tag" oras tag --plain-http "$app:v1" v2
		works "oras: attach" oras attach --plain-http --artifact-type application/x.note "$app:v1" file
		equal "oras: the referrers" "$(oras discover --plain-http --format json "$app:v1" | jq '(.referrers // .manifests) | length')" 1
		works "oras: copy" oras cp -r --from-plain-http --to-plain-http "$app:v1" "$copy:v1"
		equal "oras: the tags" "$(oras repo tags --plain-http "$app" | sorted) $(tags "$name/copy")" "v1 v2 v1"
		works "oras: pull" oras pull --plain-http -o pulled "$copy:v1"
		equal "oras: what was pulled" "$(cat pulled/file)" text
		works "oras: an empty artifact" oras push --plain-http --artifact-type application/x.empty "$app:empty"
		works "oras: delete" oras manifest delete --plain-http -f "$app:v2"
		equal "oras: it deletes by digest" "$(tags "$name")" empty
		refused "oras: push to a missing repository" 'not found|404|name unknown' oras push --plain-http "$app/missing:v1" file
		echo "$passed" >passed
	)
	passed=$(cat "$work/oras/passed")
}

# raw prints a manifest as it is.
raw() { skopeo inspect --raw --tls-verify=false "docker://$1"; } # IMAGE

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

for tool in crane skopeo regctl oras; do
	if command -v $tool >/dev/null; then
		with_$tool
		continue
	fi
	case $tool in
	crane) how="go install github.com/google/go-containerregistry/cmd/crane@v0.22.1" ;;
	skopeo) how="apt-get install skopeo" ;;
	regctl) how="go install github.com/regclient/regclient/cmd/regctl@latest" ;;
	oras) how="go install oras.land/oras/cmd/oras@latest" ;;
	esac
	echo "NOT RUN: $tool is not installed ($how)"
done
echo "$passed passed, 0 failed"
