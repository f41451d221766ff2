package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/internal/redact"
)

const (
	// bearerLife is how long a token lives unless the response says less.
	bearerLife = time.Hour

	// fetchTimeout bounds a renewal, with all of its requests.
	fetchTimeout = 30 * time.Second

	// fetchPause is the time after a failed renewal before the next one, as long
	// as the held token is valid.
	fetchPause = time.Minute

	// futilePause is how long a kind of request causes no renewal after one did
	// not help it.
	futilePause = time.Minute

	maxFutile = 1000

	// maxFormer is how many replaced tokens are remembered.
	maxFormer = 100
)

// place is what a token is valid for. The repository is empty if it is valid for all.
type place struct{ origin, repository string }

// token is a bearer token. Once it is held, only futile changes.
type token struct {
	value  string     // empty if the host needs none
	asked  *challenge // that led to it; nil if the host needs none
	number int        // of tokens of this client, from 1
	login  login.Credentials
	due    time.Time // when it should be renewed
	end    time.Time

	futile map[string]time.Time // when it did not help, by kind of request
}

// slot holds the token for a place.
type slot struct {
	held  *token    // nil before the first
	fetch *fetch    // nil while nobody fetches
	rest  time.Time // no renewal before, while held is valid
}

// fetch is a renewal that callers may wait for. Its result is written before done
// is closed and read after.
type fetch struct {
	done  chan struct{}
	token *token
	err   error
}

// tokens holds a client's tokens. Callers share renewals. Each runs in its own
// goroutine, which ends after fetchTimeout at the latest.
type tokens struct {
	sender  *sender
	origins []string
	login   *login.Provider // nil: anonymous

	mu         sync.Mutex
	slots      map[place]*slot
	challenges map[string]*challenge // by origin
	former     []*token              // replaced, and maybe still valid
	made       int
}

func newTokens(s *sender, origins []string, provider *login.Provider) *tokens {
	return &tokens{sender: s, origins: origins, login: provider, slots: map[place]*slot{}, challenges: map[string]*challenge{}}
}

func (s *tokens) canLogIn() bool { return s.login != nil }

// count returns how many tokens have been fetched.
func (s *tokens) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made
}

// get returns the token for a place, from the repository's own slot if there is one.
// A token that is due is used while it is renewed. The caller waits only if there is
// no valid token.
func (s *tokens) get(ctx context.Context, at place) (*token, error) {
	s.mu.Lock()
	at, in := s.find(at)
	now := time.Now()
	held := in.held
	if held != nil && now.Before(held.due) {
		s.mu.Unlock()
		return held, nil
	}
	good := held != nil && now.Before(held.end)
	if in.fetch == nil && (!good || !now.Before(in.rest)) {
		s.start(at, in, nil, false)
	}
	f := in.fetch
	s.mu.Unlock()
	if good {
		return held, nil
	}
	return f.wait(ctx)
}

// find returns the slot of a repository, or the one for all repositories.
func (s *tokens) find(at place) (place, *slot) {
	if in := s.slots[at]; in != nil {
		return at, in
	}
	at.repository = ""
	in := s.slots[at]
	if in == nil {
		in = &slot{}
		s.slots[at] = in
	}
	return at, in
}

// renew replaces a rejected token, unless another caller has already done so. A
// challenge with a repository's scope gives the repository a slot of its own.
func (s *tokens) renew(ctx context.Context, at place, refused *token, asked *challenge, freshLogin bool) (*token, error) {
	s.mu.Lock()
	if asked.isScoped() && at.repository != "" {
		if s.slots[at] == nil {
			s.slots[at] = &slot{held: refused}
		}
	} else if asked != nil {
		s.challenges[at.origin] = asked
	}
	at, in := s.find(at)
	if in.held != nil && in.held != refused && time.Now().Before(in.held.end) {
		defer s.mu.Unlock()
		return in.held, nil
	}
	if in.fetch == nil {
		s.start(at, in, asked, freshLogin)
	}
	f := in.fetch
	s.mu.Unlock()
	return f.wait(ctx)
}

// drop makes the next request fetch a token in place of a rejected one.
func (s *tokens) drop(refused *token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.slots {
		if in.held == refused {
			s.retire(in.held)
			in.held = nil
		}
	}
}

// start starts a renewal for a slot that has none. The caller holds the lock. Nothing
// of a caller's context goes into it: values such as an httptrace.ClientTrace belong
// to a request that may end before.
func (s *tokens) start(at place, in *slot, asked *challenge, freshLogin bool) {
	f := &fetch{done: make(chan struct{}), err: errNotFetched}
	in.fetch = f
	var stale login.Credentials
	if freshLogin && in.held != nil {
		stale = in.held.login
	}
	if asked == nil && at.repository != "" && in.held != nil {
		asked = in.held.asked
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	go func() {
		defer cancel()
		defer s.finish(in, f)
		defer func() {
			if reason := recover(); reason != nil { // no caller could recover it here
				f.err = fmt.Errorf("get a token for %s: panic: %v", at.origin, reason)
			}
		}()
		f.token, f.err = s.fetch(ctx, at, asked, stale)
		if f.err != nil && ctx.Err() != nil {
			f.err = fmt.Errorf("get a token for %s: no success within %s: %w", at.origin, fetchTimeout, f.err)
		}
	}()
}

// errNotFetched remains if a transport ends the goroutine that calls it.
var errNotFetched = errors.New("get a token of the registry host: the HTTP client did not return")

func (s *tokens) finish(in *slot, f *fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.fetch = nil
	if f.err == nil {
		s.made++
		f.token.number = s.made
		s.retire(in.held)
		in.held = f.token
	} else {
		in.rest = time.Now().Add(fetchPause)
	}
	close(f.done)
}

func (f *fetch) wait(ctx context.Context) (*token, error) {
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a token of the registry host: %w", context.Cause(ctx))
	}
}

func (s *tokens) noteFutile(tok *token, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tok.futile == nil || len(tok.futile) >= maxFutile {
		tok.futile = map[string]time.Time{}
	}
	tok.futile[what] = time.Now()
}

func (s *tokens) isFutile(tok *token, what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	noted, ok := tok.futile[what]
	return ok && time.Since(noted) < futilePause
}

// retire remembers a token that is no longer held as long as it may be valid: a
// slow response may still repeat it. The caller holds the lock.
func (s *tokens) retire(tok *token) {
	now := time.Now()
	s.former = slices.DeleteFunc(s.former, func(t *token) bool { return t == tok || now.After(t.end) })
	if tok != nil {
		s.former = append(s.former, tok)
	}
	if len(s.former) > maxFormer {
		s.former = slices.Delete(s.former, 0, len(s.former)-maxFormer)
	}
}

// redact replaces the client's secrets in a text from the host.
func (s *tokens) redact(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := slices.Clone(s.former)
	for _, in := range s.slots {
		if in.held != nil {
			known = append(known, in.held)
		}
	}
	for _, tok := range known {
		text = redactLogin(text, tok.login)
		text = redact.NewSecret(tok.value).Text(text, redacted)
	}
	return text
}

// redactError replaces the client's secrets in an error that quotes the host.
func (s *tokens) redactError(err error) error {
	if text := err.Error(); s.redact(text) != text {
		return errors.New(s.redact(text))
	}
	return err
}

const redacted = "[redacted]"

func redactLogin(text string, credentials login.Credentials) string {
	if credentials.Password == "" {
		return text
	}
	for _, secret := range []string{credentials.Password, credentials.Bearer()} {
		text = redact.NewSecret(secret).Text(text, redacted)
	}
	return text
}
