package host

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/aws/smithy-go"
)

// hostError is an error in the form of the registry host.
type hostError struct {
	status        int
	code, message string
}

func (e *hostError) Error() string { return e.code + ": " + e.message }

// Errors that are not the store's.
var (
	errUnsupported   = &hostError{http.StatusMethodNotAllowed, "UNSUPPORTED", "The operation is unsupported."}
	errBlobUnknown   = &hostError{http.StatusNotFound, "BLOB_UNKNOWN", "Requested blob not found"}
	errDigestInvalid = &hostError{http.StatusBadRequest, "DIGEST_INVALID", "The digest is not a sha256 digest"}
	errRangeInvalid  = &hostError{http.StatusBadRequest, "BLOB_UPLOAD_INVALID", "The Content-Range header is not valid"}
	errSizeInvalid   = &hostError{http.StatusBadRequest, "SIZE_INVALID", "The Content-Range header does not match the length of the body"}
	errTooLarge      = &hostError{http.StatusRequestEntityTooLarge, "SIZE_INVALID", "The manifest is larger than 4 MiB"}
)

// form is the status and the code that an error of the API has on the registry
// host.
type form struct {
	status int
	code   string
}

// forms holds both forms of an error: ECR's and the specification's.
type forms struct{ ecr, oci form }

func same(status int, code string) forms { return forms{form{status, code}, form{status, code}} }

// formsOf maps errors of the API to those of the registry host. The text stays
// the API's. Marks: O was seen on ECR Public, P on private ECR, I is inferred.
func formsOf(exception string) forms {
	switch exception {
	case "RepositoryNotFoundException", // O seatgeek/docker-mirror#70
		"RegistryNotFoundException": // O airvzxf/ftp-deployment-action#92
		return same(http.StatusNotFound, "NAME_UNKNOWN")
	case "ImageNotFoundException": // P moto
		return same(http.StatusNotFound, "MANIFEST_UNKNOWN")
	case "UploadNotFoundException": // I
		return same(http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN")
	case "InvalidLayerException": // P abiosoft/colima#1167
		return forms{form{http.StatusBadRequest, "BLOB_UPLOAD_INVALID"}, form{http.StatusBadRequest, "DIGEST_INVALID"}}
	case "InvalidLayerPartException": // P apple/containerization#790
		return same(http.StatusRequestedRangeNotSatisfiable, "BLOB_UPLOAD_INVALID")
	case "EmptyUploadException", // P radius-project/radius#7855
		"LayerPartTooSmallException": // P dotnet/sdk-container-builds#424, its status I
		return same(http.StatusBadRequest, "BLOB_UPLOAD_INVALID")
	case "LayersNotFoundException": // P oras-project/oras-py#54, its status I
		return forms{form{http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN"}, form{http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN"}}
	case "ReferencedImagesNotFoundException": // P int128/docker-manifest-create-action#63
		return same(http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN")
	case "ImageDigestDoesNotMatchException": // I
		return same(http.StatusBadRequest, "DIGEST_INVALID")
	case "InvalidParameterException": // P chainguard-dev/apko#450, google/go-containerregistry#681
		return forms{form{http.StatusMethodNotAllowed, "UNSUPPORTED"}, form{http.StatusBadRequest, "MANIFEST_INVALID"}}
	case "LimitExceededException": // P namespacelabs/foundation#649
		return same(http.StatusForbidden, "DENIED")
	}
	return same(http.StatusInternalServerError, "UNKNOWN")
}

// drained is how much of a refused body is still read, for clients that read
// no response before they have sent everything.
const drained = 64 << 20

// refuse responds with an error.
func (h *Host) refuse(w http.ResponseWriter, r *http.Request, err error) {
	_, _ = io.CopyN(io.Discard, r.Body, drained)
	if own, ok := errors.AsType[*hostError](err); ok {
		WriteError(w, own.status, own.code, own.message)
		return
	}
	if known, ok := errors.AsType[smithy.APIError](err); ok {
		f := formsOf(known.ErrorCode()).oci
		if h.ecr {
			f = formsOf(known.ErrorCode()).ecr
		}
		WriteError(w, f.status, f.code, known.ErrorMessage())
		return
	}
	WriteError(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
}

// envelope is the form of all errors of the registry host.
type envelope struct {
	Errors []envelopeError `json:"errors"`
}

type envelopeError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// WriteError responds with an error in the form of the registry host.
func WriteError(w http.ResponseWriter, status int, code, message string) {
	body, _ := json.Marshal(envelope{[]envelopeError{{code, message}}}) // texts do not fail
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
