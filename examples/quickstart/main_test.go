package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func Example() {
	emulator := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"), ecrpublictest.WithClock(func() time.Time {
		return time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	}))
	defer emulator.Close()
	if err := walk(context.Background(), emulator.Client(), "quickstart", os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// created        public.ecr.aws/acme/quickstart
	// catalog        A repository that lives for a few seconds
	// tag            purpose=quickstart
	// pushed         sha256:967a5099cbbc00d8ab92fa9f39986c8d9e35851c29bf50ce5d6be69c645474c7
	// image          v1, 25 bytes, pushed 2026-05-01T08:00:00Z
	// login until    2026-05-01T20:00:00Z
	// deleted        quickstart
	// as expected    The repository with name 'quickstart' does not exist in the registry with id '123456789012'
}
