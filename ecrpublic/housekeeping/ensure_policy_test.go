package housekeeping_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestEnsureRepositoryPolicy(t *testing.T) {
	t.Parallel()
	// The service returns a policy in this form.
	const stored = "{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {\n    \"Effect\" : \"Allow\",\n    \"Action\" : [ \"ecr-public:PutImage\", \"ecr-public:InitiateLayerUpload\" ]\n  } ]\n}"
	const same = `{"Statement":[{"Action":["ecr-public:PutImage","ecr-public:InitiateLayerUpload"],"Effect":"Allow"}],"Version":"2012-10-17"}`
	const other = `{"Statement":[{"Action":["ecr-public:PutImage"],"Effect":"Allow"}],"Version":"2012-10-17"}`
	notFound := operationError(&types.RepositoryPolicyNotFoundException{})
	statement := func(members string) string { return `{"Statement":[{"Effect":"Allow",` + members + `}]}` }
	number := func(n string) string {
		return statement(`"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":` + n + `}}`)
	}
	for _, test := range []struct {
		name    string
		have    string
		getErr  error
		setErr  error
		want    string
		changed bool
		err     error
	}{
		{name: "the same in another layout", have: stored, want: same},
		{name: "another", have: stored, want: other, changed: true},
		{name: "none yet", getErr: notFound, want: same, changed: true},
		{name: "not JSON", have: "?", want: same, changed: true},
		{name: "no policy at all", have: "null", want: same, changed: true},
		{name: "a member twice", have: `{"Statement":[],"Statement":[]}`, want: `{"Statement":[]}`, changed: true},
		{name: "cannot be read", getErr: io.ErrUnexpectedEOF, want: same, err: io.ErrUnexpectedEOF},
		{name: "cannot be set", have: stored, setErr: io.ErrClosedPipe, want: other, err: io.ErrClosedPipe},

		{name: "actions in another order", have: statement(`"Action":["a:1","a:2"]`), want: statement(`"Action":["a:2","a:1","a:2"]`)},
		{name: "an action less", have: statement(`"Action":["a:1","a:2"]`), want: statement(`"Action":["a:1"]`), changed: true},
		{name: "a list of one", have: statement(`"Action":"a:1"`), want: statement(`"Action":["a:1"]`)},
		{name: "one statement without a list", have: statement(`"Action":"a:1"`), want: `{"Statement":{"Effect":"Allow","Action":"a:1"}}`},
		{name: "statements in another order", have: `{"Statement":[{"Sid":"a"},{"Sid":"b"}]}`, want: `{"Statement":[{"Sid":"b"},{"Sid":"a"}]}`},
		{name: "a statement more", have: `{"Statement":[{"Sid":"a"},{"Sid":"b"}]}`, want: `{"Statement":[{"Sid":"a"},{"Sid":"b"},{"Sid":"c"}]}`, changed: true},
		{name: "values of a condition", have: statement(`"Condition":{"StringLike":{"aws:x":["b","a"]}}`), want: statement(`"Condition":{"StringLike":{"aws:x":["a","b"]}}`)},
		{name: "an account as its root", have: statement(`"Principal":{"AWS":["arn:aws:iam::210987654321:root","arn:aws:iam::123456789012:user/a"]}`), want: statement(`"Principal":{"AWS":["arn:aws:iam::123456789012:user/a","210987654321"]}`)},
		{name: "an account not to be named", have: statement(`"NotPrincipal":{"AWS":"arn:aws:iam::210987654321:root"}`), want: statement(`"NotPrincipal":{"AWS":["210987654321"]}`)},
		{name: "another account", have: statement(`"Principal":{"AWS":"arn:aws:iam::210987654321:root"}`), want: statement(`"Principal":{"AWS":"210987654322"}`), changed: true},
		{name: "an account that is no principal", have: statement(`"Condition":{"StringEquals":{"AWS":"arn:aws:iam::210987654321:root"}}`), want: statement(`"Condition":{"StringEquals":{"AWS":"210987654321"}}`), changed: true},
		{name: "everybody", have: statement(`"Principal":{"AWS":"*"}`), want: statement(`"Principal":"*"`)},
		{name: "everybody of another kind", have: statement(`"Principal":{"Service":"*"}`), want: statement(`"Principal":"*"`), changed: true},

		{name: "a number in another form", have: number("1000"), want: number("1e3")},
		{name: "a number in another form", have: number("-0.0250"), want: number("-2.5E-2")},
		{name: "nothing in another form", have: number("0"), want: number("-0.0e7")},
		{name: "behind the 53rd bit", have: number("9007199254740992"), want: number("9007199254740993"), changed: true},
		{name: "a small difference", have: number("0.1"), want: number("0.10000000000000000001"), changed: true},
		{name: "another sign", have: number("5"), want: number("-5"), changed: true},
		{name: "another power", have: number("5e999999999999999999"), want: number("5e999999999999999998"), changed: true},
		{name: "a number as a text", have: number("5"), want: number(`"5"`), changed: true},
		{name: "a text that looks like a list", have: statement(`"Action":["a","b"]`), want: statement(`"Action":"[\"a\",\"b\"]"`), changed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := &ecrpublictest.Client{
				GetRepositoryPolicyFunc: answer[ecrpublic.GetRepositoryPolicyInput](&ecrpublic.GetRepositoryPolicyOutput{PolicyText: &test.have}, test.getErr),
				SetRepositoryPolicyFunc: answer[ecrpublic.SetRepositoryPolicyInput](&ecrpublic.SetRepositoryPolicyOutput{}, test.setErr),
			}
			changed, err := housekeeping.EnsureRepositoryPolicy(t.Context(), client, "app", test.want)
			require.ErrorIs(t, err, test.err)
			assert.Equal(t, test.changed, changed)
			sent := slices.Contains(operations(client), "SetRepositoryPolicy")
			assert.Equal(t, test.changed || test.setErr != nil, sent)
		})
	}
	for _, policy := range []string{`"Allow"`, `null`, `{"Statement":[]`, `{"Id":"\ud800","Statement":[]}`, `{"Statement":[],"Statement":[]}`, `{}{}`} {
		_, err := housekeeping.EnsureRepositoryPolicy(t.Context(), unreachable(), "app", policy)
		require.ErrorContains(t, err, "the policy is not a JSON object")
	}
}

// The emulator returns policies in another form, as the service does. The second run of
// a controller changes nothing, whatever the local clock says.
func TestEnsureRepositoryPolicySettles(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{0, 60 * day, -60 * day} {
		server := ecrpublictest.NewServer(ecrpublictest.WithCredentials("EXAMPLE", "a secret of forty characters, as they are"),
			ecrpublictest.WithClock(func() time.Time { return time.Now().Add(off) }))
		t.Cleanup(server.Close)
		client := server.Client()
		_, err := server.AddImage("app", "v1")
		require.NoError(t, err)
		const policy = `{"Version":"2012-10-17","Statement":[
			{"Sid":"push","Effect":"Allow","Principal":{"AWS":["210987654321","arn:aws:iam::111111111111:root","222222222222"]},
			 "Action":["ecr-public:PutImage","ecr-public:InitiateLayerUpload","ecr-public:UploadLayerPart"]},
			{"Sid":"look","Effect":"Allow","Principal":"*","Action":["ecr-public:DescribeImages"],"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":3.6e3}}}]}`
		for _, changes := range []bool{true, false, false} {
			changed, err := housekeeping.EnsureRepositoryPolicy(t.Context(), client, "app", policy)
			require.NoError(t, err)
			assert.Equal(t, changes, changed)
		}
		got, err := client.GetRepositoryPolicy(t.Context(), &ecrpublic.GetRepositoryPolicyInput{RepositoryName: new("app")})
		require.NoError(t, err)
		assert.Contains(t, *got.PolicyText, `[ "arn:aws:iam::222222222222:root", `, "in another order, as the root")
	}
}
