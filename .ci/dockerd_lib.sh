# shellcheck shell=bash
# Starts a docker daemon for a check, unless one answers. Sourced after work, the
# directory of the check, is set.

dockerd_pid=

# start_dockerd succeeds if a daemon answers. If none can be started, it says so in a
# line that begins with "NOT RUN:".
start_dockerd() {
	if docker info >/dev/null 2>&1; then
		return
	fi
	if [[ $(id -u) != 0 ]] || ! command -v dockerd >/dev/null; then
		echo "NOT RUN: no docker daemon answers, and none can be started"
		return 1
	fi
	# shellcheck disable=SC2154 # work is set by those that read this file
	export DOCKER_HOST=unix://$work/docker.sock
	dockerd --host "$DOCKER_HOST" --data-root "$work/dockerd" --exec-root "$work/dockerd-exec" --pidfile "$work/dockerd.pid" \
		--iptables=false --bridge=none --storage-driver=vfs >"$work/dockerd.log" 2>&1 &
	dockerd_pid=$!
	until docker info >/dev/null 2>&1; do
		if ! kill -0 "$dockerd_pid" 2>/dev/null; then
			dockerd_pid=
			echo "NOT RUN: dockerd does not start: $(grep -iE 'failed|error' "$work/dockerd.log" | tail -1)"
			return 1
		fi
		sleep 0.2
	done
}

# stop_dockerd stops the daemon that start_dockerd started.
stop_dockerd() {
	[[ -z $dockerd_pid ]] || { kill "$dockerd_pid" && wait "$dockerd_pid"; } 2>/dev/null || true
	umount "$work"/dockerd-exec/netns/* 2>/dev/null || true
}
