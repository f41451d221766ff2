package probes

import "github.com/ecr-public/ecr-public-go/ecrpublic"

// API is what a session calls. The run of the official client has one of its own types
// in place of this file.
type API = ecrpublic.API
