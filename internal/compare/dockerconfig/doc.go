// Package dockerconfig compares login.DockerConfig with the programs that read
// docker's configuration: docker's own library and crane's in every run; skopeo,
// podman, buildah and the crane program by their output recorded in
// testdata/answers.json. To record it again:
//
//	go -C internal/compare test ./dockerconfig -record
package dockerconfig
