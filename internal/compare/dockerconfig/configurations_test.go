package dockerconfig

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// configuration is a file before a change. Each login in it has a user name of
// its own.
type configuration struct{ name, text string }

// auth is the member of a login.
func auth(user string) string {
	return `"auth": "` + base64.StdEncoding.EncodeToString([]byte(user+":old")) + `"`
}

// keys are ways to write an entry's key.
func keys() []string {
	return []string{
		"public.ecr.aws", "public.ecr.aws/", "public.ecr.aws/v1/", "public.ecr.aws/v2/", "public.ecr.aws/v2",
		"http://public.ecr.aws", "https://public.ecr.aws", "https://public.ecr.aws/", "https://public.ecr.aws/v1/",
		"https://public.ecr.aws/v2/", "https://public.ecr.aws/a1b2c3d4", "public.ecr.aws:443", "public.ecr.aws:443/",
		"https://public.ecr.aws:443", "https://public.ecr.aws:443/v2/", "https://AWS@public.ecr.aws",
		"public.ecr.aws/a1b2c3d4", "public.ecr.aws/a1b2c3d4/team", "public.ecr.aws/a1b2c3d4/team/app", "public.ecr.aws/a1b2c3d4/",
		"ecr-public.aws.com", "public.ecr.aws.example", "public.ecr.aws:8443", "Public.ecr.aws",
	}
}

// entries is a file whose entries have these keys, between those of other hosts.
func entries(keys ...string) string {
	lines := []string{`"ghcr.io": {` + auth("GHCR") + `}`}
	for i, key := range keys {
		lines = append(lines, fmt.Sprintf("%q: {%s}", key, auth(fmt.Sprint("USER", i))))
	}
	return `"auths": {` + strings.Join(append(lines, `"https://index.docker.io/v1/": {`+auth("HUB")+`}`), ", ") + `}`
}

func configurations() []configuration {
	const host, namespace, address = "public.ecr.aws", "public.ecr.aws/a1b2c3d4", "https://public.ecr.aws/v1/"
	list := []configuration{
		{"no members", `{}`},
		{"null", `null`},
		{"no auths", `{"psFormat": "x"}`},
		{"auths of other hosts", `{` + entries() + `}`},
		{"auths that are null", `{"auths": null}`},

		{"host and address", `{` + entries(host, address) + `}`},
		{"host and namespace", `{` + entries(host, namespace) + `}`},
		{"address and namespace", `{` + entries(address, namespace) + `}`},
		{"namespaces in each other", `{` + entries(namespace+"/team", namespace, namespace+"/team/app") + `}`},
		{"namespaces of both hosts", `{` + entries(namespace, "ecr-public.aws.com/a1b2c3d4") + `}`},
		{"host and three addresses", `{` + entries(address, host, "http://public.ecr.aws", host+"/") + `}`},
		{"host with and without a port", `{` + entries(host, host+":443", namespace) + `}`},

		{"a store", `{` + entries(host) + `, "credsStore": "fake"}`},
		{"a store and no entry", `{"credsStore": "fake"}`},
		{"a store and a namespace", `{` + entries(namespace) + `, "credsStore": "fake"}`},
		{"a store in another case", `{` + entries(host) + `, "CREDSSTORE": "fake"}`},
		{"a helper", `{` + entries(host) + `, "credHelpers": {"public.ecr.aws": "fake"}}`},
		{"a helper in another case", `{` + entries(address) + `, "CredHelpers": {"public.ecr.aws": "fake"}}`},
		{"a helper and a namespace", `{` + entries(namespace) + `, "credHelpers": {"public.ecr.aws": "fake"}}`},
		{"a helper of another host", `{` + entries(host) + `, "credHelpers": {"ghcr.io": "fake"}}`},
		{"a helper and a store", `{"credHelpers": {"public.ecr.aws": "fake"}, "credsStore": "fake"}`},
		{"a helper under an address", `{` + entries(host) + `, "credHelpers": {"https://public.ecr.aws": "fake"}}`},
		{"helpers in two spellings", `{"credHelpers": {"public.ecr.aws": "other"}, "CredHelpers": {"public.ecr.aws": "fake"}}`},
		{"an empty store", `{` + entries(host) + `, "credsStore": ""}`},

		{"Auths", strings.Replace(`{`+entries(host, namespace)+`}`, "auths", "Auths", 1)},
		{"AUTHS", strings.Replace(`{`+entries(address)+`}`, "auths", "AUTHS", 1)},
		{"auths in two spellings", strings.Replace(`{`+entries(host), "auths", "Auths", 1) + `, ` + entries(namespace) + `}`},
		{"Auth", strings.ReplaceAll(`{`+entries(host, address)+`}`, `"auth"`, `"Auth"`)},
		{"a login in two spellings", `{"auths": {"public.ecr.aws": {` + auth("ONE") + `, ` + strings.Replace(auth("TWO"), "auth", "AUTH", 1) + `}}}`},
		{"an identity token", `{"auths": {"public.ecr.aws": {` + auth("ONE") + `, "identitytoken": "x"}}}`},
		{"a registry token", `{"auths": {"public.ecr.aws": {"RegistryToken": "x"}}}`},
		{"user name and password", `{"auths": {"public.ecr.aws": {"username": "ONE", "password": "old"}}}`},
		{"an empty entry", `{"auths": {"public.ecr.aws": {}}}`},
		{"an empty entry of a namespace", `{"auths": {"public.ecr.aws/a1b2c3d4": {}, "public.ecr.aws": {` + auth("ONE") + `}}}`},
		{"an entry that is null", `{"auths": {"https://public.ecr.aws": null}}`},
	}
	for _, key := range keys() {
		list = append(list, configuration{"the key " + key, `{` + entries(key) + `}`})
	}
	return list
}
