package ecrpublictest

import (
	"errors"
	"net/http"

	"cuelabs.dev/go/oci/ociregistry"
	"github.com/aws/smithy-go"
)

// registryError is the form that an error of the API has on the registry's host.
type registryError struct {
	code   string
	status int
}

func registryErrorOf(err smithy.APIError) registryError {
	switch err.ErrorCode() {
	case "RepositoryNotFoundException", "RegistryNotFoundException":
		return registryError{ociregistry.ErrNameUnknown.Code(), http.StatusNotFound}
	case "UploadNotFoundException":
		return registryError{ociregistry.ErrBlobUploadUnknown.Code(), http.StatusNotFound}
	case "InvalidLayerException":
		return registryError{ociregistry.ErrBlobUploadInvalid.Code(), http.StatusBadRequest}
	case "LayersNotFoundException", "ReferencedImagesNotFoundException":
		return registryError{ociregistry.ErrManifestBlobUnknown.Code(), http.StatusNotFound}
	case "InvalidParameterException":
		return registryError{ociregistry.ErrManifestInvalid.Code(), http.StatusBadRequest}
	case "LimitExceededException":
		return registryError{ociregistry.ErrDenied.Code(), http.StatusForbidden}
	default:
		return registryError{"UNKNOWN", http.StatusInternalServerError}
	}
}

// writeRegistryError answers with an error in the OCI's envelope. Those of the
// store keep their text.
func writeRegistryError(w http.ResponseWriter, _ *http.Request, err error) {
	if known, ok := errors.AsType[smithy.APIError](err); ok {
		e := registryErrorOf(known)
		writeRegistryStatus(w, e.status, ociregistry.NewError(known.ErrorMessage(), e.code, nil))
		return
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		writeRegistryStatus(w, http.StatusRequestEntityTooLarge, ociregistry.NewError(err.Error(), ociregistry.ErrSizeInvalid.Code(), nil))
		return
	}
	_, status := ociregistry.MarshalError(err)
	writeRegistryStatus(w, status, err)
}

func writeRegistryStatus(w http.ResponseWriter, status int, err error) {
	body, _ := ociregistry.MarshalError(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
