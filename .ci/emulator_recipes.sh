#!/usr/bin/env bash
# Runs the recipes of ecr-public-emulator -h as they are printed:
# emulator_recipes.sh
#
# It starts the emulator at its default address itself, and one under the real
# names if it may make a network of its own. A recipe whose tool is missing is
# NOT RUN.
set -euo pipefail

source "$(dirname "$0")/tools_lib.sh" http://127.0.0.1:4510
source "$(dirname "$0")/dockerd_lib.sh"
need curl jq ecr-public-emulator
cd "$work"
ecr-public-emulator -h >help

# block prints the commands below a line of the help that begins with a text.
block() { # TEXT
	awk -v text="  $1" 'index($0, text) == 1 { on = 1; next } on && !/^    / { exit } on { print substr($0, 5) }' help
}

pids=()
trap 'stop_dockerd; [[ ${#pids[@]} == 0 ]] || kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
if (: >/dev/tcp/127.0.0.1/4510) 2>/dev/null; then
	echo "NOT RUN: something listens on 127.0.0.1:4510"
	exit 77
fi
ecr-public-emulator >url &
pids+=($!)
until [[ -s url ]]; do
	kill -0 "${pids[0]}"
	sleep 0.1
done

# recipe runs a block in this shell, unless a tool is missing.
recipe() { # TEXT TOOL...
	local text=$1 tool
	shift
	for tool; do
		has "$tool" || { echo "NOT RUN: $text: $tool is not installed"; return; }
	done
	[[ -n $(block "$text") ]] || fail "-h has no recipe $text"
	block "$text" >recipe
	# shellcheck disable=SC1091 # it was just written
	source ./recipe >out 2>&1 || fail "$text: $(cat recipe out)"
	passed=$((passed + 1))
}

tar -cf layer.tar help
if has crane; then crane append -f layer.tar -t app:latest -o app.tar 2>/dev/null; fi
recipe Environment
recipe "AWS CLI" aws
if ! has aws; then
	api CreateRepository '{"repositoryName":"app"}' >/dev/null
	ALIAS=$(api DescribeRegistries '{}' | jq -r '.registries[0].aliases[0].name')
fi
[[ $ALIAS =~ ^[a-z0-9]+$ ]] || fail "the alias is '$ALIAS'"
if has python3 && python3 -c 'import boto3' 2>/dev/null; then
	recipe boto3 python3
	equal "boto3" "$(cat out)" "public.ecr.aws/$ALIAS/app"
else
	echo "NOT RUN: boto3 is not installed"
fi
if has node && node -e 'require("@aws-sdk/client-ecr-public")' 2>/dev/null; then
	recipe JavaScript node
	equal "JavaScript" "$(tail -1 out)" "public.ecr.aws/$ALIAS/app"
else
	echo "NOT RUN: JavaScript: @aws-sdk/client-ecr-public is not installed"
fi
recipe curl curl
grep -q '"repositoryName":"app"' out || fail "curl: $(cat out)"
recipe crane aws crane
if has crane; then recipe skopeo aws crane skopeo; fi
if start_dockerd; then recipe docker aws crane docker; fi
recipe "A throttle" curl
[[ $(grep -c '"effect"' out) == 7 ]] || fail "a throttle and so on: $(cat out)"
recipe "Clock, quotas" curl
grep -q '"status":"ok"' out || fail "clock, quotas and so on: $(cat out)"

# real_names runs the rest in a network of its own, in which the real names are
# this machine's.
real_names() {
	local tool
	for tool in openssl ip crane aws; do
		has "$tool" || { echo "NOT RUN: under its real name: $tool is not installed"; return; }
	done
	unshare -mn true 2>/dev/null || { echo "NOT RUN: under its real name: no network of its own (unshare -mn)"; return; }
	block "Make a certificate" | sed 's/^ecr-public-emulator .*/& \&/' >start
	block /etc/hosts >hosts
	block "Trust for" | grep export >trust
	cat >inside <<'INSIDE'
set -euo pipefail
ip link set lo up
mount --bind hosts /etc/hosts
source ./start 2>/dev/null
trap "kill $!" EXIT
until (: >/dev/tcp/127.0.0.1/443) 2>/dev/null; do kill -0 $!; sleep 0.1; done
source ./trust
unset AWS_ENDPOINT_URL_ECR_PUBLIC
aws ecr-public create-repository --repository-name app >/dev/null
uri=$(aws ecr-public describe-repositories --query 'repositories[0].repositoryUri' --output text)
aws ecr-public get-login-password | crane auth login public.ecr.aws -u AWS --password-stdin
crane push app.tar "$uri:latest"
crane validate --remote "$uri:latest"
INSIDE
	unshare -mn bash inside >out 2>&1 || fail "under its real name: $(tail -5 out)"
	passed=$((passed + 1))
}
real_names
echo "$passed passed, 0 failed"
