#!/usr/bin/env bash
# Runs all 23 operations through the AWS CLI: emulator_awscli.sh URL
#
# Exits 1 at the first answer that is wrong. Without the AWS CLI it prints a line
# that begins with "NOT RUN:" and exits 77.
set -euo pipefail

url=${1:?usage: emulator_awscli.sh URL}

if ! command -v aws >/dev/null; then
	echo "NOT RUN: the AWS CLI is not installed (apt-get install awscli)"
	exit 77
fi

export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-EMULATOR} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-emulator}
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
repository=awscli/app-$$
passed=0
declare -A run

# ecr runs an operation and prints what a query finds in its answer.
ecr() { # OPERATION QUERY ARGUMENT...
	local operation=$1 query=$2
	shift 2
	aws ecr-public "$operation" --endpoint-url "$url" --output text --query "$query" "$@"
}

# check runs an operation and compares what the query finds.
check() { # OPERATION QUERY WANT ARGUMENT...
	local operation=$1 query=$2 want=$3 got
	shift 3
	if ! got=$(ecr "$operation" "$query" "$@"); then
		echo "FAILED: $operation $query: $got"
		exit 1
	fi
	# shellcheck disable=SC2053 # a pattern
	if [[ $got != $want ]]; then
		echo "FAILED: $operation $query: got '$got', want '$want'"
		exit 1
	fi
	run[$operation]=1
	passed=$((passed + 1))
}

# refused runs an operation that has to fail with a code.
refused() { # OPERATION CODE ARGUMENT...
	local operation=$1 code=$2 got
	shift 2
	if got=$(ecr "$operation" '@' "$@" 2>&1); then
		echo "FAILED: $operation succeeded, want $code: $got"
		exit 1
	fi
	if [[ $got != *"($code)"* ]]; then
		echo "FAILED: $operation: got '$got', want $code"
		exit 1
	fi
	passed=$((passed + 1))
}

digest() { echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"; }

# upload sends a file as a layer of one part.
upload() { # FILE
	local size id
	size=$(stat -c %s "$1")
	id=$(ecr initiate-layer-upload uploadId --repository-name "$repository")
	check initiate-layer-upload partSize 10485760 --repository-name "$repository"
	check upload-layer-part lastByteReceived $((size - 1)) --repository-name "$repository" --upload-id "$id" \
		--part-first-byte 0 --part-last-byte $((size - 1)) --layer-part-blob "fileb://$1"
	check complete-layer-upload layerDigest "$(digest "$1")" --repository-name "$repository" --upload-id "$id" --layer-digests "$(digest "$1")"
}

# Repositories and the registry.
check create-repository repository.repositoryName "$repository" --repository-name "$repository" --tags Key=team,Value=a
refused create-repository RepositoryAlreadyExistsException --repository-name "$repository"
check describe-repositories 'repositories[0].repositoryUri' "public.ecr.aws/*/$repository" --repository-names "$repository"
arn=$(ecr describe-repositories 'repositories[0].repositoryArn' --repository-names "$repository")
check describe-registries 'registries[0].aliases[?primaryRegistryAlias].status' ACTIVE
check put-registry-catalog-data registryCatalogData.displayName 'The team' --display-name 'The team'
check get-registry-catalog-data registryCatalogData.displayName 'The team'
check put-repository-catalog-data catalogData.architectures[0] ARM --repository-name "$repository" --catalog-data 'description=about,architectures=ARM'
check get-repository-catalog-data catalogData.description about --repository-name "$repository"

# Tags.
check tag-resource '@' '?(None)' --resource-arn "$arn" --tags Key=stage,Value=test
check list-tags-for-resource "tags[?Key=='stage'].Value" test --resource-arn "$arn"
check untag-resource '@' '?(None)' --resource-arn "$arn" --tag-keys team
check list-tags-for-resource 'length(tags)' 1 --resource-arn "$arn"

# Policies.
policy='{"Version":"2012-10-17","Statement":[{"Sid":"all","Effect":"Allow","Principal":"*","Action":"ecr-public:PutImage"}]}'
refused get-repository-policy RepositoryPolicyNotFoundException --repository-name "$repository"
check set-repository-policy policyText '*"Sid" : "all"*' --repository-name "$repository" --policy-text "$policy"
check get-repository-policy policyText '*"ecr-public:PutImage"*' --repository-name "$repository"
check delete-repository-policy policyText '*"ecr-public:PutImage"*' --repository-name "$repository"

# An image.
printf '{"os":"linux"}' >"$work/config"
head -c 100000 /dev/urandom >"$work/layer"
check batch-check-layer-availability 'layers[0].layerAvailability' UNAVAILABLE --repository-name "$repository" --layer-digests "$(digest "$work/layer")"
upload "$work/config"
upload "$work/layer"
check batch-check-layer-availability 'layers[0].layerAvailability' AVAILABLE --repository-name "$repository" --layer-digests "$(digest "$work/layer")"
cat >"$work/manifest" <<-EOF
	{
	  "schemaVersion": 2,
	  "mediaType": "application/vnd.oci.image.manifest.v1+json",
	  "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "$(digest "$work/config")", "size": 14},
	  "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": "$(digest "$work/layer")", "size": 100000}]
	}
EOF
check put-image image.imageId.imageTag v1 --repository-name "$repository" --image-manifest "file://$work/manifest" --image-tag v1
refused put-image ImageAlreadyExistsException --repository-name "$repository" --image-manifest "file://$work/manifest" --image-tag v1
check describe-images 'imageDetails[0].imageSizeInBytes' 100000 --repository-name "$repository"
check describe-images 'imageDetails[0].imageDigest' "$(digest "$work/manifest")" --repository-name "$repository" --image-ids imageTag=v1
check describe-image-tags 'imageTagDetails[].imageTag' v1 --repository-name "$repository"

# A token.
check get-authorization-token authorizationData.authorizationToken '?*'
password=$(aws ecr-public get-login-password --endpoint-url "$url")
[[ -n $password && $password != *:* ]] || { echo "FAILED: get-login-password"; exit 1; }

# The end.
refused delete-repository RepositoryNotEmptyException --repository-name "$repository"
check batch-delete-image 'imageIds[0].imageTag' v1 --repository-name "$repository" --image-ids imageTag=v1
check batch-delete-image 'failures[0].failureCode' ImageNotFound --repository-name "$repository" --image-ids imageTag=v1
check delete-repository repository.repositoryArn "$arn" --repository-name "$repository"
refused describe-images RepositoryNotFoundException --repository-name "$repository"

if ((${#run[@]} != 23)); then
	echo "FAILED: ran ${#run[@]} operations of 23: ${!run[*]}"
	exit 1
fi
echo "$passed passed, 0 failed"
