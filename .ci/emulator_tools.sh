#!/usr/bin/env bash
# Pushes, copies, pulls, lists and deletes with crane, skopeo, regctl, oras, helm and
# ko: emulator_tools.sh URL
#
# Exits 1 at the first result that is wrong. For a tool that is missing it prints
# a line that begins with "NOT RUN:" and goes on; it installs nothing.
set -euo pipefail

source "$(dirname "$0")/tools_lib.sh"
need curl jq
mkdir "$work/anonymous"

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

# file writes a file of text, in a directory that it makes.
file() { # PATH
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

with_helm() {
	local name=tools/helm-$$ app
	app=$(create "$name/chart")
	app=$registry/${app%/chart}
	export HELM_REGISTRY_CONFIG=$work/helm.json HELM_CACHE_HOME=$work/helm-cache HELM_CONFIG_HOME=$work/helm-config HELM_DATA_HOME=$work/helm-data
	mkdir "$work/helm-pulled"
	printf 'apiVersion: v2\nname: chart\nversion: 0.1.0\n' | file "$work/chart/Chart.yaml"
	printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n' | file "$work/chart/templates/map.yaml"
	works "helm: package" helm package "$work/chart" -d "$work"
	rm -f "$DOCKER_CONFIG/config.json"
	refused "helm: push without a login" 'unauthorized|denied|40[13]|credential' helm push --plain-http "$work/chart-0.1.0.tgz" "oci://$app"
	works "helm: login" helm registry login --plain-http -u AWS -p "$password" "$registry"
	works "helm: push" helm push --plain-http "$work/chart-0.1.0.tgz" "oci://$app"
	equal "helm: the tags, by the API" "$(tags "$name/chart")" 0.1.0
	equal "helm: its type, by the API" "$(api DescribeImages "{\"repositoryName\":\"$name/chart\"}" | jq -r '.imageDetails[0].artifactMediaType')" application/vnd.cncf.helm.config.v1+json
	works "helm: pull" helm pull --plain-http "oci://$app/chart" --version 0.1.0 -d "$work/helm-pulled"
	equal "helm: what was pulled" "$(sha256sum <"$work/helm-pulled/chart-0.1.0.tgz")" "$(sha256sum <"$work/chart-0.1.0.tgz")"
	sed -i 's/0.1.0/0.2.0/' "$work/chart/Chart.yaml"
	works "helm: package the next version" helm package "$work/chart" -d "$work"
	works "helm: push the next version" helm push --plain-http "$work/chart-0.2.0.tgz" "oci://$app"
	equal "helm: the latest version" "$(helm show chart --plain-http "oci://$app/chart" 2>/dev/null | grep '^version')" "version: 0.2.0"
	refused "helm: push to a missing repository" 'not found|404|name unknown|does not exist' helm push --plain-http "$work/chart-0.2.0.tgz" "oci://$app/missing"
	works "helm: logout" helm registry logout "$registry"
	works "helm: pull without a login" helm pull --plain-http "oci://$app/chart" --version 0.2.0 -d "$work/helm-pulled"
	api BatchDeleteImage "{\"repositoryName\":\"$name/chart\",\"imageIds\":[{\"imageTag\":\"0.1.0\"}]}" >/dev/null
	refused "helm: pull what was deleted" 'not found|404' helm pull --plain-http "oci://$app/chart" --version 0.1.0 -d "$work"
}

with_ko() {
	local name=tools/ko-$$ app digest
	app=$registry/$(create "$name")
	[[ -d $work/layout ]] || oci_layout "$work/layout"
	rm -f "$DOCKER_CONFIG/config.json"
	printf 'module example.com/hello\ngo 1.24\n' | file "$work/hello/go.mod"
	printf 'package main\n\nfunc main() { println("hello") }\n' | file "$work/hello/main.go"
	printf 'defaultBaseImage: %s:base\n' "$app" | file "$work/hello/.ko.yaml"
	# build prints the digest that ko pushed.
	build() { # REPOSITORY
		cd "$work/hello"
		KO_DOCKER_REPO=$1 GOFLAGS=-mod=mod ko build --insecure-registry --bare --platform=all --tags v1,latest .
	}
	crane auth login "$registry" -u AWS -p "$password" 2>"$work/ko-login"
	crane push "$work/layout" "$app:base" >/dev/null 2>"$work/ko-base"
	rm -f "$DOCKER_CONFIG/config.json"
	refused "ko: push without a login" 'unauthorized|denied|40[13]' build "$app"
	works "ko: login" ko login "$registry" -u AWS -p "$password"
	works "ko: push" build "$app"
	equal "ko: the tags, by the API" "$(tags "$name" | tr ' ' '\n' | grep -v '^sha256-' | paste -sd ' ')" "base latest v1"
	digest=$(crane digest "$app:v1")
	equal "ko: its platforms" "$(crane manifest "$app:v1" | jq -r '[.manifests[].platform.architecture] | sort | join(" ")')" "amd64 arm64"
	works "ko: validate" crane validate --remote "$app:latest"
	equal "ko: push again" "$(build "$app" 2>/dev/null)" "$app@$digest"
	refused "ko: push to a missing repository" 'NAME_UNKNOWN|404' build "$app/missing"
}

for tool in crane skopeo regctl oras helm ko; do
	if [[ $tool != ko ]] && has $tool || has ko && has crane; then
		before=$passed
		with_$tool
		echo "$tool: $((passed - before)) passed"
		continue
	fi
	case $tool in
	crane) how="go install github.com/google/go-containerregistry/cmd/crane@v0.22.1" ;;
	skopeo) how="apt-get install skopeo" ;;
	regctl) how="go install github.com/regclient/regclient/cmd/regctl@latest" ;;
	oras) how="go install oras.land/oras/cmd/oras@latest" ;;
	helm) how="go install helm.sh/helm/v3/cmd/helm@latest" ;;
	ko) how="go install github.com/google/ko@latest" ;;
	esac
	echo "NOT RUN: $tool is not installed ($how)"
done
echo "$passed passed, 0 failed"
