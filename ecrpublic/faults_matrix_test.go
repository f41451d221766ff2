package ecrpublic_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/testdata/faults"
)

// The fault matrix tests how the default client handles a loopback server that sends
// prepared bytes. internal/compare runs the same cases with the official client.

func TestTransientFailuresAreRetried(t *testing.T) { meet(t, faults.Retried) }
func TestRefusalsAreNotRetried(t *testing.T)       { meet(t, faults.Refused) }
func TestMalformedResponses(t *testing.T)          { meet(t, faults.Malformed) }
func TestEndlessResponses(t *testing.T)            { meet(t, faults.Bounded) }
func TestDeadlinesAndClocks(t *testing.T)          { meet(t, faults.Punctual) }
func TestSilentServersAreAbandoned(t *testing.T)   { meet(t, faults.Awake) }
func TestRedirectsAreNotFollowed(t *testing.T)     { meet(t, faults.AtHome) }

// meet runs the cases of a rule with direct calls and through a stack. Each case also
// checks that every response body was closed.
func meet(t *testing.T, rule faults.Rule) {
	t.Parallel()
	cases := faults.Under(rule)
	require.NotEmpty(t, cases)
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		subject := func(cfg aws.Config, eager bool) any {
			if eager {
				return ecrpublic.NewFromConfig(cfg, append(options, ecrpublic.WithoutDelay)...)
			}
			return ecrpublic.NewFromConfig(cfg, options...)
		}
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				require.NoError(t, c.Run(t.Context(), subject))
			})
		}
	})
}
