package paginators_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// vectors were recorded from botocore. A chain continues with each resume token until
// there is none; a special is one listing.
type vectors struct {
	Chains []struct {
		ID          string
		Operation   string
		N           int
		PageSize    *int32 `json:"page_size"`
		MaxItems    *int32 `json:"max_items"`
		DefaultPage int    `json:"server_default_page"`
		Steps       []outcome
	} `json:"botocore_chains"`
	Specials []special `json:"botocore_special"`
}

type special struct {
	outcome
	ID          string
	Name        string
	Operation   string
	ServerN     int        `json:"server_n"`
	DefaultPage int        `json:"server_default_page"`
	ServerPages []response `json:"server_pages"`
	Config      struct {
		PageSize, MaxItems any
		StartingToken      *string
	}
	Arguments map[string]any `json:"operation_args"`
}

type outcome struct {
	Requests    []request
	Pages       [][]int
	ResumeToken *string `json:"resume_token"`
	Error       *failure
}

type failure struct{ Type string }

var configError = &failure{"ParamValidationError"} // botocore's name

// differences lists the cases in which botocore crashes, guesses or loops and this
// package does better.
var differences = []struct {
	reason  string
	applies func(special) bool
	want    outcome
}{
	{
		reason:  "MaxItems 0 makes a request that it throws away, and a resume token that never gets on",
		applies: func(v special) bool { return v.Config.MaxItems == 0.0 },
		want:    outcome{Error: configError},
	},
	{
		reason:  "a PageSize over 1,000 is sent for the service to refuse",
		applies: func(v special) bool { return v.Name == "config/page_size_over_model_max" },
		want:    outcome{Error: configError},
	},
	{
		reason:  "a negative boto_truncate_amount counts from the page's end",
		applies: func(v special) bool { return v.Name == "starting_token/truncate_negative" },
		want:    outcome{Error: configError},
	},
	{
		reason:  "a negative number after ___ counts from the page's end",
		applies: func(v special) bool { return v.Name == "starting_token/old_negative" },
		want:    outcome{Error: configError},
	},
	{
		reason: "a boto_truncate_amount of another type crashes after the first request, or is taken for 0",
		applies: func(v special) bool {
			switch v.Name {
			case "starting_token/truncate_string_number", "starting_token/truncate_string_bad",
				"starting_token/truncate_float", "starting_token/truncate_null":
				return true
			}
			return false
		},
		want: outcome{Error: configError},
	},
	{
		reason: "tokens that go round in a circle are followed until something else stops them",
		applies: func(v special) bool {
			return v.Name == "token_cycle" && v.Config.MaxItems == nil && v.Config.PageSize == nil
		},
		want: outcome{
			Requests: []request{{nil, nil}, {"A", nil}, {"B", nil}},
			Pages:    [][]int{{0}, {1}, {2}},
			Error:    &failure{"PaginationError"},
		},
	},
	{
		reason: "a resume token without nextToken crashes when the first page has to be cut",
		applies: func(v special) bool {
			return v.Name == "starting_token/empty_object" && v.Error != nil
		},
		want: outcome{
			Requests:    []request{{nil, 5.0}},
			Pages:       [][]int{{0, 1, 2}},
			ResumeToken: aws.String("eyJuZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAzfQ=="),
		},
	},
}

// pythonOnly lists the vectors with arguments that have no counterpart here.
var pythonOnly = map[string]string{
	"config/page_size_string":                 "PageSize is an int32",
	"config/max_items_string":                 "MaxItems is an int32",
	"config/max_items_float":                  "MaxItems is an int32",
	"config/nextToken_in_operation_args":      "the inputs have no NextToken",
	"config/nextToken_in_args_with_max_items": "the inputs have no NextToken",
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	data, err := os.ReadFile("../internal/paging/testdata/pagination.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(data, &v))
	require.NotEmpty(t, v.Chains)
	require.NotEmpty(t, v.Specials)
	return v
}

func TestChains(t *testing.T) {
	t.Parallel()
	for _, chain := range readVectors(t).Chains {
		s := &service{n: chain.N, defaultPage: chain.DefaultPage}
		config := types.PaginatorConfig{PageSize: chain.PageSize, MaxItems: chain.MaxItems}
		for _, step := range chain.Steps {
			if chain.MaxItems != nil && *chain.MaxItems == 0 { // the first of the differences
				step = outcome{Error: configError}
			}
			step.check(t, chain.ID, chain.Operation, s, config)
			config.StartingToken = step.ResumeToken
		}
	}
}

func TestSpecials(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for _, v := range readVectors(t).Specials {
		if pythonOnly[v.Name] != "" {
			met[v.Name] = true
			continue
		}
		want := v.outcome
		for _, difference := range differences {
			if difference.applies(v) {
				met[difference.reason] = true
				want = difference.want
			}
		}
		s := &service{n: v.ServerN, defaultPage: v.DefaultPage, script: v.ServerPages}
		want.check(t, v.ID, v.Operation, s, types.PaginatorConfig{
			PageSize: number(v.Config.PageSize), MaxItems: number(v.Config.MaxItems), StartingToken: v.Config.StartingToken,
		})
	}
	for name := range pythonOnly {
		assert.True(t, met[name], "%s is in no vector", name)
	}
}

func number(v any) *int32 {
	if n, ok := v.(float64); ok {
		return aws.Int32(int32(n))
	}
	return nil
}

// check lists in every way and expects the same outcome each time.
func (want outcome) check(t *testing.T, id, operation string, s *service, config types.PaginatorConfig) {
	t.Helper()
	var all []int
	for _, page := range want.Pages {
		all = append(all, page...)
	}
	for _, prefetch := range []int{0, 1, 3} {
		l := newLister(operation, s, &config, func(o *paginators.Options) { o.Prefetch = prefetch })
		done := func(way string, err error) {
			t.Helper()
			want.checkError(t, id+" "+way, err)
			require.Equal(t, append([]request{}, want.Requests...), append([]request{}, s.takeRequests(t)...), "%s: requests of %s", id, way)
			if want.Error == nil {
				require.Equal(t, want.ResumeToken, l.resume(), "%s: resume token of %s", id, way)
			}
		}

		var pages [][]int
		var failed error
		for page, err := range l.pages(t.Context()) {
			if failed = err; err == nil {
				pages = append(pages, page)
			}
		}
		require.Equal(t, append([][]int{}, want.Pages...), append([][]int{}, pages...), id)
		done("Pages", failed)

		var items []int
		for item, err := range l.items(t.Context()) {
			if failed = err; err == nil {
				items = append(items, item)
			}
		}
		require.Equal(t, all, items, id)
		done("Items", failed)

		collected, next, err := l.collect(t.Context())
		require.Equal(t, append([]int{}, all...), append([]int{}, collected...), id)
		done("Collect", err)
		if err == nil {
			require.Equal(t, want.ResumeToken, next, id)
		}
	}
}

func (want outcome) checkError(t *testing.T, id string, err error) {
	t.Helper()
	if want.Error == nil {
		require.NoError(t, err, id)
		return
	}
	switch want.Error.Type {
	case "PaginationError":
		require.ErrorIs(t, err, paginators.ErrRepeatedToken, id)
	case "AttributeError", "TypeError", "ValueError", "ParamValidationError":
		var bad *paginators.ConfigError
		require.ErrorAs(t, err, &bad, id)
	default:
		var refused smithy.APIError
		require.ErrorAs(t, err, &refused, id)
		require.Equal(t, want.Error.Type, refused.ErrorCode(), id)
	}
}
