package main

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

// probeAll runs probes on a target, in repositories that it deletes afterwards.
func probeAll(ctx context.Context, t *target, folder string, registry bool, list []probes.Probe, show func(step string, done, total int)) (_ *records.File, err error) {
	journal, err := newJournal(folder, t)
	if err != nil {
		return new(records.File), err
	}
	if journal != nil {
		defer func() { err = errors.Join(err, journal.close(), cleanUp(ctx, t, folder)) }()
	}
	guarded := &guard{next: t.transport, prefix: t.prefix, registry: registry, journal: journal, pace: t.pace(), host: t.host}
	recorder := records.NewRecorder(guarded, t.prefix, t.host, t.address)
	client := recorder.Client()
	session := &probes.Session{
		API: ecrpublic.New(t.client.Options(), func(o *ecrpublic.Options) {
			o.HTTPClient = client
			o.Retryer = aws.NopRetryer{}
			if t.live {
				o.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), 5)
			}
		}),
		Host: t.host, Prefix: t.prefix,
		Poll: func(ctx context.Context) {
			select {
			case <-ctx.Done():
			case <-time.After(t.patience()):
			}
		},
	}
	if t.host != "" {
		session.HTTP = client
	}
	return recorder.Record(ctx, session, t.name, list, func(done int) { show("probes", done, len(list)) }), nil
}
