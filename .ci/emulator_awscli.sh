#!/usr/bin/env bash
# Shows what the AWS CLI makes of an emulator: emulator_awscli.sh URL
#
# The probes of internal/probes check what the service answers, and the boto3 script
# that botocore understands it. This checks what only the CLI adds: its ways to write
# input, output formats, paging flags, error line, exit status and get-login-password.
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
service_error=254 # the exit status for an error of the service
if [[ $(aws --version 2>&1) == aws-cli/1.* ]]; then
	service_error=255
fi

# ecr runs a command, with text output unless told otherwise.
ecr() { # COMMAND ARGUMENT...
	local command=$1
	shift
	aws ecr-public "$command" --endpoint-url "$url" --output text "$@"
}

# check runs a command and compares its output with a pattern.
check() { # WANT COMMAND ARGUMENT...
	local want=$1 got
	shift
	if ! got=$(ecr "$@"); then
		echo "FAILED: $*"
		exit 1
	fi
	# shellcheck disable=SC2053 # a pattern
	if [[ $got != $want ]]; then
		echo "FAILED: $*: got '$got', want '$want'"
		exit 1
	fi
	passed=$((passed + 1))
}

# refused runs a command that must print an error to standard error and nothing to
# standard output, and exit with the status of a service's error.
refused() { # WANT COMMAND ARGUMENT...
	local want=$1 status=0
	shift
	ecr "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
	# shellcheck disable=SC2053 # a pattern
	if ((status != service_error)) || [[ -s $work/stdout || $(<"$work/stderr") != $want ]]; then
		echo "FAILED: $*: exit status $status, want $service_error and '$want', got: $(cat "$work/stdout" "$work/stderr")"
		exit 1
	fi
	passed=$((passed + 1))
}

digest() { echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"; }

# Input: shorthand, JSON, a whole request as JSON, files of text and of bytes.
check "$repository" create-repository --repository-name "$repository" --tags Key=team,Value=a 'Key=stage,Value=x y' --query repository.repositoryName
arn=$(ecr describe-repositories --repository-names "$repository" --query 'repositories[0].repositoryArn')
check $'stage\tx y' list-tags-for-resource --resource-arn "$arn" --query "tags[?Key=='stage'].[Key, Value]"
check $'about\tLinux' put-repository-catalog-data --repository-name "$repository" --catalog-data 'description=about,architectures=ARM,Linux' --query 'catalogData.[description, architectures[1]]'
printf '{"repositoryName": "%s", "catalogData": {"aboutText": "from JSON"}}' "$repository" >"$work/request"
check 'from JSON' put-repository-catalog-data --cli-input-json "file://$work/request" --query catalogData.aboutText
check 'from a flag' put-repository-catalog-data --cli-input-json "file://$work/request" --catalog-data 'aboutText=from a flag' --query catalogData.aboutText
printf '{"Version":"2012-10-17","Statement":[{"Sid":"all","Effect":"Allow","Principal":"*","Action":"ecr-public:PutImage"}]}\n' >"$work/policy"
check '*"Sid" : "all"*' set-repository-policy --repository-name "$repository" --policy-text "file://$work/policy" --query policyText

printf '{"os":"linux"}' >"$work/config"
head -c 100000 /dev/urandom >"$work/layer"
for blob in config layer; do
	last=$(($(stat -c %s "$work/$blob") - 1))
	upload=$(ecr initiate-layer-upload --repository-name "$repository" --query uploadId)
	ecr upload-layer-part --repository-name "$repository" --upload-id "$upload" \
		--part-first-byte 0 --part-last-byte "$last" --layer-part-blob "fileb://$work/$blob" >/dev/null
	check "$(digest "$work/$blob")" complete-layer-upload --repository-name "$repository" --upload-id "$upload" --query layerDigest \
		--layer-digests "$(digest "$work/$blob")"
done
# The manifest ends in a line break, which counts for its digest.
cat >"$work/manifest" <<-END
	{
	  "schemaVersion": 2,
	  "mediaType": "application/vnd.oci.image.manifest.v1+json",
	  "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "$(digest "$work/config")", "size": 14},
	  "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": "$(digest "$work/layer")", "size": 100000}]
	}
END
for tag in v1 v2 v3; do
	check "$(digest "$work/manifest")" put-image --repository-name "$repository" --image-manifest "file://$work/manifest" --image-tag "$tag" --query image.imageId.imageDigest
done
check $'v1\tv2\tv3' describe-images --repository-name "$repository" --image-ids imageTag=v1 imageTag=v2 --query 'imageDetails[0].sort(imageTags)'

# Output.
check '{*"imageTagDetails": \[*"imageTag": "v1",*"createdAt": *}' describe-image-tags --repository-name "$repository" --output json
check '*| *imageTag *|*v1*|*' describe-image-tags --repository-name "$repository" --output table
check $'IMAGETAGDETAILS\t*\tv1*IMAGEDETAIL\t*' describe-image-tags --repository-name "$repository"
check None describe-images --repository-name "$repository" --query 'imageDetails[0].nothing'
check '' tag-resource --resource-arn "$arn" --tags Key=stage,Value= --output json
check $'stage\t' list-tags-for-resource --resource-arn "$arn" --query "tags[?Key=='stage'].[Key, Value]"

# Pages.
check 3 describe-image-tags --repository-name "$repository" --page-size 2 --query 'length(imageTagDetails)' --output json
token=$(ecr describe-image-tags --repository-name "$repository" --max-items 2 --query NextToken --output json)
check 1 describe-image-tags --repository-name "$repository" --starting-token "${token//\"/}" --query 'length(imageTagDetails)' --output json
check 3 describe-image-tags --repository-name "$repository" --no-paginate --query 'length(imageTagDetails)' --output json

# Errors of the service; failures beside a success are none.
refused "*An error occurred (RepositoryNotFoundException) when calling the DescribeImages operation: The repository with name 'awscli/none' does not exist in the registry with id '*'" \
	describe-images --repository-name awscli/none
refused '*An error occurred (UnsupportedCommandException) when calling the DescribeRegistries operation: DescribeRegistries command is only supported in us-east-1.' \
	describe-registries --region us-west-2
check ImageNotFound batch-delete-image --repository-name "$repository" --image-ids '[{"imageTag":"none"}]' --query 'failures[0].failureCode'

# A login.
password=$(aws ecr-public get-login-password --endpoint-url "$url")
if [[ -z $password || $password == *[:[:space:]]* ]]; then
	echo "FAILED: get-login-password"
	exit 1
fi
passed=$((passed + 1))

# Flags without a value.
refused '*(RepositoryNotEmptyException)*' delete-repository --repository-name "$repository" --no-force
check "$arn" delete-repository --repository-name "$repository" --force --query repository.repositoryArn
echo "$passed passed, 0 failed"
