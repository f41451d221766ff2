package registry

import (
	"fmt"
	"strings"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
	"github.com/ecr-public/ecr-public-go/types"
)

// All texts of the emulator's responses are here. Comments say where a text
// comes from: "seen" on ECR Public, "private" for private ECR, which shares its
// texts wherever both were seen, and "own" where none is known.

// RepositoryNotFound says that a registry has no repository of a name; seen.
func RepositoryNotFound(name, registry string) error {
	return &types.RepositoryNotFoundException{Message: message("The repository with name '%s' does not exist in the registry with id '%s'", name, registry)}
}

// private
func repositoryAlreadyExists(name, registry string) error {
	return &types.RepositoryAlreadyExistsException{Message: message("The repository with name '%s' already exists in the registry with id '%s'", name, registry)}
}

// private
func repositoryNotEmpty(name, registry string) error {
	return &types.RepositoryNotEmptyException{Message: message("The repository with name '%s' in registry with id '%s' cannot be deleted because it still contains images", name, registry)}
}

// private
func repositoryPolicyNotFound(name, registry string) error {
	return &types.RepositoryPolicyNotFoundException{Message: message("Repository policy does not exist for the repository with name '%s' in the registry with id '%s'", name, registry)}
}

// own
func registryNotFound(registry string) error {
	return &types.RegistryNotFoundException{Message: message("The registry with id '%s' does not exist", registry)}
}

// private; the part "does not exist within the repository" was seen
func imageNotFound(id types.ImageIdentifier, name, registry string) error {
	return &types.ImageNotFoundException{Message: message(
		"The image with imageId {imageDigest:'%s', imageTag:'%s'} does not exist within the repository with name '%s' in the registry with id '%s'",
		orNull(id.ImageDigest), orNull(id.ImageTag), name, registry)}
}

// private; this is the registry host's
func requestedImageNotFound() error {
	return &types.ImageNotFoundException{Message: new(reasonNotFound)}
}

// private
func imageAlreadyExists(digest string, tag *string, name, registry string) error {
	return &types.ImageAlreadyExistsException{Message: message("Image with digest '%s' and tag '%s' already exists in the repository with name '%s' in registry with id '%s'", digest, orNull(tag), name, registry)}
}

// private
func referencedImagesNotFound(digests []string, name, registry string) error {
	return &types.ReferencedImagesNotFoundException{Message: required("Images", digests, name, registry)}
}

// private
func layersNotFound(digests []string, name, registry string) error {
	return &types.LayersNotFoundException{Message: required("Layers", digests, name, registry)}
}

func required(what string, digests []string, name, registry string) *string {
	return message("%s with digests '[%s]' required for pushing image into repository with name '%s' in the registry with id '%s' do not exist",
		what, strings.Join(digests, ", "), name, registry)
}

// own
func imageDigestDoesNotMatch(given, computed string) error {
	return &types.ImageDigestDoesNotMatchException{Message: message("The provided image digest '%s' does not match the calculated image digest '%s'", given, computed)}
}

// private
func invalidLayer() error {
	return &types.InvalidLayerException{Message: message("None of the provided layer digests match the calculated layer digest")}
}

// private
func wrongFirstByte(got, expected int64) *string {
	return message("First byte of the layer part is %d instead of %d", got, expected)
}

// own
func wrongPartSize(got, expected int64) *string {
	return message("The layer part size is not valid: %d bytes instead of %d", got, expected)
}

// private
func layerPartTooSmall() error {
	return &types.LayerPartTooSmallException{Message: message("All layer parts except the last part should be at least 5MB")}
}

// own
func layerAlreadyExists(digest, name, registry string) error {
	return &types.LayerAlreadyExistsException{Message: message("The layer with digest '%s' already exists in the repository with name '%s' in the registry with id '%s'", digest, name, registry)}
}

// private
func emptyUpload(id, name, registry string) error {
	return &types.EmptyUploadException{Message: message("The upload with id '%s' in the repository with name '%s' in registry with id '%s' cannot be completed because it does not have any parts", id, name, registry)}
}

// own
func uploadNotFound(id, name, registry string) error {
	return &types.UploadNotFoundException{Message: message("The upload with id '%s' does not exist in the repository with name '%s' in the registry with id '%s'", id, name, registry)}
}

// own
func limitExceeded(what string, limit int64) error {
	return &types.LimitExceededException{Message: message("The operation exceeds the limit of %d %s", limit, what)}
}

// private
func tooManyTagsOfImage(tag, name, registry string, limit int) error {
	return &types.LimitExceededException{Message: message("Adding tag '%s' to an image in the repository with name '%s' in registry with id '%s' exceeds the maximum allowed number of tags per image which is '%d'", tag, name, registry, limit)}
}

// private
func invalidARN() error {
	return &types.InvalidParameterException{Message: message("The ARN provided is invalid")}
}

// private: for anything but a manifest of a known media type
func invalidManifest() error { return invalidParameter("ImageManifest", "Invalid JSON syntax") }

// private
func noLayers() error {
	return invalidParameter("ImageManifest", "Image has to have at least 1 layer")
}

// own
func tooManyTags(limit int) error {
	return &types.TooManyTagsException{Message: message("A repository can have up to %d tags", limit)}
}

// own
func reservedTag(key string) error {
	return &types.InvalidTagParameterException{Message: message("The tag '%s' is not valid: the prefix 'aws:' is reserved for keys and values", key)}
}

// own
func incompleteTag() error {
	return &types.InvalidTagParameterException{Message: message("A tag needs a key and a value, which may be empty")}
}

// own
func duplicateTag(key string) error {
	return &types.InvalidTagParameterException{Message: message("The tag key '%s' occurs more than once", key)}
}

// UnsupportedCommand says that a region does not serve an operation; seen.
func UnsupportedCommand(operation string) error {
	return &types.UnsupportedCommandException{Message: message("%s command is only supported in %s.", operation, endpoints.HomeRegion)}
}

// private
func invalidParameter(member, constraint string) error {
	return &types.InvalidParameterException{Message: message("Invalid parameter at '%s' failed to satisfy constraint: '%s'", member, constraint)}
}

// Constraints, as invalidParameter names them. The first three and the policy's
// are private, the others own.
func mustMatch(pattern string) string {
	return fmt.Sprintf("must satisfy regular expression '%s'", pattern)
}
func registryIDMustMatch(pattern string) string {
	return fmt.Sprintf("Member must satisfy constraint: [Member must satisfy regular expression pattern: %s]", pattern)
}
func mustMeasure(text quantity, relation string, bound int64) string {
	return fmt.Sprintf("%s have %s %s than or equal to %d", text.subject, text.measure, relation, bound)
}

// quantity is how a constraint names what it bounds.
type quantity struct{ subject, measure string }

const (
	mustBePresent      = "Member must not be null"
	mustBePolicy       = "Invalid repository policy provided"
	mustKeepAccess     = "The policy would prevent the caller from setting another one; use force to set it anyway"
	mustBeToken        = "Invalid pagination token provided"
	mustListAlone      = "maxResults and nextToken cannot be used together with %s"
	reasonNotFound     = "Requested image not found"
	reasonMissingID    = "Invalid request parameters: both tag and digest cannot be null"
	reasonTagMismatch  = "Requested image tag does not belong to the requested image digest"
	reasonLayerMissing = "The layer digest is missing from the request"
)

func mustBeAlone(member string) error {
	return invalidParameter(member, fmt.Sprintf(mustListAlone, member))
}

func reasonReferenced(indexes []string) string {
	return fmt.Sprintf("Requested image referenced by manifest list: [%s]", strings.Join(indexes, ", "))
}

func reasonPattern(what string, p pattern) string {
	return fmt.Sprintf("Invalid request parameters: %s should satisfy the regex '%s'", what, p.text)
}

// serverError reports a failure of the machine that the emulator runs on.
func serverError(err error) error {
	return &types.ServerException{Message: new(err.Error())}
}

// Texts about logins and tokens; both seen.
const (
	textInvalidToken = "Your Authorization Token is invalid."
	textExpiredToken = "Your authorization token has expired. Reauthenticate and try again."
)

func message(format string, args ...any) *string { return new(fmt.Sprintf(format, args...)) }

func orNull(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}
