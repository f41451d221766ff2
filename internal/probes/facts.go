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
		{"alias/custom", "?", "accounts that are new cannot ask for another alias", "airvzxf/ftp-deployment-action#92", "", "aliases are asked for in the console only, and stay"},
		{"alias/default-form", "I", "a default alias has four letters, each followed by a digit", "aliases seen in public", "defaultAliasPattern", ""},
		{"arn/registry", "I", "the registry has no tags: its ARN is an invalid parameter", "by analogy", "invalidARN", ""},
		{"arn/unknown", "I", "a well-formed ARN of no repository is RepositoryNotFoundException", "by analogy", "resource", ""},
		{"catalog/empty-is-absent", "I", "empty texts and lists are stored as absent", "by analogy", "OrAbsent", ""},
		{"catalog/logo-kept", "?", "a put without a logo keeps the one that is there", "nothing known", "PutRepositoryCatalogData", ""},
		{"catalog/no-picture", "I", "a logo that is no picture is accepted", "nothing known; the model has a size alone", "newLogoURL", ""},
		{"catalog/not-found", "?", "when RepositoryCatalogDataNotFoundException is returned", "the model names it", "", "nobody knows what brings it about"},
		{"catalog/replace", "?", "a put replaces all members but the logo", "nothing known", "catalogData", ""},
		{"deletion/digest-and-tag", "P", "a digest beside one of its tags deletes the whole image", "emulators of private ECR", "delete", ""},
		{"deletion/entry-per-tag", "P", "a deletion by digest has an entry for each tag", "CLI example of private ECR", "deleteImage", ""},
		{"deletion/state-before", "I", "an index beside its image in one request keeps the image", "opensupplyhub/open-supply-hub#1243", "left", ""},
		{"errors/order", "I", "in which order a request's faults are looked for", "the order of the model", "checkPut", "each pair of faults would be a probe; texts/* show single faults"},
		{"errors/serialization", "I", "a body that is no JSON, or has a wrong type, is SerializationException", "all of AWS", "notSerialized", "a typed client cannot send one"},
		{"errors/signature", "I", "which errors bad signatures and stale clocks get", "all of AWS", "refuseSignature", "it would need credentials that are wrong on purpose"},
		{"errors/unknown-operation", "I", "an unknown operation is UnknownOperationException", "all of AWS", "unknownOperation", "a typed client cannot send one"},
		{"failures/digest", "P", "the failure of what is no digest has this text", "emulators of private ECR", "reasonPattern", ""},
		{"failures/mismatch", "I", "a tag of another image is ImageTagDoesNotMatchDigest", "the enumeration", "reasonTagMismatch", ""},
		{"failures/missing", "P", "the failure of an empty identifier has this text", "emulators of private ECR", "reasonMissingID", ""},
		{"failures/not-found", "P", "the failure of an unknown image has this text", "emulators of private ECR", "reasonNotFound", ""},
		{"failures/referenced", "P", "the failure of an index's image has this text", "logs of private ECR", "reasonReferenced", ""},
		{"failures/tag", "I", "what is no tag is InvalidImageTag", "the enumeration", "reasonPattern", ""},
		{"host/basic-token", "I", "a login with Basic gets a bearer for pushes", "what docker login does", "login", ""},
		{"host/chunk-minimum", "P", "chunks below 5 MiB before the last fail at the end", "dotnet/sdk-container-builds#279", "finishUpload", "parts/a small part before the last shows the rule; over the host it would cost another 5 MiB"},
		{"host/delete", "?", "whether DELETE of a manifest is served", "reports that contradict each other", "deleteManifest", "no answer would be expected"},
		{"host/empty-blob", "P", "an empty blob is refused with 400", "radius-project/radius#7855", "finishUpload", ""},
		{"host/first-byte-again", "P", "the first byte again is 416 BLOB_UPLOAD_INVALID", "containers-roadmap#2831", "formsOf", ""},
		{"host/head-blob", "I", "HEAD of a blob works with a login", "by analogy", "headBlob", ""},
		{"host/images-missing", "P", "an index without its images is MANIFEST_BLOB_UNKNOWN", "int128/docker-manifest-create-action#63", "formsOf", ""},
		{"host/layers-missing", "P", "a manifest without its layers is BLOB_UPLOAD_UNKNOWN", "oras-project/oras-py#54", "formsOf", ""},
		{"host/manifest-unknown", "I", "an unknown tag is MANIFEST_UNKNOWN", "the OCI's specification", "formsOf", ""},
		{"host/page-size", "P", "a page of over 1,000 tags is 405 UNSUPPORTED", "renovatebot/renovate#3800", "listTags", ""},
		{"host/patch-status", "P", "a chunk is answered with 201 where the specification says 202", "openai/tart#273", "appendToUpload", ""},
		{"host/tag-paging", "P", "100 tags a page, with an opaque place in the Link", "deitch/docker_registry2#34", "listTags", "it would need over 100 images or tags"},
		{"host/translation", "?", "which manifests are translated for old clients", "user guide", "", "it would need images that such clients ask for"},
		{"host/wrong-digest", "P", "wrong bytes are BLOB_UPLOAD_INVALID with the API's text", "abiosoft/colima#1167", "formsOf", ""},
		{"iam/read-only", "?", "whether the managed read-only policy allows logins", "seqeralabs/wave#1066", "", "it is about IAM, not about this service"},
		{"images/artifact-type", "I", "an image's artifact type is that of its config", "examples of the CLI", "detail", ""},
		{"images/config-is-a-layer", "P", "the config is uploaded and listed as a layer", "CLI example of private ECR", "checkLayer", "every probe with an image uploads one"},
		{"images/exact-bytes", "P", "the digest is of the manifest's exact bytes", "CLI example of private ECR", "DigestOf", ""},
		{"images/exists-untagged", "I", "an image that is there, put without a tag, exists already", "by analogy", "checkPut", ""},
		{"images/index", "I", "an index has no artifact type", "by analogy", "sizeOf", ""},
		{"images/no-layers", "P", "the host refuses an image without layers", "werf/werf#2558", "noLayers", ""},
		{"images/pushed-at", "I", "another tag does not change imagePushedAt", "containers-roadmap#2746", "put", ""},
		{"images/retag", "P", "another tag of an image is a success", "CLI example of private ECR", "put", ""},
		{"images/tag-exists", "I", "ImageTagAlreadyExistsException does not occur", "tags cannot be made immutable", "", "there is nothing that would bring it about"},
		{"layers/any-digest", "P", "one digest of several that matches is enough", "the text of its error", "anyMatches", ""},
		{"layers/available", "P", "a layer is listed with its size", "CLI example of private ECR", "checkLayer", ""},
		{"layers/closed", "I", "a completed upload is not found", "by analogy", "findUpload", ""},
		{"layers/expiry", "?", "when an idle upload ends", "nothing known", "defaultUploadExpiry", "a run would have to wait for days"},
		{"layers/invalid-digest", "I", "what is no digest is InvalidLayerDigest", "the enumeration", "layerFailure", ""},
		{"layers/last-byte", "P", "lastByteReceived is a position, not a count", "CLI example of private ECR", "lastByte", ""},
		{"layers/last-valid-at-first", "?", "lastValidByteReceived before any part", "nothing known", "invalidLayerPart", ""},
		{"layers/limits", "I", "over 1,000 parts or 10,000 MiB is LimitExceededException", "by analogy", "limitExceeded", "it would take 5 GB"},
		{"layers/media-type", "I", "a layer's media type is known once an image refers to it", "nothing known", "checkLayer", ""},
		{"layers/mismatch-ends", "?", "a wrong digest ends the upload", "nothing known", "finishUpload", ""},
		{"layers/missing-digest", "I", "an empty digest is MissingLayerDigest", "the enumeration", "reasonLayerMissing", ""},
		{"layers/other-algorithm", "P", "digests of other algorithms are not looked at", "CLI example of private ECR", "anyMatches", ""},
		{"layers/part-length", "I", "a part of another length than its positions is InvalidLayerPartException", "by analogy", "wrongPartSize", ""},
		{"layers/part-size", "P", "parts should have 10 MiB", "CLI example of private ECR", "DefaultQuotas", ""},
		{"layers/unavailable", "P", "a missing layer is UNAVAILABLE, not a failure", "AWS's own containerd resolver", "checkLayer", ""},
		{"paging/bad-token", "I", "a token that is none, or another operation's, is InvalidParameterException", "by analogy", "mustBeToken", ""},
		{"paging/last-full", "I", "a full last page has no token", "by analogy", "paginate", ""},
		{"paging/names-and-size", "I", "names beside maxResults are InvalidParameterException", "the documentation names no error", "mustListAlone", ""},
		{"paging/order", "?", "in which order listings are", "nothing known", "listingKey", "the probes accept any; the records show it"},
		{"paging/short-pages", "I", "a page is as long as it may be", "shorter ones were seen: aws/eks-anywhere-packages#101", "paginate", ""},
		{"policies/empty", "I", "an empty text is no policy", "the model allows it", "mustBePolicy", ""},
		{"policies/force", "I", "a policy that locks the caller out is InvalidParameterException without force", "the documentation names no error", "mustKeepAccess", "a run must not lock itself out"},
		{"policies/list-of-one", "P", "a list of one comes back as a text", "terraform-provider-aws#36012", "appendList", ""},
		{"policies/order", "P", "lists come back in another order", "terraform-provider-aws#19365", "appendList", "policies/the response has another layout accepts any order, which may differ by call"},
		{"policies/registry-action", "P", "a policy that names GetAuthorizationToken is refused", "cloudposse/terraform-aws-ecr#67", "isRepositoryAction", ""},
		{"policies/root-arn", "P", "an account comes back as the ARN of its root", "terraform-provider-aws#28799", "rootARN", ""},
		{"policies/unknown-principal", "I", "a principal that does not exist is refused", "other services with IAM", "isAWSPrincipal", "it would name an account or a user of somebody else"},
		{"quotas/errors", "I", "which error quotas of repositories, images and tags have", "by analogy", "tooManyTagsOfImage", "it would take 1,000 tags of an image, or 10,000 repositories"},
		{"rates/throttling", "I", "a throttled call is ThrottlingException, Rate exceeded", "all of AWS", "Throttle", "a run keeps below the rates"},
		{"regions/all-refuse", "I", "every operation is refused in us-west-2", "seen for two of 23", "UnsupportedCommand", "a run calls one region"},
		{"regions/fips", "I", "the endpoint of FIPS does not exist", "AWS lists none", "", "it is about the client's endpoint rules"},
		{"registries/display-name", "I", "a registry without a display name has an empty object", "the member is required", "registryCatalogData", ""},
		{"registries/one", "I", "an account has no registry, or one", "nobody was seen with more", "describeRegistry", ""},
		{"registries/unknown", "I", "an unknown registry is RepositoryNotFoundException where the model has no RegistryNotFoundException", "by analogy", "foreignRegistry", ""},
		{"tags/absent-key", "I", "absent keys are ignored", "by analogy", "UntagResource", ""},
		{"tags/key-twice", "I", "a key twice in a request is InvalidTagParameterException", "by analogy", "duplicateTag", ""},
		{"tags/reserved", "I", "keys and values that begin with aws: are InvalidTagParameterException", "the documentation names no error", "reservedTag", ""},
		{"texts/arn", "P", "the text for an ARN of something else", "boto/boto3#2774", "invalidARN", ""},
		{"texts/empty-upload", "P", "the text for an upload without parts", "devcontainers/cli#814", "emptyUpload", ""},
		{"texts/first-byte", "P", "the text for a part at another place", "apple/containerization#790", "wrongFirstByte", ""},
		{"texts/image-exists", "P", "the text for an image that is there", "buildkite-plugins/ecr-buildkite-plugin#111", "imageAlreadyExists", ""},
		{"texts/image-missing", "P", "the text for an unknown image", "emulators of private ECR", "imageNotFound", ""},
		{"texts/images-missing", "P", "the text for an index without its images", "int128/docker-manifest-create-action#63", "referencedImagesNotFound", ""},
		{"texts/invalid-layer", "P", "the text for a wrong digest", "abiosoft/colima#1167", "invalidLayer", ""},
		{"texts/layers-missing", "P", "the text for an image without its layers", "oras-project/oras-py#54", "layersNotFound", ""},
		{"texts/length", "P", "the text for what is too long or too short", "aws/aws-dotnet-deploy#549", "mustMeasure", ""},
		{"texts/list-length", "P", "the text for a list that is too long or too short", "puemos/aws-lambda-ecr-cleaner#3", "listLength", ""},
		{"texts/manifest", "P", "the text for a manifest that is none", "aws/aws-cli#8620", "invalidManifest", ""},
		{"texts/max-results", "P", "the text for a page that is too large", "google/go-containerregistry#681", "intValue", ""},
		{"texts/others", "?", "texts of UploadNotFound, LayerAlreadyExists, ImageDigestDoesNotMatch, RegistryNotFound, TooManyTags, InvalidTagParameter", "nothing known", "uploadNotFound", "probes of those errors record them; any text is accepted"},
		{"texts/part-too-small", "P", "the text for a small part before the last", "dotnet/sdk-container-builds#424", "layerPartTooSmall", ""},
		{"texts/pattern", "P", "the text for what does not match a pattern", "aws-samples/aws-msk-content-streaming#3", "mustMatch", ""},
		{"texts/policy-invalid", "P", "the text for what is no policy", "emulators of private ECR", "mustBePolicy", ""},
		{"texts/policy-missing", "P", "the text for a repository without a policy", "emulators of private ECR", "repositoryPolicyNotFound", ""},
		{"texts/registry-id", "P", "the text for what is no account", "aws-actions/amazon-ecr-login#225", "registryIDMustMatch", ""},
		{"texts/repository-exists", "P", "the text for a name that is taken", "metaps/genova#164", "repositoryAlreadyExists", ""},
		{"texts/repository-missing", "P", "the text for an unknown repository, the same in all operations", "seatgeek/docker-mirror#70", "RepositoryNotFound", ""},
		{"texts/repository-not-empty", "P", "the text for a repository with images", "logs of Terraform", "repositoryNotEmpty", ""},
		{"texts/tag", "P", "the pattern of a tag", "google/go-containerregistry#704", "imageTagPattern", ""},
		{"texts/tag-limit", "P", "the text for an image with 1,000 tags", "namespacelabs/foundation#649", "tooManyTagsOfImage", "it would take 1,000 tags"},
	}
}
