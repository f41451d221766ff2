package probes

// Fact is something about ECR Public that AWS does not document: seen on private ECR
// (P), inferred (I), or unknown (?).
type Fact struct {
	ID     string
	Mark   string // P, I or ?
	Claim  string
	Source string

	// Where is the constant or function of the emulator that holds the guess; empty if
	// it makes none.
	Where string

	// NotProbed is why no probe checks the fact; empty if one does.
	NotProbed string
}

// FactOf returns a fact by its ID.
func FactOf(id string) (Fact, bool) {
	for _, f := range Facts() {
		if f.ID == id {
			return f, true
		}
	}
	return Fact{}, false
}

// Facts returns all facts, sorted by ID.
func Facts() []Fact {
	return []Fact{
		{"alias/custom", "?", "new accounts cannot request another alias", "airvzxf/ftp-deployment-action#92", "", "aliases are requested in the console only and are permanent"},
		{"alias/default-form", "I", "a default alias has four letters, each followed by a digit", "aliases seen in public", "defaultAliasPattern", ""},
		{"arn/registry", "I", "the registry cannot be tagged: its ARN is an invalid parameter", "by analogy", "invalidARN", ""},
		{"arn/unknown", "I", "a well-formed ARN of an unknown repository returns RepositoryNotFoundException", "by analogy", "resource", ""},
		{"catalog/empty-is-absent", "I", "empty texts and lists are stored as absent", "by analogy", "OrAbsent", ""},
		{"catalog/logo-kept", "?", "a put without a logo keeps the existing one", "nothing known", "PutRepositoryCatalogData", ""},
		{"catalog/no-picture", "I", "a logo that is not an image is accepted", "nothing known; the model limits only the size", "newLogoURL", ""},
		{"catalog/not-found", "?", "when RepositoryCatalogDataNotFoundException is returned", "the model names it", "", "its cause is unknown"},
		{"catalog/replace", "?", "a put replaces all members except the logo", "nothing known", "catalogData", ""},
		{"deletion/digest-and-tag", "P", "a digest with one of its tags deletes the whole image", "emulators of private ECR", "delete", ""},
		{"deletion/entry-per-tag", "P", "a deletion by digest has an entry for each tag", "CLI example of private ECR", "deleteImage", ""},
		{"deletion/state-before", "I", "when one call names an index and its image, the image stays", "opensupplyhub/open-supply-hub#1243", "left", ""},
		{"errors/order", "I", "the order in which a request is checked", "the order of the model", "checkPut", "each pair of mistakes would need a probe; texts/* make single mistakes"},
		{"errors/serialization", "I", "a body that is not JSON, or has a member of the wrong type, returns SerializationException", "all of AWS", "notSerialized", "a typed client cannot send one"},
		{"errors/signature", "I", "the errors for bad signatures and stale clocks", "all of AWS", "refuseSignature", "it would need invalid credentials"},
		{"errors/unknown-operation", "I", "an unknown operation returns UnknownOperationException", "all of AWS", "unknownOperation", "a typed client cannot send one"},
		{"failures/digest", "P", "the text of the failure for an invalid digest", "emulators of private ECR", "reasonPattern", ""},
		{"failures/mismatch", "I", "a tag of another image is the failure ImageTagDoesNotMatchDigest", "the enumeration", "reasonTagMismatch", ""},
		{"failures/missing", "P", "the text of the failure for an empty identifier", "emulators of private ECR", "reasonMissingID", ""},
		{"failures/not-found", "P", "the text of the failure for an unknown image", "emulators of private ECR", "reasonNotFound", ""},
		{"failures/referenced", "P", "the text of the failure for an image of an index", "logs of private ECR", "reasonReferenced", ""},
		{"failures/tag", "I", "an invalid tag is the failure InvalidImageTag", "the enumeration", "reasonPattern", ""},
		{"host/basic-token", "I", "a login sent as Basic gets a bearer that may push", "what docker login does", "login", ""},
		{"host/chunk-minimum", "P", "an upload with a chunk below 5 MiB that is not the last fails at its end", "dotnet/sdk-container-builds#279", "finishUpload", "parts/a small part before the last shows the rule; on the registry host it would take another 5 MiB"},
		{"host/delete", "?", "whether DELETE of a manifest is served", "reports that contradict each other", "deleteManifest", "any response would be acceptable"},
		{"host/empty-blob", "P", "an empty blob returns 400", "radius-project/radius#7855", "finishUpload", ""},
		{"host/first-byte-again", "P", "a chunk sent twice returns 416 BLOB_UPLOAD_INVALID", "containers-roadmap#2831", "formsOf", ""},
		{"host/head-blob", "I", "HEAD of a blob works with a login", "by analogy", "headBlob", ""},
		{"host/images-missing", "P", "an index whose images are missing returns MANIFEST_BLOB_UNKNOWN", "int128/docker-manifest-create-action#63", "formsOf", ""},
		{"host/layers-missing", "P", "a manifest whose layers are missing returns BLOB_UPLOAD_UNKNOWN", "oras-project/oras-py#54", "formsOf", ""},
		{"host/manifest-form", "P", "a manifest that is not understood returns 405 UNSUPPORTED with the API's text", "chainguard-dev/apko#450", "formsOf", ""},
		{"host/manifest-unknown", "I", "an unknown tag returns MANIFEST_UNKNOWN", "the OCI's specification", "formsOf", ""},
		{"host/page-size", "P", "a page of more than 1,000 tags returns 405 UNSUPPORTED", "renovatebot/renovate#3800", "listTags", ""},
		{"host/patch-status", "P", "a chunk returns 201, although the specification says 202", "openai/tart#273", "appendToUpload", ""},
		{"host/range", "P", "Range does not advance: it has the length of the last chunk", "openai/tart#273", "appendToUpload", ""},
		{"host/tag-paging", "P", "a page has 100 tags, and an opaque position in its Link", "deitch/docker_registry2#34", "listTags", "it would need over 100 images or tags"},
		{"host/translation", "?", "which manifests are converted for old clients", "user guide", "", "it would need images in the formats of old clients"},
		{"host/wrong-digest", "P", "bytes that do not match the digest return BLOB_UPLOAD_INVALID with the API's text", "abiosoft/colima#1167", "formsOf", ""},
		{"iam/read-only", "?", "whether the managed read-only policy allows logins", "seqeralabs/wave#1066", "", "it is about IAM, not about this service"},
		{"images/artifact-type", "I", "an image's artifact type is that of its config", "examples of the CLI", "detail", ""},
		{"images/config-is-a-layer", "P", "the config is uploaded and listed as a layer", "CLI example of private ECR", "checkLayer", "every probe that needs an image uploads one"},
		{"images/exact-bytes", "P", "the digest is of the manifest's exact bytes", "CLI example of private ECR", "DigestOf", ""},
		{"images/exists-untagged", "I", "an existing image that is put without a tag returns ImageAlreadyExistsException", "by analogy", "checkPut", ""},
		{"images/index", "I", "an index has no artifact type", "by analogy", "sizeOf", ""},
		{"images/no-layers", "P", "the registry host refuses an image without layers", "werf/werf#2558", "noLayers", ""},
		{"images/no-layers-api", "I", "PutImage accepts an image without layers", "only pushes of docker were seen to be refused", "checkLayers", ""},
		{"images/pushed-at", "I", "a second tag does not change imagePushedAt", "containers-roadmap#2746", "put", ""},
		{"images/retag", "P", "an image can get a second tag", "CLI example of private ECR", "put", ""},
		{"images/tag-exists", "I", "ImageTagAlreadyExistsException does not occur", "tags cannot be made immutable", "", "nothing is known to cause it"},
		{"images/tag-time", "I", "createdAt of a tag that moves is the time of the move", "containers-roadmap#2746", "put", "two puts in one millisecond have the same time; the records show it"},
		{"images/untagged", "P", "an image needs no tag", "google/go-containerregistry#704, where it once did", "checkPut", ""},
		{"layers/any-digest", "P", "one matching digest of several is enough", "the text of its error", "anyMatches", ""},
		{"layers/available", "P", "a layer is listed with its size", "CLI example of private ECR", "checkLayer", ""},
		{"layers/closed", "I", "a completed upload returns UploadNotFoundException", "by analogy", "findUpload", ""},
		{"layers/expiry", "?", "when an idle upload ends", "nothing known", "defaultUploadExpiry", "a run would have to wait for days"},
		{"layers/invalid-digest", "I", "an invalid digest is the failure InvalidLayerDigest", "the enumeration", "layerFailure", ""},
		{"layers/last-byte", "P", "lastByteReceived is a position, not a count", "CLI example of private ECR", "lastByte", ""},
		{"layers/last-valid-at-first", "?", "lastValidByteReceived before any part", "nothing known", "invalidLayerPart", ""},
		{"layers/limits", "I", "more than 1,000 parts or 10,000 MiB return LimitExceededException", "by analogy", "limitExceeded", "it would take 5 GB"},
		{"layers/media-type", "I", "a layer has a media type once an image refers to it", "nothing known", "checkLayer", ""},
		{"layers/mismatch-ends", "?", "a wrong digest ends the upload", "nothing known", "finishUpload", ""},
		{"layers/missing-digest", "I", "an empty digest is the failure MissingLayerDigest", "the enumeration", "reasonLayerMissing", ""},
		{"layers/other-algorithm", "P", "digests of other algorithms are ignored", "CLI example of private ECR", "anyMatches", ""},
		{"layers/parallel", "P", "uploads to one repository may run at the same time", "the model, and clients of private ECR", "findUpload", ""},
		{"layers/part-again", "I", "a part sent twice is refused with the last byte that was accepted", "the members of its error", "invalidLayerPart", ""},
		{"layers/part-length", "I", "a part whose length differs from its positions returns InvalidLayerPartException", "by analogy", "wrongPartSize", ""},
		{"layers/part-size", "P", "the service asks for parts of 10 MiB", "CLI example of private ECR", "DefaultQuotas", ""},
		{"layers/unavailable", "P", "a missing layer is UNAVAILABLE, not a failure", "AWS's own containerd resolver", "checkLayer", ""},
		{"paging/bad-token", "I", "an invalid token, or one of another operation, returns InvalidParameterException", "by analogy", "mustBeToken", ""},
		{"paging/last-full", "I", "a full last page has no token", "by analogy", "paginate", ""},
		{"paging/names-and-size", "I", "names together with maxResults return InvalidParameterException", "the documentation names no error", "mustListAlone", ""},
		{"paging/order", "?", "the order of listings", "nothing known", "listingKey", "the probes accept any order; the records show it"},
		{"paging/short-pages", "I", "a page is as long as maxResults allows", "shorter ones were seen: aws/eks-anywhere-packages#101", "paginate", ""},
		{"policies/empty", "I", "an empty text is not a policy", "the model allows it", "mustBePolicy", ""},
		{"policies/force", "I", "a policy that locks the caller out returns InvalidParameterException unless it is forced", "the documentation names no error", "mustKeepAccess", "a run must not lock itself out"},
		{"policies/list-of-one", "P", "a list of one is returned as a string", "terraform-provider-aws#36012", "appendList", ""},
		{"policies/order", "P", "lists are returned in another order", "terraform-provider-aws#19365", "appendList", "policies/a policy is returned in another layout accepts any order, which may differ from call to call"},
		{"policies/registry-action", "P", "a policy that names GetAuthorizationToken is refused", "cloudposse/terraform-aws-ecr#67", "isRepositoryAction", ""},
		{"policies/root-arn", "P", "an account is returned as the ARN of its root", "terraform-provider-aws#28799", "rootARN", ""},
		{"policies/unknown-principal", "I", "a principal that does not exist is refused", "other services with IAM", "isAWSPrincipal", "it would name another account or its user"},
		{"quotas/errors", "I", "the errors for the quotas of repositories, images and tags", "by analogy", "tooManyTagsOfImage", "it would take 1,000 tags of an image, or 10,000 repositories"},
		{"rates/throttling", "I", "a throttled call returns ThrottlingException: Rate exceeded", "all of AWS", "Throttle", "a run stays below the rates"},
		{"rates/tiers", "?", "larger monthly amounts of data can be bought", "nothing known", "", "a run does not pull gigabytes"},
		{"regions/all-refuse", "I", "every operation is refused in us-west-2", "seen for two of 23", "UnsupportedCommand", "a run calls one region"},
		{"regions/fips", "I", "the endpoint of FIPS does not exist", "AWS lists none", "", "it is about the client's endpoint rules"},
		{"regions/partitions", "I", "the service does not exist in other partitions", "AWS lists none", "", "a run calls one region"},
		{"registries/display-name", "I", "a registry without a display name has an empty object", "the member is required", "registryCatalogData", ""},
		{"registries/one", "I", "an account has at most one registry", "nobody was seen with more", "describeRegistry", ""},
		{"registries/unknown", "I", "an unknown registry returns RepositoryNotFoundException where the model has no RegistryNotFoundException", "by analogy", "foreignRegistry", ""},
		{"repeat/puts", "I", "setting the same policy, catalog data or tag twice succeeds, and so does removing a tag twice", "by analogy", "UntagResource", ""},
		{"tags/absent-key", "I", "absent keys are ignored", "by analogy", "UntagResource", ""},
		{"tags/key-twice", "I", "a duplicate key in a request returns InvalidTagParameterException", "by analogy", "duplicateTag", ""},
		{"tags/reserved", "I", "keys and values that begin with aws: return InvalidTagParameterException", "the documentation names no error", "reservedTag", ""},
		{"texts/arn", "P", "the text for an ARN of another service", "boto/boto3#2774", "invalidARN", ""},
		{"texts/empty-upload", "P", "the text for an upload without parts", "devcontainers/cli#814", "emptyUpload", ""},
		{"texts/first-byte", "P", "the text for a part at the wrong position", "apple/containerization#790", "wrongFirstByte", ""},
		{"texts/image-exists", "P", "the text for an image that exists", "buildkite-plugins/ecr-buildkite-plugin#111", "imageAlreadyExists", ""},
		{"texts/image-missing", "P", "the text for an unknown image", "emulators of private ECR", "imageNotFound", ""},
		{"texts/images-missing", "P", "the text for an index whose images are missing", "int128/docker-manifest-create-action#63", "referencedImagesNotFound", ""},
		{"texts/invalid-layer", "P", "the text for a wrong digest", "abiosoft/colima#1167", "invalidLayer", ""},
		{"texts/layers-missing", "P", "the text for an image whose layers are missing", "oras-project/oras-py#54", "layersNotFound", ""},
		{"texts/length", "P", "the text for what is too long or too short", "aws/aws-dotnet-deploy#549", "mustMeasure", ""},
		{"texts/list-length", "P", "the text for a list that is too long or too short", "puemos/aws-lambda-ecr-cleaner#3", "listLength", ""},
		{"texts/manifest", "P", "the text for an invalid manifest", "aws/aws-cli#8620", "invalidManifest", ""},
		{"texts/max-results", "P", "the text for a page that is too large", "google/go-containerregistry#681", "intValue", ""},
		{"texts/others", "?", "texts of UploadNotFound, LayerAlreadyExists, ImageDigestDoesNotMatch, RegistryNotFound, TooManyTags, InvalidTagParameter", "nothing known", "uploadNotFound", "probes of those errors record them; any text is accepted"},
		{"texts/part-too-small", "P", "the text for a small part before the last", "dotnet/sdk-container-builds#424", "layerPartTooSmall", ""},
		{"texts/pattern", "P", "the text for what does not match a pattern", "aws-samples/aws-msk-content-streaming#3", "mustMatch", ""},
		{"texts/policy-invalid", "P", "the text for an invalid policy", "emulators of private ECR", "mustBePolicy", ""},
		{"texts/policy-missing", "P", "the text for a repository without a policy", "emulators of private ECR", "repositoryPolicyNotFound", ""},
		{"texts/registry-id", "P", "the text for an invalid account", "aws-actions/amazon-ecr-login#225", "registryIDMustMatch", ""},
		{"texts/repository-exists", "P", "the text for a name that exists", "metaps/genova#164", "repositoryAlreadyExists", ""},
		{"texts/repository-missing", "P", "the text for an unknown repository, the same in all operations", "seatgeek/docker-mirror#70", "RepositoryNotFound", ""},
		{"texts/repository-not-empty", "P", "the text for a repository with images", "logs of Terraform", "repositoryNotEmpty", ""},
		{"texts/tag", "P", "the pattern of a tag", "google/go-containerregistry#704", "imageTagPattern", ""},
		{"texts/tag-limit", "P", "the text for an image with 1,000 tags", "namespacelabs/foundation#649", "tooManyTagsOfImage", "it would take 1,000 tags"},
	}
}
