package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// bench is an emulator with something to copy from, and the files of a run.
type bench struct {
	settings
	emulator *ecrpublictest.Server
	client   *ecrpublic.Client // of the emulator, around the proxy
	proxy    *proxy            // nil without a delay
	url      string            // of the emulator, through the proxy
	upstream string            // host/alias/name of a repository with tags to mirror
	dir      string
	env      []string
	missing  map[string]string // why a tool is not run, or ""
}

// listed is how many repositories an inventory finds, with an image each.
const listed = 300

func newBench(ctx context.Context, s settings) (_ *bench, err error) {
	b := &bench{settings: s, missing: map[string]string{}}
	if b.dir, err = os.MkdirTemp("", "jobs"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	if err := writeImages(b.dir); err != nil {
		return nil, err
	}
	var rates ecrpublictest.Rates
	if s.quotas {
		rates = ecrpublictest.DocumentedRates()
	}
	b.emulator = ecrpublictest.NewServer(ecrpublictest.WithRates(rates))
	b.client, b.url = b.emulator.Client(), b.emulator.URL
	if err := b.fill(ctx); err != nil {
		return nil, err
	}
	if s.quotas {
		b.emulator.Inject(limitListings())
	}
	if s.delay > 0 {
		if b.proxy, err = newProxy(b.emulator.RegistryHost(), s.delay); err != nil {
			return nil, err
		}
		b.upstream = strings.Replace(b.upstream, b.emulator.RegistryHost(), b.proxy.address(), 1)
		b.url = "http://" + b.proxy.address()
	}
	return b, b.logIn(ctx)
}

func (b *bench) close() {
	if b.proxy != nil {
		b.proxy.close()
	}
	if b.emulator != nil {
		b.emulator.Close()
	}
	if err := os.RemoveAll(b.dir); err != nil {
		log.Print(err)
	}
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }

// program is the path of an example, "now" or "before".
func (b *bench) program(when, name string) string { return filepath.Join(b.dir, when, name) }

// script starts the command line of a program in this folder.
func (b *bench) script(tool string) []string {
	switch tool {
	case "official":
		return []string{b.program("now", "official")}
	case "boto3":
		return []string{"python3", "jobs/boto3_jobs.py"}
	default:
		return []string{"bash", "jobs/awscli_jobs.sh"}
	}
}

// build builds the examples and the program with the official client.
func (b *bench) build(ctx context.Context) error {
	commands := [][]string{
		{"go", "build", "-o", b.file("now") + "/", "./jobs/official"},
		{"go", "-C", "../../examples", "build", "-o", b.file("now") + "/", "./push", "./mirror", "./inventory"},
	}
	if b.before != "" {
		examples := filepath.Join(b.before, "examples")
		commands = append(commands, []string{"go", "-C", examples, "build", "-o", b.file("before") + "/", "./push", "./mirror", "./inventory"})
	}
	for _, command := range commands {
		if out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
		}
	}
	return nil
}

// whyMissing says why a tool cannot run, or returns "".
func (b *bench) whyMissing(tool string) string {
	var command []string
	switch tool {
	case "before":
		if b.before == "" {
			return "no -before"
		}
		return ""
	case "crane":
		command = []string{"crane", "version"}
	case "skopeo":
		command = []string{"skopeo", "--version"}
	case "boto3":
		command = []string{"python3", "-c", "import boto3"}
	case "awscli":
		command = []string{"aws", "--version"}
	default:
		return ""
	}
	if err := exec.Command(command[0], command[1:]...).Run(); err != nil {
		return fmt.Sprintf("%s: %v", strings.Join(command, " "), err)
	}
	return ""
}

// fill creates what is mirrored and listed.
func (b *bench) fill(ctx context.Context) error {
	source, err := imagepush.Open(ctx, b.file("tags"))
	if err != nil {
		return err
	}
	defer source.Close()
	options := imagepush.MirrorOptions{Repository: "upstream", CreateRepository: b.client}
	result, err := imagepush.Mirror(ctx, b.client, source, options)
	if err != nil {
		return err
	}
	_, path, _ := strings.Cut(result.RepositoryURI, "/")
	b.upstream = b.emulator.RegistryHost() + "/" + path
	for i := range listed - 1 {
		if _, err := b.emulator.AddImage(fmt.Sprintf("listed/%03d", i), "v1"); err != nil {
			return err
		}
	}
	return nil
}

// limitListings is a fault that refuses more than ten calls of DescribeImages per second,
// the rate of the operations whose quota is documented.
func limitListings() ecrpublictest.Fault {
	const perSecond = 10
	bucket := rate.NewLimiter(perSecond, perSecond)
	limit := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if bucket.Allow() {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ThrottlingException","message":"Rate exceeded"}`)
		})
	}
	return ecrpublictest.Fault{Operation: "DescribeImages", Effect: ecrpublictest.Middleware(limit)}
}

// logIn writes a configuration with a login for registry tools, and sets the
// environment of all tools.
func (b *bench) logIn(ctx context.Context) error {
	out, err := b.client.GetAuthorizationToken(ctx, nil)
	if err != nil {
		return err
	}
	host := strings.TrimPrefix(b.url, "http://")
	token := map[string]string{"auth": *out.AuthorizationData.AuthorizationToken}
	config, err := json.Marshal(map[string]any{"auths": map[string]any{host: token}})
	if err != nil {
		return err
	}
	docker := b.file("docker")
	if err := os.Mkdir(docker, 0o700); err != nil {
		return err
	}
	b.env = append(os.Environ(),
		"DOCKER_CONFIG="+docker, "REGISTRY_AUTH_FILE="+docker+"/config.json", "XDG_CACHE_HOME="+b.file("cache"),
		"AWS_ENDPOINT_URL="+b.url, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY="+strings.Repeat("A", 40))
	return os.WriteFile(docker+"/config.json", config, 0o600)
}

// measure lets a tool do a job in a new repository.
func (b *bench) measure(ctx context.Context, j job, tool string, round int) (r result, err error) {
	t := target{name: fmt.Sprintf("%s-%s-%d", j.name, tool, round)}
	if j.want >= 0 {
		out, err := b.client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &t.name})
		if err != nil {
			return r, err
		}
		_, path, _ := strings.Cut(*out.Repository.RepositoryUri, "/")
		t.image = strings.TrimPrefix(b.url, "http://") + "/" + path
		defer func() {
			in := &ecrpublic.DeleteRepositoryInput{RepositoryName: &t.name, Force: true}
			_, deleteErr := b.client.DeleteRepository(context.WithoutCancel(ctx), in)
			if err == nil {
				err = deleteErr
			}
		}()
	}
	if err := os.RemoveAll(b.file("cache")); err != nil {
		return r, err
	}
	if j.first != "" {
		if _, _, err := b.execute(ctx, j, tool, t); err != nil {
			return r, err
		}
	}
	time.Sleep(b.pause()) // so that quotas are full again
	r, output, err := b.execute(ctx, j, tool, t)
	if err != nil {
		return r, err
	}
	r.lost, err = j.check(b, t, output)
	return r, err
}

// pause is the time between runs.
func (b *bench) pause() time.Duration {
	if b.quotas {
		return time.Second
	}
	return 0
}

// execute runs a command. Under quotas it may fail: what it has not done is counted.
func (b *bench) execute(ctx context.Context, j job, tool string, t target) (r result, output []byte, err error) {
	line := j.commands[tool](b, t)
	command := exec.CommandContext(ctx, line[0], line[1:]...)
	var messages bytes.Buffer
	command.Env, command.Stderr = b.env, &messages
	before := b.emulator.Count("")
	start := time.Now()
	output, err = command.Output()
	r.wall = time.Since(start)
	if command.ProcessState == nil {
		return r, nil, err
	}
	r.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	r.requests = b.emulator.Count("") - before
	if err != nil && (!b.quotas || ctx.Err() != nil) {
		return r, nil, fmt.Errorf("%s: %w\n%s", strings.Join(line, " "), err, messages.String())
	}
	return r, output, nil
}

// tags counts the tags of a repository.
func (b *bench) tags(name string) (int, error) {
	in := &ecrpublic.DescribeImageTagsInput{RepositoryName: &name, MaxResults: aws.Int32(1000)}
	out, err := b.client.DescribeImageTags(context.Background(), in)
	if err != nil {
		return 0, err
	}
	return len(out.ImageTagDetails), nil
}

// unlisted counts the repositories whose image is not in an output. Every program
// prints the digest of each image.
func (b *bench) unlisted(output []byte) int {
	return max(0, listed-1+mirrored-bytes.Count(output, []byte("sha256:")))
}
