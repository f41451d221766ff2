#!/usr/bin/env bash
# Lists all images with the AWS CLI, as many repositories at a time as there are cores.
set -euo pipefail
: "${1:?usage: awscli_jobs.sh inventory}"
aws ecr-public describe-repositories --query 'repositories[].[repositoryName]' --output text |
	xargs -P "$(nproc)" -n 1 aws ecr-public describe-images --output json --repository-name
