package ecrpublictest_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConstraints(t *testing.T) {
	t.Parallel()
	const (
		namePattern = "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
		uuidPattern = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
	)
	r := newRepo(t)
	long := func(n int) string { return strings.Repeat("a", n) }
	many := func(n int, item any) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = item
		}
		return list
	}
	upload := func(with object) object {
		in := object{"repositoryName": "app", "uploadId": "00000000-0000-0000-0000-000000000000", "partFirstByte": 0, "partLastByte": 0, "layerPartBlob": "eA=="}
		maps.Copy(in, with)
		return in
	}
	for _, tt := range []struct {
		operation          string
		input              object
		member, constraint string
	}{
		{"CreateRepository", object{}, "repositoryName", "Member must not be null"},
		{"CreateRepository", object{"repositoryName": "a"}, "repositoryName", "must have length greater than or equal to 2"},
		{"CreateRepository", object{"repositoryName": long(206)}, "repositoryName", "must have length less than or equal to 205"},
		{"CreateRepository", object{"repositoryName": "A1"}, "repositoryName", "must satisfy regular expression '" + namePattern + "'"},
		{"CreateRepository", object{"repositoryName": "new", "tags": many(201, object{"Key": "k", "Value": ""})}, "tags", "Member must have length less than or equal to 200"},
		{"CreateRepository", object{"repositoryName": "new", "tags": []object{{"Key": long(129), "Value": ""}}}, "tags.key", "must have length less than or equal to 128"},
		{"CreateRepository", object{"repositoryName": "new", "tags": []object{{"Key": "k", "Value": long(257)}}}, "tags.value", "must have length less than or equal to 256"},
		{"CreateRepository", object{"repositoryName": "new", "catalogData": object{"operatingSystems": many(51, "x")}}, "catalogData.operatingSystems", "Member must have length less than or equal to 50"},
		{"CreateRepository", object{"repositoryName": "new", "catalogData": object{"architectures": []string{long(51)}}}, "catalogData.architectures", "must have length less than or equal to 50"},
		{"CreateRepository", object{"repositoryName": "new", "catalogData": object{"usageText": long(25601)}}, "catalogData.usageText", "must have length less than or equal to 25600"},
		{"DescribeRepositories", object{"registryId": "12345678901"}, "registryId", "Member must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]{12}]"},
		{"DescribeRepositories", object{"repositoryNames": []string{}}, "repositoryNames", "Member must have length greater than or equal to 1"},
		{"DescribeRepositories", object{"repositoryNames": many(101, "app")}, "repositoryNames", "Member must have length less than or equal to 100"},
		{"DescribeRepositories", object{"repositoryNames": []string{"A1"}}, "repositoryNames", "must satisfy regular expression '" + namePattern + "'"},
		{"DescribeRepositories", object{"maxResults": 1001}, "maxResults", "Member must have value less than or equal to 1000"},
		{"DescribeRegistries", object{"maxResults": 0}, "maxResults", "Member must have value greater than or equal to 1"},
		{"BatchDeleteImage", object{"repositoryName": "app", "imageIds": []object{}}, "imageIds", "Member must have length greater than or equal to 1"},
		{"BatchDeleteImage", object{"repositoryName": "app", "registryId": "x", "imageIds": []object{{}}}, "registryId", "must have length greater than or equal to 2"},
		{"BatchDeleteImage", object{"repositoryName": "app", "imageIds": []object{{"imageTag": ""}}}, "imageIds.imageTag", "must have length greater than or equal to 1"},
		{"BatchCheckLayerAvailability", object{"repositoryName": "app", "layerDigests": []string{long(1001)}}, "layerDigests", "must have length less than or equal to 1000"},
		{"CompleteLayerUpload", object{"repositoryName": "app", "uploadId": "x", "layerDigests": []string{"x"}}, "uploadId", "must satisfy regular expression '" + uuidPattern + "'"},
		{"CompleteLayerUpload", object{"repositoryName": "app", "uploadId": "00000000-0000-0000-0000-000000000000", "layerDigests": []string{"x"}}, "layerDigests", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"},
		{"UploadLayerPart", upload(object{"partFirstByte": -1}), "partFirstByte", "Member must have value greater than or equal to 0"},
		{"UploadLayerPart", upload(object{"layerPartBlob": nil}), "layerPartBlob", "Member must not be null"},
		{"UploadLayerPart", upload(object{"layerPartBlob": make([]byte, 20<<20+1)}), "layerPartBlob", "Member must have length less than or equal to 20971520"},
		{"PutImage", object{"repositoryName": "app", "imageManifest": ""}, "imageManifest", "must have length greater than or equal to 1"},
		{"PutImage", object{"repositoryName": "app", "imageManifest": "{}", "imageTag": long(301)}, "imageTag", "must have length less than or equal to 300"},
		{"PutImage", object{"repositoryName": "app", "imageManifest": "{}", "imageTag": "a/b"}, "imageTag", "must satisfy regular expression '[a-zA-Z0-9-_.]+'"},
		{"PutImage", object{"repositoryName": "app", "imageManifest": "{}", "imageDigest": "x"}, "imageDigest", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"},
		{"PutRegistryCatalogData", object{"displayName": long(101)}, "displayName", "must have length less than or equal to 100"},
		{"SetRepositoryPolicy", object{"repositoryName": "app", "policyText": long(10241)}, "policyText", "must have length less than or equal to 10240"},
		{"UntagResource", object{"resourceArn": "app", "tagKeys": []string{""}}, "tagKeys", "must have length greater than or equal to 1"},
	} {
		t.Run(tt.operation+" "+tt.constraint, func(t *testing.T) {
			t.Parallel()
			want := "Invalid parameter at '" + tt.member + "' failed to satisfy constraint: '" + tt.constraint + "'"
			assertError(t, r, tt.operation, tt.input.String(), "InvalidParameterException", want)
		})
	}
}

func TestARNsThatNameNoRepository(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for _, arn := range []string{
		"app",
		"arn:aws:ecr-public:us-east-1:123456789012:repository/app",
		"arn:aws:ecr:us-east-1:123456789012:repository/app",
		"arn:aws:ecr-public::123456789012:registry/123456789012",
		"arn:aws:ecr-public::1234:repository/app",
	} {
		for _, operation := range []string{"ListTagsForResource", "TagResource", "UntagResource"} {
			input := object{"resourceArn": arn, "tags": []object{}, "tagKeys": []string{}}
			assertError(t, r, operation, input.String(), "InvalidParameterException", "The ARN provided is invalid")
		}
	}
}

func TestLengthsCountCharacters(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	got, err := call(t, r.srv, "PutRegistryCatalogData", object{"displayName": strings.Repeat("é", 100)}.String())
	require.NoError(t, err)
	assert.Equal(t, 200, got.status)
}

func assertError(t *testing.T, r repo, operation, input, code, message string) {
	t.Helper()
	got, err := call(t, r.srv, operation, input)
	require.NoError(t, err)
	require.NoError(t, got.err)
	var body struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &body), got.body)
	assert.Equal(t, 400, got.status)
	assert.Equal(t, code, body.Type)
	assert.Equal(t, message, body.Message)
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	assertError(t, r, "ListImages", "{}", "UnknownOperationException", "The operation 'ListImages' does not exist")
	for _, body := range []string{"", "[]", `{"maxResults":"1"}`, "{} {}"} {
		got, err := call(t, r.srv, "DescribeRegistries", body)
		require.NoError(t, err)
		assert.Equal(t, 400, got.status, body)
		assert.Contains(t, got.body, `{"__type":"SerializationException","message":"`, body)
	}
	got, err := call(t, r.srv, "DescribeRegistries", `{"unknown":1,"maxResults":null}`)
	require.NoError(t, err)
	assert.Equal(t, 200, got.status)
	assert.Equal(t, "application/x-amz-json-1.1", got.header.Get("Content-Type"))
	assert.Regexp(t, "^[0-9a-f-]{36}$", got.header.Get("X-Amzn-Requestid"))
}
