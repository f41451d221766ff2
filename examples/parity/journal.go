package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/types"
)

// entry is a line of a journal: where a run works, or what it is about to make or to
// change.
type entry struct {
	Account     string  `json:"account,omitempty"` // of AWS; empty if it is not known
	Service     string  `json:"service,omitempty"` // its address; empty for AWS
	Prefix      string  `json:"prefix,omitempty"`
	Repository  string  `json:"repository,omitempty"`
	Answered    string  `json:"answered,omitempty"`    // a repository whose creation got a response
	DisplayName *string `json:"displayName,omitempty"` // of the registry, as it was before
}

// journal is the file of a run, written through before each request that makes
// something. A nil journal notes nothing.
type journal struct {
	file *os.File
	seen map[string]bool
}

// journalFolder is where journals are kept.
func journalFolder(chosen string) (string, error) {
	if chosen != "" {
		return chosen, os.MkdirAll(chosen, 0o700)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("-journals: %w", err)
	}
	folder := filepath.Join(cache, "ecr-public-go", "parity")
	return folder, os.MkdirAll(folder, 0o700)
}

func newJournal(folder string, t *target) (*journal, error) {
	if folder == "" {
		return nil, nil // of the reference emulator, which ends with the program
	}
	file, err := os.OpenFile(filepath.Join(folder, t.prefix+".jsonl"), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("-journals: %w", err)
	}
	j := &journal{file: file, seen: map[string]bool{}}
	return j, j.add(entry{Account: t.account, Service: t.address, Prefix: t.prefix})
}

func (j *journal) add(e entry) error {
	if j == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return j.file.Sync()
}

// addOnce adds an entry unless it is there.
func (j *journal) addOnce(e entry) error {
	if j == nil || j.seen["display name"] {
		return nil
	}
	j.seen["display name"] = true
	return j.add(e)
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// readJournal reads a journal; a last line that was cut off was never acted on.
func readJournal(path string) (head entry, made []entry, err error) {
	file, err := os.Open(path)
	if err != nil {
		return head, nil, err
	}
	defer file.Close()
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return head, made, nil
		}
		if err != nil {
			return head, nil, err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return head, nil, fmt.Errorf("%s: %w", path, err)
		}
		if e.Prefix != "" {
			head = e
			continue
		}
		made = append(made, e)
	}
}

// undo deletes what a journal says, and then the journal. Only repositories below the
// journal's prefix, in the journal's account, are touched.
func undo(ctx context.Context, t *target, path string) (deleted int, err error) {
	head, made, err := readJournal(path)
	if err != nil {
		return 0, err
	}
	if head.Account != "" && head.Account != t.account || head.Service != t.address {
		return 0, fmt.Errorf("%s: %w: account %q, service %q", path, errElsewhere, head.Account, head.Service)
	}
	open := map[string]bool{} // repositories whose creation got no response, and that are not there
	for _, e := range made {
		if e.Answered != "" {
			delete(open, e.Answered)
			continue
		}
		if e.DisplayName != nil {
			if _, err := t.client.PutRegistryCatalogData(ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: e.DisplayName}); err != nil {
				return deleted, fmt.Errorf("set the registry's display name back to %q: %w", *e.DisplayName, err)
			}
			continue
		}
		if !strings.HasPrefix(head.Prefix, "parity-") || !strings.HasPrefix(e.Repository, head.Prefix+"/") {
			return deleted, fmt.Errorf("%s: %q is not one of the run's repositories", path, e.Repository)
		}
		gone, err := t.delete(ctx, e.Repository)
		if err != nil {
			return deleted, err
		}
		if gone {
			deleted++
		}
		open[e.Repository] = !gone
	}
	again, err := t.deleteLate(ctx, open)
	if err != nil {
		return deleted + again, err
	}
	return deleted + again, os.Remove(path)
}

// delete deletes a repository with all that is in it, and reports whether it was there.
func (t *target) delete(ctx context.Context, repository string) (bool, error) {
	_, err := t.client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: &repository, Force: true})
	if ecrpublic.IsNotFound(err) || isInvalid(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("delete %s: %w", repository, err)
	}
	return true, nil
}

// deleteLate waits for repositories whose creation was cut off, and which may appear
// after they were looked for.
func (t *target) deleteLate(ctx context.Context, open map[string]bool) (deleted int, err error) {
	for repository, missing := range open {
		if !missing {
			continue
		}
		select {
		case <-ctx.Done():
			return deleted, ctx.Err()
		case <-time.After(t.settle):
		}
		gone, err := t.delete(ctx, repository)
		if err != nil {
			return deleted, err
		}
		if gone {
			deleted++
		}
	}
	return deleted, nil
}

// isInvalid reports whether a name is invalid, as some probes use.
func isInvalid(err error) bool {
	_, ok := errors.AsType[*types.InvalidParameterException](err)
	return ok
}

// errElsewhere reports a journal of another account or service.
var errElsewhere = errors.New("made elsewhere")

// clean undoes all journals of the same service.
func clean(ctx context.Context, t *target, folder string, stdout io.Writer) error {
	journals, err := filepath.Glob(filepath.Join(folder, "parity-*.jsonl"))
	if err != nil {
		return err
	}
	var failed []error
	total := 0
	for _, path := range journals {
		n, err := undo(ctx, t, path)
		total += n
		if errors.Is(err, errElsewhere) {
			fmt.Fprintln(stdout, "left alone:", err)
			continue
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	fmt.Fprintf(stdout, "%s deleted\n", demo.Count(total, "repository"))
	return errors.Join(failed...)
}

// cleanUp undoes the run's own journal, also after its context has ended.
func cleanUp(ctx context.Context, t *target, folder string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	if _, err := undo(ctx, t, filepath.Join(folder, t.prefix+".jsonl")); err != nil {
		return fmt.Errorf("%w; -clean tries again", err)
	}
	return nil
}
