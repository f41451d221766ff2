package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
)

// release is the newest tagged image of a repository.
type release struct {
	Tag    string    `json:"tag"`
	Digest string    `json:"digest"`
	Pushed time.Time `json:"pushed"`
}

// latest finds the newest tagged image; nil if no image has a tag. It asks for an
// interface of one method, so that anything with that method can stand in for the
// client.
func latest(ctx context.Context, client ecrpublic.DescribeImagesAPIClient, repository string) (*release, error) {
	var newest *release
	images := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: &repository})
	for image, err := range images.Items(ctx) {
		if err != nil {
			return nil, err
		}
		pushed := aws.ToTime(image.ImagePushedAt)
		if len(image.ImageTags) == 0 || newest != nil && !pushed.After(newest.Pushed) {
			continue
		}
		newest = &release{image.ImageTags[0], aws.ToString(image.ImageDigest), pushed}
	}
	return newest, nil
}

// newService serves GET /latest/{repository}. It calls failed with the causes of its
// responses with status 5xx.
func newService(client ecrpublic.DescribeImagesAPIClient, failed func(error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /latest/{repository...}", func(w http.ResponseWriter, r *http.Request) {
		found, err := latest(r.Context(), client, r.PathValue("repository"))
		switch {
		case ecrpublic.IsNotFound(err), err == nil && found == nil:
			http.Error(w, "no release", http.StatusNotFound)
		case ecrpublic.IsThrottled(err):
			failed(err)
			w.Header().Set("Retry-After", "10")
			http.Error(w, "try again later", http.StatusServiceUnavailable)
		case err != nil:
			failed(err)
			http.Error(w, "the registry does not answer", http.StatusBadGateway)
		default:
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(found) // a caller that is gone needs no response
		}
	})
	return mux
}
