#!/usr/bin/env python3
"""Checks a running emulator with boto3: emulator_boto3.py URL

The emulator has to be a fresh one: an account without a repository is part of
what is checked. Prints what failed and, last, "N passed, N failed"; exits 1 if anything failed.
Without boto3 it prints a line that begins with "NOT RUN:" and exits 0.
"""

import base64
import datetime
import hashlib
import json
import os
import re
import struct
import sys
import traceback
import urllib.error
import urllib.request
import zlib

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError:
    debian = "/usr/bin/python3"  # has what apt installs, whatever comes first in PATH
    if os.path.exists(debian) and os.path.realpath(sys.executable) != os.path.realpath(debian):
        os.execv(debian, [debian] + sys.argv)
    print("NOT RUN: boto3 is not installed (apt-get install python3-boto3)")
    sys.exit(0)

MIB = 1 << 20
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

passed = failed = 0


def check(what, ok, got=""):
    global passed, failed
    if ok:
        passed += 1
        return
    failed += 1
    print(f"FAILED: {what}" + (f": {got!r}" if got != "" else ""))


def equal(what, got, want):
    check(what, got == want, f"got {got!r}, want {want!r}")


def matches(what, text, pattern):
    check(what, isinstance(text, str) and re.fullmatch(pattern, text) is not None, text)


def fails(what, code, call, message=None, **arguments):
    """Expects an error of the API, always HTTP 400, and returns its response."""
    try:
        out = call(**arguments)
    except ClientError as error:
        got = error.response
        equal(what, (got["Error"]["Code"], got["ResponseMetadata"]["HTTPStatusCode"]), (code, 400))
        if message is not None:
            equal(what + ": text", got["Error"]["Message"], message)
        return got
    check(what, False, out)
    return {}


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def png(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x33\x66\x99" * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def without_metadata(out):
    return {key: value for key, value in out.items() if key != "ResponseMetadata"}


class Scenario:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.ecr = boto3.client(
            "ecr-public",
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "EMULATOR"),
            aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "emulator"),
            # What botocore would refuse itself is for the emulator to refuse.
            config=Config(parameter_validation=False, retries={"max_attempts": 0}),
        )

    def run(self):
        # The order matters: an account has a registry from its first repository on.
        for section in (
            self.before_the_first_repository, self.repositories, self.names, self.creation_with_tags, self.listing,
            self.registry_catalog_data, self.catalog_data, self.policies, self.tags, self.layers, self.images,
            self.indexes, self.deletion, self.registry_ids, self.authorization, self.protocol, self.pulls,
        ):
            try:
                section()
            except Exception:  # the sections after it still run
                check(section.__name__ + " ran to its end", False, traceback.format_exc())

    # Requests that boto3 does not make.

    def http(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    # What the sections share.

    def missing(self, name):
        return f"The repository with name '{name}' does not exist in the registry with id '{self.account}'"

    def layer(self, repository, data):
        upload = self.ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
        self.part(repository, upload, 0, data)
        return self.ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[sha256(data)])["layerDigest"]

    def part(self, repository, upload, first, data, last=None):
        last = first + len(data) - 1 if last is None else last
        return self.ecr.upload_layer_part(repositoryName=repository, uploadId=upload, partFirstByte=first, partLastByte=last, layerPartBlob=data)

    def manifest(self, repository, name, push=True):
        """An image whose config and layer are pushed, or not."""
        config, layer = json.dumps({"name": name}).encode(), name.encode() * 1000
        if push:
            self.layer(repository, config)
            self.layer(repository, layer)
        return json.dumps({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": {"mediaType": OCI_CONFIG, "digest": sha256(config), "size": len(config)},
            "layers": [{"mediaType": OCI_LAYER, "digest": sha256(layer), "size": len(layer)}],
        }, indent=3)  # the text has to come back as it was

    def index(self, *manifests):
        return json.dumps({
            "schemaVersion": 2,
            "mediaType": OCI_INDEX,
            "manifests": [{"mediaType": OCI_MANIFEST, "digest": sha256(m.encode()), "size": len(m)} for m in manifests],
        })

    def before_the_first_repository(self):
        equal("an account without a repository has no registry", self.ecr.describe_registries()["registries"], [])

    def repositories(self):
        ecr = self.ecr
        out = ecr.create_repository(repositoryName="team/app")
        repository = out["repository"]
        self.account = repository["registryId"]
        matches("registryId", self.account, r"[0-9]{12}")
        equal("repositoryArn has no region", repository["repositoryArn"], f"arn:aws:ecr-public::{self.account}:repository/team/app")
        matches("repositoryUri has the alias", repository["repositoryUri"], r"public\.ecr\.aws/[a-z][a-z0-9._-]+/team/app")
        self.alias = repository["repositoryUri"].split("/")[1]
        check("createdAt is now", abs((repository["createdAt"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60, repository)
        equal("no catalog data is an empty object", out.get("catalogData"), {})
        equal("DescribeRepositories shows the same", ecr.describe_repositories(repositoryNames=["team/app"])["repositories"], [repository])
        fails("a repository that exists", "RepositoryAlreadyExistsException", ecr.create_repository,
              f"The repository with name 'team/app' already exists in the registry with id '{self.account}'", repositoryName="team/app")

        registries = ecr.describe_registries()["registries"]
        equal("one registry", [r["registryId"] for r in registries], [self.account])
        equal("registryArn", registries[0]["registryArn"], f"arn:aws:ecr-public::{self.account}:registry/{self.account}")
        equal("registryUri", registries[0]["registryUri"], f"public.ecr.aws/{self.alias}")
        equal("verified", registries[0]["verified"], False)
        primary = [a for a in registries[0]["aliases"] if a["primaryRegistryAlias"]]
        equal("the primary alias", [(a["name"], a["status"]) for a in primary], [(self.alias, "ACTIVE")])
        equal("one default alias", sum(a["defaultRegistryAlias"] for a in registries[0]["aliases"]), 1)

        equal("a deleted repository is answered as it was", ecr.delete_repository(repositoryName="team/app")["repository"], repository)
        fails("a missing repository is not deleted", "RepositoryNotFoundException", ecr.delete_repository, self.missing("team/app"), repositoryName="team/app")

    def names(self):
        pattern = "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
        for name in ("Upper", "a//b", "-a", "a b", "/ab", "ab/"):
            fails(f"the name {name!r}", "InvalidParameterException", self.ecr.create_repository,
                  f"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '{pattern}''", repositoryName=name)
        fails("a short name", "InvalidParameterException", self.ecr.create_repository,
              "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal to 2'", repositoryName="a")
        fails("a long name", "InvalidParameterException", self.ecr.create_repository, repositoryName="a" * 206)
        fails("no name", "InvalidParameterException", self.ecr.create_repository)
        self.ecr.create_repository(repositoryName="a" * 205)
        self.ecr.delete_repository(repositoryName="a" * 205)

    def creation_with_tags(self):
        ecr = self.ecr
        many = [{"Key": f"k{i}", "Value": ""} for i in range(51)]
        for what, code, tags in (
            ("51 tags", "TooManyTagsException", many),
            ("a reserved key", "InvalidTagParameterException", [{"Key": "aws:x", "Value": "y"}]),
            ("a repeated key", "InvalidTagParameterException", [{"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"}]),
        ):
            fails("create with " + what, code, ecr.create_repository, repositoryName="tagged", tags=tags)
            fails("it was not created", "RepositoryNotFoundException", ecr.describe_repositories, repositoryNames=["tagged"])
        arn = ecr.create_repository(repositoryName="tagged", tags=many[:50])["repository"]["repositoryArn"]
        equal("create with 50 tags", len(ecr.list_tags_for_resource(resourceArn=arn)["tags"]), 50)
        ecr.delete_repository(repositoryName="tagged")

    def listing(self):
        ecr = self.ecr
        names = [f"list/{i:02}" for i in range(7)]
        for name in names:
            ecr.create_repository(repositoryName=name)
        page = ecr.describe_repositories(maxResults=3)
        equal("a page of three", len(page["repositories"]), 3)
        pages = list(ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 3}))
        equal("the sizes of the pages", [len(p["repositories"]) for p in pages], [3, 3, 1])
        listed = [r["repositoryName"] for p in pages for r in p["repositories"]]
        equal("every repository is listed once", sorted(listed), names)
        check("the last page has no token", "nextToken" not in pages[-1], pages[-1].get("nextToken"))
        again = [r["repositoryName"] for r in ecr.describe_repositories()["repositories"]]
        equal("the order is stable", again, listed)
        resumed = ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"MaxItems": 4, "PageSize": 3}).build_full_result()
        rest = ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"StartingToken": resumed["NextToken"]}).build_full_result()
        equal("a listing goes on in the middle of a page", [r["repositoryName"] for r in resumed["repositories"] + rest["repositories"]], listed)

        fails("a made-up token", "InvalidParameterException", ecr.describe_repositories, nextToken="made up")
        fails("a token of another operation", "InvalidParameterException", ecr.describe_images, repositoryName=names[0], nextToken=page["nextToken"])
        fails("1001 results", "InvalidParameterException", ecr.describe_repositories,
              "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'", maxResults=1001)
        fails("0 results", "InvalidParameterException", ecr.describe_repositories, maxResults=0)
        fails("names and maxResults", "InvalidParameterException", ecr.describe_repositories, repositoryNames=names[:1], maxResults=3)
        fails("one missing name fails the call", "RepositoryNotFoundException", ecr.describe_repositories, self.missing("nowhere"),
              repositoryNames=[names[0], "nowhere"])
        for name in names:
            ecr.delete_repository(repositoryName=name)

    def registry_catalog_data(self):
        ecr = self.ecr
        equal("no registry catalog data at first", ecr.get_registry_catalog_data()["registryCatalogData"], {})
        equal("PutRegistryCatalogData", ecr.put_registry_catalog_data(displayName="Team ü")["registryCatalogData"], {"displayName": "Team ü"})
        equal("GetRegistryCatalogData", ecr.get_registry_catalog_data()["registryCatalogData"], {"displayName": "Team ü"})
        fails("a long displayName", "InvalidParameterException", ecr.put_registry_catalog_data, displayName="x" * 101)

    def catalog_data(self):
        ecr, name = self.ecr, "catalog"
        ecr.create_repository(repositoryName=name)
        equal("no catalog data at first", ecr.get_repository_catalog_data(repositoryName=name)["catalogData"], {})
        data = {"description": "d", "architectures": ["ARM", "Linux"], "operatingSystems": ["Linux", "BeOS"], "aboutText": "# a", "usageText": "u" * 25600}
        equal("PutRepositoryCatalogData", ecr.put_repository_catalog_data(repositoryName=name, catalogData=data)["catalogData"], data)
        equal("GetRepositoryCatalogData", ecr.get_repository_catalog_data(repositoryName=name)["catalogData"], data)
        logo = ecr.put_repository_catalog_data(repositoryName=name, catalogData={"logoImageBlob": png(60)})["catalogData"]
        matches("a logo becomes a URL", logo.get("logoUrl"), r"https://[a-z0-9.-]+/logo/" + UUID + "/" + UUID + r"\.png")
        for field, value in (
            ("description", "x" * 1025), ("aboutText", "x" * 25601), ("architectures", ["x"] * 51),
            ("operatingSystems", [""]), ("logoImageBlob", b"x" * 512001),
        ):
            fails("too much in " + field, "InvalidParameterException", ecr.put_repository_catalog_data, repositoryName=name, catalogData={field: value})
        fails("catalog data of a missing repository", "RepositoryNotFoundException", ecr.get_repository_catalog_data, self.missing("nowhere"), repositoryName="nowhere")
        ecr.delete_repository(repositoryName=name)

    def policies(self):
        ecr, name = self.ecr, "policies"
        ecr.create_repository(repositoryName=name)
        none = f"Repository policy does not exist for the repository with name '{name}' in the registry with id '{self.account}'"
        fails("no policy at first", "RepositoryPolicyNotFoundException", ecr.get_repository_policy, none, repositoryName=name)
        policy = {"Version": "2012-10-17", "Statement": [{
            "Sid": "push", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"},
            "Action": ["ecr-public:InitiateLayerUpload", "ecr-public:PutImage"],
        }]}
        out = ecr.set_repository_policy(repositoryName=name, policyText=json.dumps(policy))
        answered = json.loads(out["policyText"])
        answered["Statement"][0]["Action"].sort()  # lists come back in another order
        equal("SetRepositoryPolicy answers with the policy", answered, policy)
        check("it is written in another way", '"Version" : "2012-10-17"' in out["policyText"] and '"Statement" : [ {' in out["policyText"], out["policyText"])
        equal("GetRepositoryPolicy", without_metadata(ecr.get_repository_policy(repositoryName=name)), without_metadata(out))
        for what, text in (("not JSON", "{"), ("empty", ""), ("no policy", '{"a":1}')):
            fails("a policy that is " + what, "InvalidParameterException", ecr.set_repository_policy, repositoryName=name, policyText=text)
        fails("a malformed policy", "InvalidParameterException", ecr.set_repository_policy,
              "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'", repositoryName=name, policyText="{")
        equal("DeleteRepositoryPolicy answers with what it deletes", without_metadata(ecr.delete_repository_policy(repositoryName=name)), without_metadata(out))
        fails("it is gone", "RepositoryPolicyNotFoundException", ecr.delete_repository_policy, none, repositoryName=name)
        ecr.delete_repository(repositoryName=name)

    def tags(self):
        ecr = self.ecr
        arn = ecr.create_repository(repositoryName="tags")["repository"]["repositoryArn"]

        def listed():
            return {t["Key"]: t["Value"] for t in ecr.list_tags_for_resource(resourceArn=arn)["tags"]}

        equal("no tags at first", listed(), {})
        equal("TagResource answers with nothing", without_metadata(ecr.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])), {})
        ecr.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "2"}])
        equal("tags are added and overwritten", listed(), {"a": "2", "b": ""})
        ecr.untag_resource(resourceArn=arn, tagKeys=["b", "absent"])
        equal("tags are removed", listed(), {"a": "2"})
        fails("too many tags", "TooManyTagsException", ecr.tag_resource, resourceArn=arn, tags=[{"Key": f"k{i}", "Value": ""} for i in range(50)])
        equal("and none of them was set", listed(), {"a": "2"})
        fails("a reserved key", "InvalidTagParameterException", ecr.tag_resource, resourceArn=arn, tags=[{"Key": "aws:x", "Value": ""}])
        fails("a long key", "InvalidParameterException", ecr.tag_resource, resourceArn=arn, tags=[{"Key": "k" * 129, "Value": ""}])
        fails("an ARN of another service", "InvalidParameterException", ecr.list_tags_for_resource, resourceArn=f"arn:aws:ecr:us-east-1:{self.account}:repository/tags")
        fails("an ARN of no repository", "InvalidParameterException", ecr.list_tags_for_resource, resourceArn=f"arn:aws:ecr-public::{self.account}:registry/{self.account}")
        fails("an ARN of an unknown repository", "RepositoryNotFoundException", ecr.list_tags_for_resource, self.missing("nowhere"),
              resourceArn=f"arn:aws:ecr-public::{self.account}:repository/nowhere")
        ecr.delete_repository(repositoryName="tags")

    def layers(self):
        ecr, name = self.ecr, "layers"
        ecr.create_repository(repositoryName=name)
        ecr.create_repository(repositoryName="layers/other")
        data = b"layer" * 100
        out = ecr.batch_check_layer_availability(repositoryName=name, layerDigests=[sha256(data), "bad", ""])
        equal("a missing layer is UNAVAILABLE", out["layers"], [{"layerDigest": sha256(data), "layerAvailability": "UNAVAILABLE"}])
        equal("bad digests are failures", [f["failureCode"] for f in out["failures"]], ["InvalidLayerDigest", "MissingLayerDigest"])

        upload = ecr.initiate_layer_upload(repositoryName=name)
        equal("partSize", upload["partSize"], 10 * MIB)
        upload = upload["uploadId"]
        matches("uploadId is a UUID", upload, UUID)
        fails("an empty upload", "EmptyUploadException", ecr.complete_layer_upload, repositoryName=name, uploadId=upload, layerDigests=[sha256(data)])
        equal("lastByteReceived is a position", self.part(name, upload, 0, data[:200])["lastByteReceived"], 199)
        for what, first in (("a gap", 300), ("a repeated part", 0)):
            got = fails(what, "InvalidLayerPartException", lambda: self.part(name, upload, first, data[200:]),
                        f"First byte of the layer part is {first} instead of 200")
            equal(what + ": where to go on", got.get("lastValidByteReceived"), 199)
        fails("a part that is shorter than its positions", "InvalidLayerPartException", lambda: self.part(name, upload, 200, data[200:], last=999))
        self.part(name, upload, 200, data[200:])
        fails("small parts show at the end", "LayerPartTooSmallException", ecr.complete_layer_upload,
              "All layer parts except the last part should be at least 5MB", repositoryName=name, uploadId=upload, layerDigests=[sha256(data)])

        upload = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
        self.part(name, upload, 0, data)
        fails("an upload of another repository", "UploadNotFoundException", lambda: self.part("layers/other", upload, len(data), b"x"))
        fails("an unknown upload", "UploadNotFoundException", lambda: self.part(name, "01234567-89ab-cdef-0123-456789abcdef", 0, b"x"))
        fails("an upload that is no UUID", "InvalidParameterException", lambda: self.part(name, "upload", 0, b"x"))
        fails("another digest", "InvalidLayerException", ecr.complete_layer_upload,
              "None of the provided layer digests match the calculated layer digest", repositoryName=name, uploadId=upload, layerDigests=[sha256(b"other")])

        large = os.urandom(5 * MIB) + b"tail"
        upload = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
        self.part(name, upload, 0, large[:5 * MIB])
        self.part(name, upload, 5 * MIB, large[5 * MIB:])
        out = ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[sha256(b"other"), sha256(large)])
        equal("CompleteLayerUpload", without_metadata(out), {"registryId": self.account, "repositoryName": name, "uploadId": upload, "layerDigest": sha256(large)})
        fails("an upload ends once", "UploadNotFoundException", ecr.complete_layer_upload, repositoryName=name, uploadId=upload, layerDigests=[sha256(large)])
        fails("the same layer again", "LayerAlreadyExistsException", lambda: self.layer(name, large))
        out = ecr.batch_check_layer_availability(repositoryName=name, layerDigests=[sha256(large)])["layers"]
        equal("the layer is AVAILABLE", [(l["layerAvailability"], l["layerSize"]) for l in out], [("AVAILABLE", len(large))])
        out = ecr.batch_check_layer_availability(repositoryName="layers/other", layerDigests=[sha256(large)])["layers"]
        equal("but not in another repository", out[0]["layerAvailability"], "UNAVAILABLE")
        fails("no digests", "InvalidParameterException", ecr.batch_check_layer_availability, repositoryName=name, layerDigests=[])
        fails("layers of a missing repository", "RepositoryNotFoundException", ecr.initiate_layer_upload, self.missing("nowhere"), repositoryName="nowhere")

    def images(self):
        ecr, name = self.ecr, "images"
        ecr.create_repository(repositoryName=name)
        absent = self.manifest(name, "absent", push=False)
        layers = [json.loads(absent)["config"]["digest"], json.loads(absent)["layers"][0]["digest"]]
        got = fails("an image without its layers", "LayersNotFoundException", ecr.put_image, repositoryName=name, imageManifest=absent, imageTag="v1")
        check("the missing layers are named", all(d in got["Error"]["Message"] for d in layers), got)

        manifest = self.manifest(name, "first")
        digest = sha256(manifest.encode())
        fails("a manifest that is not JSON", "InvalidParameterException", ecr.put_image, repositoryName=name, imageManifest="manifest", imageManifestMediaType=OCI_MANIFEST)
        plain = json.loads(manifest)
        del plain["mediaType"]
        fails("a manifest of no media type", "InvalidParameterException", ecr.put_image, repositoryName=name, imageManifest=json.dumps(plain))
        fails("another digest", "ImageDigestDoesNotMatchException", ecr.put_image, repositoryName=name, imageManifest=manifest, imageDigest=sha256(b"other"))
        fails("a tag with a slash", "InvalidParameterException", ecr.put_image, repositoryName=name, imageManifest=manifest, imageTag="a/b")

        image = ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="v1")["image"]
        equal("PutImage answers with the image", image, {
            "registryId": self.account, "repositoryName": name, "imageId": {"imageDigest": digest, "imageTag": "v1"},
            "imageManifest": manifest, "imageManifestMediaType": OCI_MANIFEST,
        })
        fails("the same image with the same tag", "ImageAlreadyExistsException", ecr.put_image,
              f"Image with digest '{digest}' and tag 'v1' already exists in the repository with name '{name}' in registry with id '{self.account}'",
              repositoryName=name, imageManifest=manifest, imageTag="v1")
        fails("the same image without a tag", "ImageAlreadyExistsException", ecr.put_image, repositoryName=name, imageManifest=manifest)

        before = ecr.describe_images(repositoryName=name)["imageDetails"][0]
        size = sum(layer["size"] for layer in json.loads(manifest)["layers"])
        equal("the size is that of the layers", before["imageSizeInBytes"], size)
        equal("artifactMediaType is the config's", before["artifactMediaType"], OCI_CONFIG)
        equal("imageManifestMediaType", before["imageManifestMediaType"], OCI_MANIFEST)
        equal("imageTags", before["imageTags"], ["v1"])
        check("imagePushedAt is now", abs((before["imagePushedAt"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60, before)

        ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="stable")
        after = ecr.describe_images(repositoryName=name)["imageDetails"]
        equal("a further tag is added to the image", [sorted(i["imageTags"]) for i in after], [["stable", "v1"]])
        equal("a further tag is no push", after[0]["imagePushedAt"], before["imagePushedAt"])

        second = self.manifest(name, "second")
        ecr.put_image(repositoryName=name, imageManifest=second, imageTag="stable")
        ecr.put_image(repositoryName=name, imageManifest=second, imageTag="v1")
        found = {i["imageDigest"]: i.get("imageTags") for i in ecr.describe_images(repositoryName=name)["imageDetails"]}
        check("tags move and leave an image without imageTags", found.get(digest, 0) is None, found)
        equal("tags moved", sorted(found[sha256(second.encode())]), ["stable", "v1"])

        tags = ecr.describe_image_tags(repositoryName=name)["imageTagDetails"]
        equal("DescribeImageTags has an entry for each tag", sorted(t["imageTag"] for t in tags), ["stable", "v1"])
        equal("the tags' image", {t["imageDetail"]["imageDigest"] for t in tags}, {sha256(second.encode())})
        check("tags have a time", all(isinstance(t["createdAt"], datetime.datetime) for t in tags), tags)

        one = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "v1"}, {"imageDigest": digest}])["imageDetails"]
        equal("images by tag and digest", {i["imageDigest"] for i in one}, {digest, sha256(second.encode())})
        fails("one unknown image fails the call", "ImageNotFoundException", ecr.describe_images,
              f"The image with imageId {{imageDigest:'null', imageTag:'nope'}} does not exist within the repository with name '{name}' in the registry with id '{self.account}'",
              repositoryName=name, imageIds=[{"imageTag": "v1"}, {"imageTag": "nope"}])
        fails("imageIds and maxResults", "InvalidParameterException", ecr.describe_images, repositoryName=name, imageIds=[{"imageTag": "v1"}], maxResults=5)
        fails("101 imageIds", "InvalidParameterException", ecr.describe_images, repositoryName=name, imageIds=[{"imageTag": f"t{i}"} for i in range(101)])
        fails("images of a missing repository", "RepositoryNotFoundException", ecr.describe_images, self.missing("nowhere"), repositoryName="nowhere")
        available = ecr.batch_check_layer_availability(repositoryName=name, layerDigests=[json.loads(manifest)["layers"][0]["digest"]])["layers"]
        equal("a layer's media type is known from its image", available[0].get("mediaType"), OCI_LAYER)

    def indexes(self):
        ecr, name = self.ecr, "indexes"
        ecr.create_repository(repositoryName=name)
        small, large = self.manifest(name, "s"), self.manifest(name, "larger")
        index = self.index(small, large)
        digests = [sha256(small.encode()), sha256(large.encode())]
        fails("an index without its images", "ReferencedImagesNotFoundException", ecr.put_image,
              f"Images with digests '[{', '.join(digests)}]' required for pushing image into repository with name '{name}' in the registry with id '{self.account}' do not exist",
              repositoryName=name, imageManifest=index, imageTag="all")
        for manifest in (small, large):
            ecr.put_image(repositoryName=name, imageManifest=manifest)
        ecr.put_image(repositoryName=name, imageManifest=index, imageTag="all")
        got = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "all"}])["imageDetails"][0]
        equal("an index is as large as its largest image", got["imageSizeInBytes"], 6000)
        check("an index has no artifactMediaType", "artifactMediaType" not in got, got)

        failures = ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageDigest": digests[0]}])["failures"]
        equal("an image of an index is protected", failures, [{
            "imageId": {"imageDigest": digests[0]}, "failureCode": "ImageReferencedByManifestList",
            "failureReason": f"Requested image referenced by manifest list: [{sha256(index.encode())}]",
        }])
        out = ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "all"}])
        equal("an index goes with its last tag", out["imageIds"], [{"imageDigest": sha256(index.encode()), "imageTag": "all"}])
        left = {i["imageDigest"] for i in ecr.describe_images(repositoryName=name)["imageDetails"]}
        equal("its images stay", left, set(digests))

    def deletion(self):
        ecr, name = self.ecr, "deletion"
        ecr.create_repository(repositoryName=name)
        first, second = self.manifest(name, "1"), self.manifest(name, "2")
        digest, other = sha256(first.encode()), sha256(second.encode())
        for tag in ("a", "b", "c"):
            ecr.put_image(repositoryName=name, imageManifest=first, imageTag=tag)
        ecr.put_image(repositoryName=name, imageManifest=second, imageTag="z")

        def delete(*ids):
            return without_metadata(ecr.batch_delete_image(repositoryName=name, imageIds=list(ids)))

        equal("a tag goes, the image stays", delete({"imageTag": "a"}), {"imageIds": [{"imageDigest": digest, "imageTag": "a"}], "failures": []})
        for what, identifier, code in (
            ("neither digest nor tag", {}, "MissingDigestAndTag"),
            ("an unknown tag", {"imageTag": "nope"}, "ImageNotFound"),
            ("an unknown digest", {"imageDigest": sha256(b"")}, "ImageNotFound"),
            ("a malformed digest", {"imageDigest": "sha256"}, "InvalidImageDigest"),
            ("a malformed tag", {"imageTag": "a b"}, "InvalidImageTag"),
            ("a tag of another digest", {"imageDigest": digest, "imageTag": "z"}, "ImageTagDoesNotMatchDigest"),
        ):
            out = delete(identifier)
            equal(f"delete {what}", ([f["failureCode"] for f in out["failures"]], out["imageIds"]), ([code], []))
        equal("the reason of ImageNotFound", delete({"imageTag": "nope"})["failures"][0]["failureReason"], "Requested image not found")
        out = delete({"imageDigest": digest})
        equal("an image goes with its tags", sorted(i["imageTag"] for i in out["imageIds"]), ["b", "c"])
        equal("the rest stays", [i["imageDigest"] for i in ecr.describe_images(repositoryName=name)["imageDetails"]], [other])
        fails("delete nothing", "InvalidParameterException", ecr.batch_delete_image, repositoryName=name, imageIds=[])
        fails("delete 101", "InvalidParameterException", ecr.batch_delete_image, repositoryName=name, imageIds=[{"imageTag": "t"}] * 101)
        fails("a repository with images is not deleted", "RepositoryNotEmptyException", ecr.delete_repository,
              f"The repository with name '{name}' in registry with id '{self.account}' cannot be deleted because it still contains images",
              repositoryName=name)
        equal("unless it is forced", ecr.delete_repository(repositoryName=name, force=True)["repository"]["repositoryName"], name)
        fails("it is gone", "RepositoryNotFoundException", ecr.delete_repository, self.missing(name), repositoryName=name)

    def registry_ids(self):
        ecr, name = self.ecr, "registry-ids"
        ecr.create_repository(repositoryName=name)
        for registry in (self.account, self.alias):
            out = ecr.initiate_layer_upload(registryId=registry, repositoryName=name)
            check(f"an upload in the registry {registry}", "uploadId" in out, out)
        fails("an unknown alias", "RegistryNotFoundException", ecr.initiate_layer_upload, registryId="nobody", repositoryName=name)
        fails("an alias where an account belongs", "InvalidParameterException", ecr.describe_images, registryId=self.alias, repositoryName=name)
        fails("another account", "RepositoryNotFoundException", ecr.describe_images, registryId="999999999999", repositoryName=name)
        equal("the own account", ecr.describe_images(registryId=self.account, repositoryName=name)["imageDetails"], [])

    def authorization(self):
        data = self.ecr.get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
        equal("the user", user, "AWS")
        check("the password has no colon", password != "" and ":" not in password)
        left = data["expiresAt"] - datetime.datetime.now(datetime.timezone.utc)
        check("it is good for 12 hours", abs(left.total_seconds() - 12 * 3600) < 60, left)
        check("every token is new", self.ecr.get_authorization_token()["authorizationData"]["authorizationToken"] != data["authorizationToken"])

    def protocol(self):
        def post(target, body):
            status, _, answer = self.http("POST", "/", body, X_Amz_Target="SpencerFrontendService." + target, Content_Type="application/x-amz-json-1.1")
            return status, json.loads(answer).get("__type")

        unsigned = post("DescribeRegistries", b"{}")
        if unsigned != (200, None):  # an emulator that was given credentials
            equal("an unsigned request", unsigned, (400, "MissingAuthenticationTokenException"))
            return
        equal("an unknown operation", post("ListImages", b"{}"), (400, "UnknownOperationException"))
        equal("a body that is not JSON", post("DescribeImages", b"image"), (400, "SerializationException"))
        equal("a member of another type", post("DescribeImages", b'{"repositoryName":1}'), (400, "SerializationException"))

    def pulls(self):
        name = "pulls"
        self.ecr.create_repository(repositoryName=name)
        manifest = self.manifest(name, "pulled")
        self.ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="v1")
        path = f"/v2/{self.alias}/{name}"

        status, headers, _ = self.http("GET", "/v2/")
        equal("/v2/ asks for a token", status, 401)
        check("and says where to get it", re.match(r'Bearer realm="[^"]+/token/?",service="[^"]+"', headers.get("WWW-Authenticate", "")), headers.get("WWW-Authenticate"))
        status, _, body = self.http("GET", "/token/?service=public.ecr.aws&scope=repository:" + f"{self.alias}/{name}:pull")
        equal("anybody gets a token", status, 200)
        bearer = "Bearer " + json.loads(body)["token"]
        status, headers, body = self.http("GET", path + "/manifests/v1", Authorization=bearer, Accept=OCI_MANIFEST)
        equal("a manifest is pulled by tag", (status, body.decode()), (200, manifest))
        status, headers, _ = self.http("HEAD", path + "/manifests/v1", Authorization=bearer, Accept=OCI_MANIFEST)
        equal("its digest", (status, headers.get("Docker-Content-Digest")), (200, sha256(manifest.encode())))
        status, _, body = self.http("GET", path + "/blobs/" + json.loads(manifest)["layers"][0]["digest"], Authorization=bearer)
        equal("a layer is pulled", (status, body), (200, b"pulled" * 1000))
        status, _, body = self.http("GET", path + "/tags/list", Authorization=bearer)
        equal("the tags", (status, json.loads(body)), (200, {"name": f"{self.alias}/{name}", "tags": ["v1"]}))
        status, _, body = self.http("GET", f"/v2/{self.alias}/nowhere/manifests/v1", Authorization=bearer)
        error = json.loads(body)["errors"][0]
        equal("a missing repository", (status, error["code"], error["message"]), (404, "NAME_UNKNOWN", self.missing("nowhere")))
        token = self.ecr.get_authorization_token()["authorizationData"]["authorizationToken"]
        status, _, body = self.http("GET", "/v2/", Authorization="Basic " + token)
        error = json.loads(body)["errors"][0]
        equal("Basic is refused", (error["code"], error["message"]), ("DENIED", "Your Authorization Token is invalid."))
        equal("the token is a bearer", self.http("GET", "/v2/", Authorization="Bearer " + token)[0], 200)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: emulator_boto3.py URL")
    scenario = Scenario(sys.argv[1])
    if scenario.ecr.describe_repositories()["repositories"]:
        sys.exit(f"the emulator at {sys.argv[1]} is not a fresh one: it has repositories")
    scenario.run()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
