// Package dockerconfig compares login.DockerConfig with the programs that read
// docker's configuration: docker's own library and crane's in every run, skopeo,
// podman, buildah and crane through what they answered when testdata/answers.json
// was recorded:
//
//	go -C internal/compare test ./dockerconfig -record
package dockerconfig
