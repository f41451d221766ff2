package housekeeping

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// PruneAPIClient lists the methods that [Prune] calls.
type PruneAPIClient interface {
	ecrpublic.DescribeImagesAPIClient
	ecrpublic.DescribeImageTagsAPIClient
	ecrpublic.DescribeRepositoriesAPIClient
}

// DefaultGrace is how long images are kept after they were pushed.
const DefaultGrace = time.Hour

// PruneOptions are the options of [Prune].
type PruneOptions struct {
	// Now is the time at which the age of images is measured. Zero means the
	// service's time, from the Date of its responses; the local clock is not
	// used.
	Now time.Time

	// Grace is how long images stay after they were pushed, whatever the rules
	// say: a push in progress puts children before their index, and images
	// before their tags. 0 means [DefaultGrace]; a negative duration disables
	// it.
	Grace time.Duration

	// Registry reads the manifests. Concurrent prunes should share one, and with
	// it the permitted rate and the token. Nil means a new one, made with the
	// next four options. If Registry is set, they must be zero.
	Registry *registry.Client

	// RegistryURL is the host to read manifests from, with "http://" or
	// "https://". Empty means the host of the repository's URI, over HTTPS.
	RegistryURL string

	// HTTPClient sends the requests to the registry host; nil means a client of
	// this package. Failed and throttled requests are retried in both cases.
	HTTPClient *http.Client

	// Login provides logins for the registry host. Nil reads anonymously, at one
	// request a second; a login allows ten. Its Hosts must include that of
	// RegistryURL.
	Login *login.Provider

	// Rate is how many manifests are read per second. 0 means the documented
	// limit, 1 without a login and 10 with one; a negative number means no limit.
	Rate float64

	// Progress is called while images are listed and manifests read, by one
	// goroutine at a time; nil means never.
	Progress func(Progress)
}

// Prune works out what a policy deletes from a repository. It deletes nothing
// itself: check the plan, then call [Plan.Apply]. The package overview says
// what happens to the children of an index and to signatures.
//
// It fails before any call if the policy is invalid. It also fails if the images
// cannot be listed, if ages matter and no response has a Date or two Dates
// contradict each other, or if ctx ends. Unreadable manifests do not make it fail:
// see [Plan.GraphError].
func Prune(ctx context.Context, client PruneAPIClient, repository string, policy Policy, optFns ...func(*PruneOptions)) (*Plan, error) {
	var options PruneOptions
	for _, fn := range optFns {
		fn(&options)
	}
	plan, err := prune(ctx, client, repository, policy, options)
	if err != nil {
		return nil, fmt.Errorf("housekeeping: prune %s: %w", repository, err)
	}
	return plan, nil
}

func prune(ctx context.Context, client PruneAPIClient, repository string, policy Policy, options PruneOptions) (*Plan, error) {
	if repository == "" {
		return nil, errors.New("repository must not be empty")
	}
	if err := policy.check(); err != nil {
		return nil, err
	}
	if options.Registry != nil && (options.RegistryURL != "" || options.HTTPClient != nil || options.Login != nil || options.Rate != 0) {
		return nil, errors.New("with Registry, the options RegistryURL, HTTPClient, Login and Rate must not be set: they are those of the registry.Client")
	}
	inv, err := takeInventory(ctx, client, repository, options.Progress)
	if err != nil {
		return nil, err
	}
	terms, err := termsOf(policy, options, inv.clock)
	if err != nil {
		return nil, err
	}
	r := reading{client: client, repository: repository, inventory: inv, terms: terms, options: options}
	graphErr := r.run(ctx)
	if graphErr != nil {
		graphErr = fmt.Errorf("housekeeping: read manifests of %s: %w", repository, graphErr)
	}
	if err := r.checkSubjects(ctx); err != nil && graphErr == nil {
		graphErr = fmt.Errorf("housekeeping: look up subjects in %s: %w", repository, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	plan := &Plan{Repository: repository, RegistryId: inv.registryId, GraphError: graphErr}
	plan.fill(terms.decide(inv.images, false))
	return plan, nil
}

// termsOf fails if the time matters and is unknown.
func termsOf(policy Policy, options PruneOptions, service clock) (terms, error) {
	t := terms{policy: policy, now: options.Now, grace: options.Grace}
	if t.grace == 0 {
		t.grace = DefaultGrace
	}
	isByAge := func(r Rule) bool { return r.OlderThan > 0 }
	if !t.now.IsZero() || t.grace <= 0 && !slices.ContainsFunc(policy.Rules, isByAge) {
		return t, nil
	}
	var err error
	if t.now, err = service.time(); err != nil {
		return t, fmt.Errorf("%w, so the service's time is unknown: set Now in PruneOptions", err)
	}
	return t, nil
}
