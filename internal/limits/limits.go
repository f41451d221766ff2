// Package limits defines the limits that ECR Public enforces: those of its
// API model, documented quotas that cannot be raised, and name patterns. The
// packages of this module stay within them, and the emulator enforces them.
package limits

import (
	"slices"
	"strings"
)

// Sizes in bytes.
const (
	MaxManifest       = 4 << 20
	MaxLayer    int64 = 10_000 << 20
	MaxPart           = 20 << 20
	UsualPart         = 10 << 20 // what InitiateLayerUpload asks for
	MinPart           = 5 << 20  // of all parts of a layer but the last
	MaxLogo           = 512_000
)

// MaxBatch is how many images, digests or names a request may list.
const MaxBatch = 100

// Pulls per second from the registry host, without a login and with one.
const (
	AnonymousRate = 1
	LoginRate     = 10
)

// WriteRate is the default quota of InitiateLayerUpload, of CompleteLayerUpload and of
// PutImage, in calls per second.
const WriteRate = 10

// Lengths of names, in characters.
const (
	MinRepositoryName = 2
	MaxRepositoryName = 205
	MinAlias          = 2
	MaxAlias          = 50
	MaxTag            = 300
)

// Limits of catalog data, in characters where nothing else is said.
const (
	MaxDescription = 1024
	MaxText        = 25_600 // of AboutText and of UsageText
	MaxEntries     = 50     // of Architectures and of OperatingSystems, in entries
	MaxEntry       = 50
)

// Patterns that whole names match. The service checks tags and digests without
// documenting how; those two patterns are the ones that private ECR quotes in
// error messages.
const (
	RegistryId     = `[0-9]{12}`
	Alias          = `[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*`
	RepositoryName = `(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*`
	Tag            = `[a-zA-Z0-9-_.]+`
	Digest         = `[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+`
)

// IsDigest reports whether a tag or digest is a digest: only a digest has a
// colon.
func IsDigest(tagOrDigest string) bool { return strings.Contains(tagOrDigest, ":") }

// SplitPlatform splits the name of a platform: operating system, architecture and,
// optionally, variant. Other texts have ok false.
func SplitPlatform(platform string) (os, architecture, variant string, ok bool) {
	parts := strings.Split(platform, "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") || strings.ContainsAny(platform, " \t\r\n") {
		return "", "", "", false
	}
	if len(parts) == 3 {
		variant = parts[2]
	}
	return parts[0], parts[1], variant, true
}

// PlatformForm says what SplitPlatform accepts, for errors.
const PlatformForm = "os/architecture or os/architecture/variant, such as linux/arm64"
