package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// maxTokenResponse bounds the response of a token endpoint.
const maxTokenResponse = 1 << 20

// fetch gets a token as docker does: it asks the registry host where to get one,
// unless that is known, and then exchanges the login there. It invalidates stale
// credentials first, and those that the endpoint denies.
func (s *tokens) fetch(ctx context.Context, at place, asked *challenge, stale login.Credentials) (*token, error) {
	if asked == nil {
		known, err := s.challenge(ctx, at.origin)
		if err != nil {
			return nil, err
		}
		if known == nil {
			return &token{due: time.Now().Add(bearerLife), end: time.Now().Add(bearerLife)}, nil
		}
		asked = known
	}
	if s.login == nil {
		return s.exchange(ctx, asked, login.Credentials{})
	}
	if stale.Password != "" {
		s.login.Invalidate(stale)
	}
	credentials, err := s.login.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	tok, err := s.exchange(ctx, asked, credentials)
	if !IsDenied(err) {
		return tok, err
	}
	s.login.Invalidate(credentials)
	fresh, loginErr := s.login.Credentials(ctx)
	if loginErr != nil {
		return nil, loginErr
	}
	if fresh.Password == credentials.Password {
		return nil, err
	}
	return s.exchange(ctx, asked, fresh)
}

// challenge returns the origin's challenge, and requests it if it is not known. It
// returns nil if the host needs no token, or has no such address: then the response
// to a request without a token says whether it needs one.
func (s *tokens) challenge(ctx context.Context, origin string) (*challenge, error) {
	s.mu.Lock()
	known := s.challenges[origin]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/v2/", nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.sender.send(req)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", shown(req.URL), err)
	}
	resp.Request = req
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusNotFound {
		discard(resp)
		return nil, nil
	}
	asked, err := parseChallenge(resp, s.origins)
	if err != nil {
		discard(resp)
		return nil, s.redactError(fmt.Errorf("GET %s: %w", shown(req.URL), err))
	}
	if resp.StatusCode != http.StatusUnauthorized || asked == nil {
		return nil, newError(resp, s.redact)
	}
	discard(resp)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenges[origin] = asked
	return asked, nil
}

// forget makes the next renewal ask the host again where to get tokens.
func (s *tokens) forget(asked *challenge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for origin, known := range s.challenges {
		if known == asked {
			delete(s.challenges, origin)
		}
	}
}

// exchange gets a token, with a login if there is one.
func (s *tokens) exchange(ctx context.Context, asked *challenge, credentials login.Credentials) (*token, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, asked.tokenURL(), nil)
	if err != nil {
		return nil, err
	}
	if credentials.Password != "" {
		req.SetBasicAuth(credentials.Username, credentials.Password)
	}
	sent := time.Now()
	resp, err := s.sender.send(req)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", shown(req.URL), err)
	}
	resp.Request = req
	if resp.StatusCode != http.StatusOK {
		s.forget(asked)
		return nil, newError(resp, func(text string) string { return s.redact(redactLogin(text, credentials)) })
	}
	defer resp.Body.Close()
	value, life, err := readToken(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", shown(req.URL), err)
	}
	return &token{
		value: value,
		asked: asked,
		login: credentials,
		due:   sent.Add(life * 3 / 4),
		end:   sent.Add(life),
	}, nil
}

// readToken reads the response of a token endpoint. It ignores issued_at, which is
// by the endpoint's clock.
func readToken(body io.Reader) (value string, life time.Duration, err error) {
	data, err := io.ReadAll(io.LimitReader(body, maxTokenResponse+1))
	if err != nil {
		return "", 0, err
	}
	if len(data) > maxTokenResponse {
		return "", 0, fmt.Errorf("the response is larger than %d bytes", maxTokenResponse)
	}
	var response struct {
		Token       string  `json:"token"`
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if json.Unmarshal(data, &response) != nil { // whose error would quote it
		return "", 0, errors.New("the response is not a JSON object with a token")
	}
	value = response.Token
	if value == "" {
		value = response.AccessToken
	}
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", 0, errors.New("the response has no token that a header can carry")
	}
	life = bearerLife
	if 0 < response.ExpiresIn && response.ExpiresIn < bearerLife.Seconds() {
		life = time.Duration(response.ExpiresIn * float64(time.Second))
	}
	return value, life, nil
}
