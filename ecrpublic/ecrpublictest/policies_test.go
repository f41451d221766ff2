package ecrpublictest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (r repo) setPolicy(text string, force bool) (string, error) {
	out, err := r.api.SetRepositoryPolicy(r.Context(), &ecrpublic.SetRepositoryPolicyInput{RepositoryName: aws.String("app"), PolicyText: &text, Force: force})
	if err != nil {
		return "", err
	}
	return *out.PolicyText, nil
}

// The policy comes back in the service's layout and form, which means the same.
func TestPolicyLayout(t *testing.T) {
	t.Parallel()
	got, err := newRepo(t).setPolicy(`{"Version":"2012-10-17","Id":"é","Statement":[
		{"Sid":"a","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root","210987654321"]},"Action":["ecr-public:PutImage","ecr:DescribeImages"]},
		{"Effect":"Deny","Principal":"*","NotAction":"*","Condition":{"Bool":{"aws:SecureTransport":["false"]},"StringEquals":{"aws:PrincipalAccount":"210987654321","aws:SourceAccount":["1","2",3]},"Null":{}}},
		{"Effect":"Deny","NotPrincipal":{"AWS":"210987654321"},"Action":"*","Condition":{"Null":{"a":[]}}}]}`, false)
	require.NoError(t, err)
	assert.Equal(t, `{
  "Version" : "2012-10-17",
  "Id" : "é",
  "Statement" : [ {
    "Sid" : "a",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : [ "arn:aws:iam::210987654321:root", "arn:aws:iam::123456789012:root" ]
    },
    "Action" : [ "ecr:DescribeImages", "ecr-public:PutImage" ]
  }, {
    "Effect" : "Deny",
    "Principal" : "*",
    "NotAction" : "*",
    "Condition" : {
      "Bool" : {
        "aws:SecureTransport" : "false"
      },
      "StringEquals" : {
        "aws:PrincipalAccount" : "210987654321",
        "aws:SourceAccount" : [ "1", "2", 3 ]
      },
      "Null" : { }
    }
  }, {
    "Effect" : "Deny",
    "NotPrincipal" : {
      "AWS" : "arn:aws:iam::210987654321:root"
    },
    "Action" : "*",
    "Condition" : {
      "Null" : {
        "a" : [ ]
      }
    }
  } ]
}`, got)
}

func TestPolicyGrammar(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	statement := object{"Effect": "Allow", "Principal": "*", "Action": "ecr-public:*"}
	for name, tt := range map[string]struct {
		text  string
		valid bool
	}{
		"one statement":       {object{"Version": "2012-10-17", "Statement": statement}.String(), true},
		"no version":          {object{"Statement": []object{statement}}.String(), true},
		"unknown version":     {object{"Version": "2020-01-01", "Statement": statement}.String(), false},
		"no statement":        {object{"Version": "2012-10-17", "Statement": []object{}}.String(), false},
		"unknown member":      {object{"Statement": statement, "Rule": "x"}.String(), false},
		"wrong case":          {object{"statement": statement}.String(), false},
		"a resource":          {object{"Statement": statement.with("Resource", "*")}.String(), false},
		"no effect":           {object{"Statement": statement.with("Effect", nil)}.String(), false},
		"another effect":      {object{"Statement": statement.with("Effect", "Permit")}.String(), false},
		"no principal":        {object{"Statement": statement.with("Principal", nil)}.String(), false},
		"a bare principal":    {object{"Statement": statement.with("Principal", "me")}.String(), false},
		"two principals":      {object{"Statement": statement.with("NotPrincipal", "*")}.String(), false},
		"a word as principal": {object{"Statement": statement.with("Principal", object{"AWS": "me"})}.String(), false},
		"an unknown kind":     {object{"Statement": statement.with("Principal", object{"Azure": "*"})}.String(), false},
		"nobody":              {object{"Statement": statement.with("Principal", object{"AWS": []string{}})}.String(), false},
		"a service":           {object{"Statement": statement.with("Principal", object{"Service": "codebuild.amazonaws.com"})}.String(), true},
		"a token's action":    {object{"Statement": statement.with("Action", []string{"ecr-public:getauthorizationtoken", "ecr-public:PutImage"})}.String(), false},
		"a half action":       {object{"Statement": statement.with("Action", "ecr-public:")}.String(), false},
		"no action":           {object{"Statement": statement.with("Action", nil)}.String(), false},
		"an action's name":    {object{"Statement": statement.with("Action", "PutImage")}.String(), false},
		"an action's number":  {object{"Statement": statement.with("Action", 1)}.String(), false},
		"no JSON":             {`{"Statement":`, false},
		"a list":              {`[]`, false},
		"a member twice":      {`{"Statement":{},"Statement":` + statement.String() + `}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := r.setPolicy(tt.text, false)
			if tt.valid {
				require.NoError(t, err)
				return
			}
			refused := new(types.InvalidParameterException)
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'", refused.ErrorMessage())
		})
	}
}

func TestPolicyThatLocksOutNeedsForce(t *testing.T) {
	t.Parallel()
	deny := object{"Effect": "Deny", "Principal": "*", "Action": "ecr-public:*"}
	for name, tt := range map[string]struct {
		statement object
		locks     bool
	}{
		"everybody":     {deny, true},
		"the account":   {deny.with("Principal", object{"AWS": account}), true},
		"its root":      {deny.with("Principal", object{"AWS": []string{"arn:aws:iam::" + account + ":root"}}), true},
		"the operation": {deny.with("Action", []string{"ecr-public:PutImage", "ecr-public:SetRepositoryPolicy"}), true},
		"somebody else": {deny.with("Principal", object{"AWS": "210987654321"}), false},
		"other actions": {deny.with("Action", "ecr-public:Put*"), false},
		"on condition":  {deny.with("Condition", object{"Bool": object{"aws:SecureTransport": "false"}}), false},
		"an allowance":  {deny.with("Effect", "Allow"), false},

		"all but somebody else": {deny.with("Principal", nil).with("NotPrincipal", object{"AWS": "210987654321"}), true},
		"all but a service":     {deny.with("Principal", nil).with("NotPrincipal", object{"Service": "a.amazonaws.com"}), true},
		"all but the account":   {deny.with("Principal", nil).with("NotPrincipal", object{"AWS": []string{"210987654321", account}}), false},
		"all but another":       {deny.with("Action", nil).with("NotAction", "ecr-public:PutImage"), true},
		"all but the operation": {deny.with("Action", nil).with("NotAction", "ecr-public:*Policy"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			text := object{"Statement": tt.statement}.String()
			_, err := r.setPolicy(text, false)
			if tt.locks {
				require.ErrorAs(t, err, new(*types.InvalidParameterException))
				_, err = r.setPolicy(text, true)
			}
			assert.NoError(t, err)
		})
	}
}
