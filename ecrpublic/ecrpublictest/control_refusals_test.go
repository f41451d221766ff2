package ecrpublictest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithControl())
	for request, text := range map[string]string{
		"POST faults {}":   `effect "": want one of body, clock-offset, cut-off, delay, expired-token`,
		"POST faults x":    "not a JSON object",
		"POST faults ":     "not a JSON object",
		"POST faults null": "not a JSON object",
		"POST faults []":   "not a JSON object",
		"POST faults {":    "not one JSON object",
		"POST faults {\"effect\":\"body\",\"body\":\"" + strings.Repeat("x", 1<<20) + "\"}": "too large",
		`POST faults {"effekt":"throttle"}`:                                                 `member "effekt": want operation, after, times, probability, effect, status`,
		`POST faults {"effect":"throttle","effect":"fail"}`:                                 "duplicate",
		`POST faults {"effect":7}`:                                                          "effect 7: want a string",
		`POST faults {"effect":"throttle","times":"2"}`:                                     `times "2": want an integer`,
		`POST faults {"effect":"throttle","after":1.5}`:                                     "after 1.5: want an integer",
		`POST faults {"effect":"throttle","times":1e99}`:                                    "times 1e99: want an integer",
		`POST faults {"effect":"throttle","probability":true}`:                              "probability true: want a number",
		`POST faults {"effect":"throttle","operation":["PutImage"]}`:                        `operation ["PutImage"]: want a string`,
		`POST faults {"effect":"throttle","operation":"PutImages"}`:                         `operation "PutImages": want one of BatchCheckLayerAvailability, BatchDeleteImage, `,
		`POST faults {"effect":"throttle","operation":"putimage"}`:                          `such as "GET /v2/"`,
		`POST faults {"effect":"throttle","operation":"GET /v1/"}`:                          "GET, HEAD, POST, PUT, PATCH, DELETE with one of the roots /v2/, /v2, /token/, /token, /blob/, /",
		`POST faults {"effect":"throttle","operation":"FETCH /v2/"}`:                        `operation "FETCH /v2/": want one of`,
		`POST faults {"effect":"short-pages","operation":"PutImage"}`:                       "want one of DescribeImageTags, DescribeImages, DescribeRegistries, DescribeRepositories with",
		`POST faults {"effect":"repeat-token","operation":"GET /v2/"}`:                      "want one of DescribeImageTags",
		`POST faults {"effect":"hide-new","operation":"GET /v2/"}`:                          "want one of CreateRepository with the effect hide-new",
		`POST faults {"effect":"throttle","status":503}`:                                    "status: want none with the effect throttle, whose arguments are []",
		`POST faults {"effect":"status","code":"X","body":"Y"}`:                             "body, code: want none with the effect status, whose arguments are [status]",
		`POST faults {"effect":"status","status":99}`:                                       "want one from 200 to 599",
		`POST faults {"effect":"delay"}`:                                                    `delay "": want a duration`,
		`POST faults {"effect":"delay","delay":2}`:                                          "delay 2: want a string",
		`POST faults {"effect":"throttle","probability":2}`:                                 "from 0 to 1",
		`POST faults {"effect":"throttle","probability":-0.1}`:                              "from 0 to 1",
		`POST faults {"effect":"throttle","times":-1}`:                                      "none below 0",
		`POST faults {"effect":"hide-new","reads":-1}`:                                      "none below 0",
		`POST faults {"effect":"short-pages","size":-1}`:                                    "none below 0",
		`POST faults {"effect":"delay","delay":"-1s"}`:                                      "none below 0",
		`POST faults {"effect":"throttle"}{"effect":"x"}`:                                   "not one JSON object",
		`PUT clock {"offset":"1h"} x`:                                                       "not one JSON object",
		`PUT clock {"offset":"soon"}`:                                                       `offset "soon": want a duration`,
		`PUT clock {}`:                                                                      `offset "": want a duration`,
		`PUT clock {"offset":5}`:                                                            "offset 5: want a string",
		`PUT clock {"ofset":"1h"}`:                                                          `member "ofset": want offset`,
		`PUT quotas {"Repositories":-1}`:                                                    "Repositories -1: want none below 0",
		`PUT quotas {"repositories":"many"}`:                                                `repositories "many": want an integer`,
		`PUT quotas {"Repos":1}`:                                                            `member "Repos": want Repositories, ImagesPerRepository`,
		`DELETE faults {"operation":"PutImage"}`:                                            `member "operation": want no body`,
		`DELETE requests {"operation":"PutImage"}`:                                          "want no body",
		`POST reset {"requests":true}`:                                                      "want no body",
	} {
		words := strings.SplitN(request, " ", 3)
		got := r.control(words[0]+" "+words[1], words[2])
		assertControlError(t, got, 400, text)
	}
	assert.JSONEq(t, `{"faults":[]}`, r.control("GET faults", "").body)
	assertControlError(t, r.control("GET nothing", ""), 404, "/_emulator/nothing: want one of clock, faults, health, quotas, requests, reset")
	assertControlError(t, r.control("GET faults/", ""), 404, "want one of")
	got := r.control("PUT faults", "{}")
	assertControlError(t, got, 405, "PUT /_emulator/faults: want one of DELETE, GET, POST")
	assert.Equal(t, "DELETE, GET, POST", got.header.Get("Allow"))
	off := newRepo(t)
	assert.Equal(t, 401, off.control("GET health", "").status, "it is off by default")
}

func assertControlError(t *testing.T, got reply, status int, text string) {
	t.Helper()
	var body map[string]string
	require.NoError(t, json.Unmarshal([]byte(got.body), &body), got.body)
	assert.Equal(t, status, got.status, got.body)
	assert.Equal(t, "application/json", got.header.Get("Content-Type"))
	assert.Len(t, body, 1)
	assert.Contains(t, body["error"], text)
}

func TestFaultsByOperation(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithControl())
	for _, operation := range []string{"", "PutImage", "GET /v2/", "HEAD /v2/", "PATCH /v2/", "GET /v2", "GET /token/", "POST /token", "GET /blob/", "GET /"} {
		got := r.control("POST faults", `{"effect":"throttle","operation":"`+operation+`"}`)
		assert.Equal(t, 200, got.status, got.body)
	}
	assert.Equal(t, 200, r.control("DELETE faults", "{}").status, "an empty object says nothing")
	assert.Equal(t, 200, r.control("HEAD faults", "").status)
}
