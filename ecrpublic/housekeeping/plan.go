package housekeeping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// PruneAPIClient is what [Prune] needs of a client.
type PruneAPIClient interface {
	ecrpublic.DescribeImagesAPIClient
	ecrpublic.DescribeRepositoriesAPIClient
}

// PruneOptions are the options of [Prune].
type PruneOptions struct {
	// Now is what the age of images is measured from; zero means time.Now.
	Now time.Time

	// RegistryURL is where manifests are read, "http://" or "https://" and a
	// host. Empty means the host of the repository's URI, over HTTPS.
	RegistryURL string

	// HTTPClient sends the requests to the registry host. Nil means a client
	// that tries throttled and failed requests again for about a minute; one that
	// is given has to do so itself.
	HTTPClient *http.Client

	// Credential is a login for the registry host, such as package
	// ecrpublic/login makes. Nil reads anonymously, which the service allows
	// once a second; a login is allowed ten.
	Credential auth.CredentialFunc

	// Progress is called while images are listed and manifests read, by one
	// goroutine at a time; nil means never.
	Progress func(Progress)
}

// Reason tells why an image goes or stays.
type Reason string

// Values of [Reason]. The first two delete an image, the others keep it.
const (
	// A rule expires the image.
	ReasonExpired Reason = "expired"
	// The image is a part of, or refers to, one that is deleted.
	ReasonOwnerDeleted Reason = "owner deleted"
	// The image is a part of, or refers to, one that is kept.
	ReasonOwnerKept Reason = "owner kept"
	// A rule selects the image but does not expire it.
	ReasonRetained Reason = "retained"
	// One of the policy's KeepTags matches.
	ReasonKeepTag Reason = "keep tag"
	// No rule selects the image.
	ReasonNotSelected Reason = "not selected"
)

// Decision is what a [Plan] says of one image.
type Decision struct {
	// Image is the image as the service described it.
	Image types.ImageDetail

	// Reason tells why the image goes or stays.
	Reason Reason

	// Rule is the name of the rule that decided about the image; empty if none
	// did.
	Rule string

	// Owner is the digest of the image that this one is a part of or refers to,
	// if that was the reason.
	Owner string
}

// Deletes tells whether the image is to be deleted.
func (d Decision) Deletes() bool {
	return d.Reason == ReasonExpired || d.Reason == ReasonOwnerDeleted
}

// Why is the reason with the rule or the owner that it is about.
func (d Decision) Why() string {
	switch d.Reason {
	case ReasonExpired, ReasonRetained:
		return fmt.Sprintf("%s: %s", d.Reason, d.Rule)
	case ReasonOwnerDeleted, ReasonOwnerKept:
		return fmt.Sprintf("%s: %s", d.Reason, d.Owner)
	}
	return string(d.Reason)
}

// Plan is what a policy does to a repository. It may be changed before it is
// applied; only Delete counts then.
type Plan struct {
	// Repository is the repository's name.
	Repository string

	// Delete are the images to delete in the order to delete them: indexes
	// first, and then the oldest first.
	Delete []Decision

	// Keep are the images that stay, the newest first.
	Keep []Decision

	// GraphError tells why not all manifests could be read; nil if they were.
	// Images may then be planned that an index refers to, which the service will
	// not delete, and referrers of images that stay. Rules with KeepNewest
	// neither count nor delete untagged images then.
	GraphError error
}

// Prune works out what a policy deletes from a repository. It deletes nothing:
// look at the plan, and then call [Plan.Apply]. See the package's documentation
// for what happens to the parts of an index and to signatures.
//
// It fails if the policy is wrong, before any call, if the images cannot be
// listed, or if ctx ends. Manifests that cannot be read are not an error of
// Prune: see [Plan.GraphError].
func Prune(ctx context.Context, client PruneAPIClient, repository string, policy Policy, optFns ...func(*PruneOptions)) (*Plan, error) {
	var options PruneOptions
	for _, fn := range optFns {
		fn(&options)
	}
	options.Now = cmp.Or(options.Now, time.Now())
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
	images, err := listImages(ctx, client, repository, options)
	if err != nil {
		return nil, err
	}
	g := newGraph(images)
	graphErr := readGraph(ctx, client, repository, g, options)
	g.whole = graphErr == nil
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	plan := &Plan{Repository: repository, GraphError: graphErr}
	plan.fill(g.decide(policy, images, options.Now))
	return plan, nil
}

// listImages lists every image once, the newest first.
func listImages(ctx context.Context, client ecrpublic.DescribeImagesAPIClient, repository string, options PruneOptions) ([]types.ImageDetail, error) {
	var images []types.ImageDetail
	pages := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   &repository,
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(paginators.MaxPageSize)},
	})
	for page, err := range pages.Pages(ctx) {
		if err != nil {
			return nil, err
		}
		images = append(images, page.ImageDetails...)
		report(options.Progress, Progress{Step: StepList, Done: len(images)})
	}
	slices.SortFunc(images, func(a, b types.ImageDetail) int {
		newestFirst := pushedAt(b, options.Now).Compare(pushedAt(a, options.Now))
		return cmp.Or(newestFirst, cmp.Compare(aws.ToString(a.ImageDigest), aws.ToString(b.ImageDigest)))
	})
	return slices.CompactFunc(images, func(a, b types.ImageDetail) bool {
		return aws.ToString(a.ImageDigest) == aws.ToString(b.ImageDigest)
	}), nil
}

// readGraph asks the registry host only if there is something to ask. After an
// error, the graph has what was read before.
func readGraph(ctx context.Context, client ecrpublic.DescribeRepositoriesAPIClient, repository string, g *graph, options PruneOptions) error {
	unread := g.unread()
	if len(unread) == 0 {
		return nil
	}
	reader, err := newManifestReader(ctx, client, repository, options)
	if err == nil {
		err = reader.readAll(ctx, unread, g.addManifest)
	}
	if err != nil {
		return fmt.Errorf("housekeeping: read manifests of %s: %w", repository, err)
	}
	return nil
}

// fill takes decisions that are newest first.
func (p *Plan) fill(decisions []Decision) {
	var images []Decision
	for _, d := range slices.Backward(decisions) {
		switch {
		case !d.Deletes():
			p.Keep = append(p.Keep, d)
		case isIndex(d.Image):
			p.Delete = append(p.Delete, d)
		default:
			images = append(images, d)
		}
	}
	p.Delete = append(p.Delete, images...)
	slices.Reverse(p.Keep)
}

// Bytes is the size of the images to delete, indexes left out. Images share
// layers, with each other and with those that stay, so it is the most that a
// prune can free.
func (p *Plan) Bytes() int64 {
	var bytes int64
	for _, d := range p.Delete {
		if !isIndex(d.Image) {
			bytes += aws.ToInt64(d.Image.ImageSizeInBytes)
		}
	}
	return bytes
}

// String is a table with a line for each image, those to delete first.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: delete %d of %d images, up to %d bytes\n", p.Repository, len(p.Delete), len(p.Delete)+len(p.Keep), p.Bytes())
	if p.GraphError != nil {
		fmt.Fprintf(&b, "not all manifests could be read: %v\n", p.GraphError)
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, d := range slices.Concat(p.Delete, p.Keep) {
		action := "keep"
		if i < len(p.Delete) {
			action = "delete"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", action, aws.ToString(d.Image.ImageDigest), strings.Join(d.Image.ImageTags, ","), d.Why())
	}
	table.Flush()
	return b.String()
}
