package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// job is what tools do in one process each.
type job struct {
	name string

	// first is a job that has to be done before, without being measured.
	first string

	// commands are the command lines, by tool.
	commands map[string]func(*bench, target) []string

	// want is what the repository has afterwards: tags, or for a listing -1.
	want int
}

// target is where a job puts its images.
type target struct {
	name  string // of the repository
	image string // host/alias/name, through the proxy
}

func (j job) tools() []string {
	order := []string{"registry", "api", "before", "crane", "skopeo", "official", "boto3", "awscli"}
	return slices.SortedFunc(maps.Keys(j.commands), func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
}

// mirrored is how many tags are copied.
const mirrored = 50

func allJobs() []job {
	mirror := mirrors()
	return []job{
		{name: "layout", commands: pushes("layout"), want: 1},
		{name: "docker-save", commands: pushes("saved.tar"), want: 1},
		{name: "docker-save-again", first: "docker-save", commands: pushes("saved.tar"), want: 1},
		{name: "index", commands: pushes("index"), want: 1},
		{name: "mirror", commands: mirror, want: mirrored},
		{name: "mirror-again", first: "mirror", commands: mirror, want: mirrored},
		{name: "inventory", commands: inventories(), want: -1},
	}
}

// pushes are the commands that push an image from a file or a folder.
func pushes(source string) map[string]func(*bench, target) []string {
	example := func(program, via string) func(*bench, target) []string {
		return func(b *bench, t target) []string {
			command := []string{b.program(program, "push"), "-endpoint", b.url, "-repository", t.name, "-tag", "v1", "-source", b.file(source)}
			if via != "" {
				command = append(command, "-via", via)
			}
			return command
		}
	}
	isLayout, isIndex := filepath.Ext(source) == "", source == "index"
	commands := map[string]func(*bench, target) []string{
		"registry": example("now", "registry"),
		"api":      example("now", "api"),
		"before":   example("before", ""),
		"crane": func(b *bench, t target) []string {
			command := []string{"crane", "push", b.file(source), t.image + ":v1"}
			if isIndex {
				command = append(command, "--index")
			}
			return command
		},
		"skopeo": func(b *bench, t target) []string {
			from := "docker-archive:" + b.file(source)
			if isLayout {
				from = "oci:" + b.file(source) + ":v1"
			}
			return []string{"skopeo", "copy", "-q", "--all", "--insecure-policy", "--dest-tls-verify=false", from, "docker://" + t.image + ":v1"}
		},
	}
	if !isIndex {
		for _, tool := range []string{"official", "boto3"} {
			commands[tool] = func(b *bench, t target) []string {
				return append(b.script(tool), "push", b.file(source), t.name, "v1")
			}
		}
	}
	return commands
}

// mirrors are the commands that copy all tags of a repository. skopeo is not among them,
// because it copies one tag after the other, which takes minutes behind the proxy.
func mirrors() map[string]func(*bench, target) []string {
	example := func(program, via string) func(*bench, target) []string {
		return func(b *bench, t target) []string {
			command := []string{b.program(program, "mirror"), "-endpoint", b.url, "-repository", t.name, "-source", b.upstream}
			if via != "" {
				command = append(command, "-via", via)
			}
			return command
		}
	}
	return map[string]func(*bench, target) []string{
		"registry": example("now", "registry"),
		"api":      example("now", "api"),
		"before":   example("before", ""),
		"crane": func(b *bench, t target) []string {
			return []string{"crane", "copy", "-j", "16", "--all-tags", b.upstream, t.image}
		},
	}
}

// inventories are the commands that list all images of all repositories.
func inventories() map[string]func(*bench, target) []string {
	commands := map[string]func(*bench, target) []string{}
	for tool, program := range map[string]string{"registry": "now", "before": "before"} {
		commands[tool] = func(b *bench, _ target) []string {
			return []string{b.program(program, "inventory"), "-endpoint", b.url, "-json"}
		}
	}
	for _, tool := range []string{"official", "boto3", "awscli"} {
		commands[tool] = func(b *bench, _ target) []string { return append(b.script(tool), "inventory") }
	}
	return commands
}

// check compares what a job has left behind or printed with what it should be.
func (j job) check(b *bench, t target, output []byte) (lost int, err error) {
	if j.want < 0 {
		return b.unlisted(output), nil
	}
	there, err := b.tags(t.name)
	if err != nil {
		return 0, fmt.Errorf("list the tags of %s: %w", t.name, err)
	}
	return j.want - there, nil
}
