package ecrpublictest_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestFail(t *testing.T) {
	t.Parallel()
	missing := &types.RepositoryNotFoundException{Message: aws.String("gone")}
	denied := &smithy.GenericAPIError{Code: "DENIED", Message: "no", Fault: smithy.FaultClient}
	for name, tc := range map[string]struct {
		effect ecrpublictest.Effect
		status int
		body   string
	}{
		"throttle":        {ecrpublictest.Throttle(), 400, `{"__type":"ThrottlingException","message":"Rate exceeded"}`},
		"client's fault":  {ecrpublictest.Fail(missing), 400, `{"__type":"RepositoryNotFoundException","message":"gone"}`},
		"server's fault":  {ecrpublictest.Fail(&types.ServerException{}), 500, `{"__type":"ServerException"}`},
		"any code":        {ecrpublictest.Fail(denied), 400, `{"__type":"DENIED","message":"no"}`},
		"another status":  {ecrpublictest.FailWithStatus(403, denied), 403, `{"__type":"DENIED","message":"no"}`},
		"further members": {ecrpublictest.Fail(&types.InvalidLayerPartException{LastValidByteReceived: aws.Int64(9)}), 400, `{"__type":"InvalidLayerPartException","lastValidByteReceived":9}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			srv.Inject(ecrpublictest.Fault{Effect: tc.effect})
			got, err := call(t, srv, "CreateRepository", `{"repositoryName":"app"}`)
			require.NoError(t, err)
			require.NoError(t, got.err)
			assert.Equal(t, tc.status, got.status)
			assert.JSONEq(t, tc.body, got.body)
			assert.Equal(t, "application/x-amz-json-1.1", got.header.Get("Content-Type"))

			srv.ClearFaults()
			assert.Equal(t, []string{}, repositories(t, srv), "it was not processed")
		})
	}
}

func TestFailRegistry(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		effect ecrpublictest.Effect
		status int
		body   string
	}{
		"throttle": {ecrpublictest.Throttle(), 429, `{"errors":[{"code":"TOOMANYREQUESTS","message":"Rate exceeded"}]}`},
		"error": {
			ecrpublictest.FailWithStatus(403, &smithy.GenericAPIError{Code: "DENIED", Message: "Not Authorized"}),
			403, `{"errors":[{"code":"DENIED","message":"Not Authorized"}]}`,
		},
		"own error": {
			ecrpublictest.FailWithStatus(502, &smithy.GenericAPIError{Code: "ODD", Message: "x"}),
			502, `{"errors":[{"code":"ODD","message":"x"}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			srv.Inject(ecrpublictest.Fault{Effect: tc.effect})
			got, err := get(t, srv, "/v2/")
			require.NoError(t, err)
			assert.Equal(t, tc.status, got.status)
			assert.JSONEq(t, tc.body, got.body)
		})
	}
}

func TestStatusHasNoBody(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Status(http.StatusServiceUnavailable)})
	got, err := call(t, srv, "DescribeRegistries", "{}")
	require.NoError(t, err)
	assert.Equal(t, 503, got.status)
	assert.Empty(t, got.body)
}
