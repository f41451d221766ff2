#!/usr/bin/env python3
"""Shows what boto3 makes of a running emulator: emulator_boto3.py URL

The probes of internal/probes check what the service answers, with Go's typed clients.
This checks what only botocore can: that each response fits AWS's own model of the
operation, and that botocore's parser, exceptions, paginators, blobs, retries and
regions work on the emulator.

The emulator must be a fresh one that serves /_emulator/. Prints what failed and,
last, "N passed, N failed"; exits 1 if anything failed. Without boto3 it prints a
line that begins with "NOT RUN:" and exits 0.
"""

import base64
import datetime
import hashlib
import json
import os
import sys
import traceback
import urllib.request

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError, PaginationError
except ImportError:
    debian = "/usr/bin/python3"  # has what apt installs, whatever comes first in PATH
    if os.path.exists(debian) and os.path.realpath(sys.executable) != os.path.realpath(debian):
        os.execv(debian, [debian] + sys.argv)
    print("NOT RUN: boto3 is not installed (apt-get install python3-boto3)")
    sys.exit(0)

OCI = "application/vnd.oci.image."
UPLOAD = "01234567-89ab-cdef-0123-456789abcdef"

# The exceptions of AWS's model that the emulator does not return by itself.
INJECTED = {"ImageTagAlreadyExistsException", "LimitExceededException", "RepositoryCatalogDataNotFoundException", "ServerException"}

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


def is_now(what, time, hours=0):
    """Expects a datetime with a zone, some hours from now."""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    ok = isinstance(time, datetime.datetime) and time.tzinfo is not None and abs((time - now).total_seconds()) < 60
    check(f"{what} is {now}", ok, time)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def body(out):
    return {key: value for key, value in out.items() if key != "ResponseMetadata"}


def unknown_to_the_model(shape, value, path="response"):
    """Lists what a response has that the model does not: members, and values of another type."""
    kinds = {"string": str, "blob": str, "timestamp": (int, float), "boolean": bool, "integer": int, "long": int, "structure": dict, "list": list}
    if not isinstance(value, kinds[shape.type_name]):
        return [f"{path} is {value!r}, no {shape.type_name}"]
    if shape.type_name == "structure":
        return [
            found
            for name, member in value.items()
            for found in (unknown_to_the_model(shape.members[name], member, f"{path}.{name}") if name in shape.members else [f"{path}.{name} is not in it"])
        ]
    if shape.type_name == "list":
        return [found for i, item in enumerate(value) for found in unknown_to_the_model(shape.member, item, f"{path}[{i}]")]
    if getattr(shape, "enum", None) and value not in shape.enum:
        return [f"{path} is {value!r}, none of {shape.enum}"]
    return []


class Scenario:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.called = set()  # operations that succeeded
        self.caught = set()  # codes of exceptions
        self.ecr = self.client(retries={"max_attempts": 0})
        self.model = self.ecr.meta.service_model

    def client(self, region="us-east-1", **config):
        client = boto3.client(
            "ecr-public",
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "EMULATOR"),
            aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "emulator"),
            config=Config(**config),
        )
        client.meta.events.register("response-received.ecr-public.*", self.compare_with_model)
        return client

    def compare_with_model(self, event_name, response_dict, **_):
        if not response_dict or response_dict["status_code"] != 200:
            return
        name = event_name.rpartition(".")[2]
        found = unknown_to_the_model(self.model.operation_model(name).output_shape, json.loads(response_dict["body"]))
        if found or name not in self.called:
            check(f"the model has all of {name}", not found, found)
        self.called.add(name)

    def control(self, method, path, value=None):
        request = urllib.request.Request(self.url + "/_emulator/" + path, method=method, data=None if value is None else json.dumps(value).encode())
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def inject(self, operation, effect, **arguments):
        self.control("POST", "faults", {"operation": operation, "effect": effect, **arguments})

    def fails(self, code, call, **arguments):
        """Expects an exception by its class, and returns it."""
        try:
            out = call(**arguments)
        except ClientError as error:
            got = error.response
            known = isinstance(error, getattr(self.ecr.exceptions, code))
            check(f"client.exceptions.{code}, with a text and a request id", known and got["Error"]["Message"] and got["ResponseMetadata"].get("RequestId"), got)
            self.caught.add(got["Error"]["Code"])
            return error
        check(f"client.exceptions.{code}", False, out)
        return None

    def run(self):
        # The order matters: an account has a registry from its first repository on.
        for section in (
            self.empty_account, self.repositories, self.catalog, self.policies_and_tags, self.blobs, self.images, self.deletion,
            self.token, self.exceptions, self.paginators, self.retries, self.regions, self.completeness,
        ):
            try:
                section()
            except Exception:  # the sections after it still run
                check(section.__name__ + " ran to its end", False, traceback.format_exc())
            self.control("DELETE", "faults")

    def empty_account(self):
        equal("an empty list is a list", body(self.ecr.describe_registries()), {"registries": []})
        equal("an empty structure is a dict", body(self.ecr.get_registry_catalog_data()), {"registryCatalogData": {}})

    def repositories(self):
        out = self.ecr.create_repository(repositoryName="app", tags=[{"Key": "a", "Value": ""}])
        self.repository = out["repository"]
        self.account = self.repository["registryId"]
        self.alias = self.repository["repositoryUri"].split("/")[1]
        equal("an empty structure beside another is a dict", out["catalogData"], {})
        is_now("createdAt", self.repository["createdAt"])
        equal("the same time is parsed from a listing", self.ecr.describe_repositories(repositoryNames=["app"])["repositories"], [self.repository])
        registry = self.ecr.describe_registries()["registries"][0]
        equal("a registry with its booleans, false ones included", registry, {
            "registryId": self.account, "registryArn": f"arn:aws:ecr-public::{self.account}:registry/{self.account}",
            "registryUri": f"public.ecr.aws/{self.alias}", "verified": False,
            "aliases": [{"name": self.alias, "status": "ACTIVE", "primaryRegistryAlias": True, "defaultRegistryAlias": True}],
        })

    def catalog(self):
        name = "Team ü, \u6f22\u5b57, \U0001f40b"
        self.ecr.put_registry_catalog_data(displayName=name)
        equal("text beyond ASCII comes back", self.ecr.get_registry_catalog_data()["registryCatalogData"], {"displayName": name})
        data = {"description": "d", "architectures": ["ARM", "Linux"], "operatingSystems": ["Linux"], "aboutText": "# a\n\t\"b\" \\ </a>", "usageText": "\u2028"}
        equal("a put answers with all members", self.ecr.put_repository_catalog_data(repositoryName="app", catalogData=data)["catalogData"], data)
        # 512,000 bytes of logo: botocore encodes what the limit counts decoded.
        logo = self.ecr.put_repository_catalog_data(repositoryName="app", catalogData={"logoImageBlob": bytes(range(256)) * 2000})["catalogData"]
        equal("a blob of the largest size becomes an address", self.ecr.get_repository_catalog_data(repositoryName="app")["catalogData"]["logoUrl"], logo["logoUrl"])

    def policies_and_tags(self):
        ecr, arn = self.ecr, self.repository["repositoryArn"]
        policy = {"Version": "2012-10-17", "Statement": [{"Sid": "push", "Effect": "Allow", "Principal": "*", "Action": "ecr-public:PutImage"}]}
        out = body(ecr.set_repository_policy(repositoryName="app", policyText=json.dumps(policy)))
        equal("a policy within JSON is a text of JSON", json.loads(out["policyText"]), policy)
        equal("GetRepositoryPolicy has the same members", body(ecr.get_repository_policy(repositoryName="app")), out)
        equal("DeleteRepositoryPolicy has the same members", body(ecr.delete_repository_policy(repositoryName="app")), out)
        equal("TagResource answers with nothing", body(ecr.tag_resource(resourceArn=arn, tags=[{"Key": "b", "Value": "ü"}])), {})
        equal("UntagResource answers with nothing", body(ecr.untag_resource(resourceArn=arn, tagKeys=["a"])), {})
        equal("a tag", ecr.list_tags_for_resource(resourceArn=arn)["tags"], [{"Key": "b", "Value": "ü"}])

    def layer(self, blob, data, name="app"):
        upload = self.ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
        self.ecr.upload_layer_part(repositoryName=name, uploadId=upload, partFirstByte=0, partLastByte=len(data) - 1, layerPartBlob=blob)
        return body(self.ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[sha256(data)])), upload

    def blobs(self):
        every = bytes(range(256))
        for what, blob, data in (
            ("bytes", every, every),
            ("a bytearray", bytearray(every + b"1"), every + b"1"),
            ("10 MiB in one part", every * 40960, every * 40960),
        ):
            out, upload = self.layer(blob, data)
            equal(f"{what} become a layer", out, {"registryId": self.account, "repositoryName": "app", "uploadId": upload, "layerDigest": sha256(data)})
        out = body(self.ecr.batch_check_layer_availability(repositoryName="app", layerDigests=[sha256(every), sha256(b""), "bad"]))
        equal("layers and failures beside each other", ([sorted(layer) for layer in out["layers"]], [sorted(f) for f in out["failures"]]),
              ([["layerAvailability", "layerDigest", "layerSize"], ["layerAvailability", "layerDigest"]], [["failureCode", "failureReason", "layerDigest"]]))

    def manifest(self, layer, push=True, name="app"):
        config = b"{}"
        if push:
            for data in (config, layer):
                try:
                    self.layer(data, data, name)
                except self.ecr.exceptions.LayerAlreadyExistsException:
                    pass
        return json.dumps({
            "schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
            "config": {"mediaType": OCI + "config.v1+json", "digest": sha256(config), "size": len(config)},
            "layers": [{"mediaType": OCI + "layer.v1.tar", "digest": sha256(layer), "size": len(layer)}],
            "annotations": {"title": "é \u2028 \U0001f40b"},
        }, indent=3, ensure_ascii=False)  # the text has to come back as it was

    def index(self, *manifests):
        return json.dumps({
            "schemaVersion": 2, "mediaType": OCI + "index.v1+json",
            "manifests": [{"mediaType": OCI + "manifest.v1+json", "digest": sha256(m.encode()), "size": len(m.encode())} for m in manifests],
        })

    def images(self):
        ecr = self.ecr
        self.first, self.second = self.manifest(b"first"), self.manifest(b"second")
        self.digest = sha256(self.first.encode())
        image = ecr.put_image(repositoryName="app", imageManifest=self.first, imageTag="v1")["image"]
        equal("an image, its manifest byte by byte", image, {
            "registryId": self.account, "repositoryName": "app", "imageId": {"imageDigest": self.digest, "imageTag": "v1"},
            "imageManifest": self.first, "imageManifestMediaType": OCI + "manifest.v1+json",
        })
        detail = ecr.describe_images(repositoryName="app")["imageDetails"][0]
        is_now("imagePushedAt", detail.pop("imagePushedAt"))
        equal("an image's detail", detail, {
            "registryId": self.account, "repositoryName": "app", "imageDigest": self.digest, "imageTags": ["v1"], "imageSizeInBytes": 5,
            "imageManifestMediaType": OCI + "manifest.v1+json", "artifactMediaType": OCI + "config.v1+json",
        })
        tag = ecr.describe_image_tags(repositoryName="app")["imageTagDetails"][0]
        is_now("a tag's createdAt", tag["createdAt"])
        is_now("imagePushedAt of a tag's image", tag["imageDetail"]["imagePushedAt"])
        ecr.put_image(repositoryName="app", imageManifest=self.second)
        untagged = ecr.describe_images(repositoryName="app", imageIds=[{"imageDigest": sha256(self.second.encode())}])["imageDetails"][0]
        check("an untagged image has no key imageTags", "imageTags" not in untagged, untagged)

    def deletion(self):
        ecr = self.ecr
        index = self.index(self.first, self.second)
        ecr.put_image(repositoryName="app", imageManifest=index, imageTag="all")
        out = body(ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "all", "imageDigest": self.digest}, {"imageDigest": self.digest}, {}]))
        equal("failures repeat the identifiers", [failure["imageId"] for failure in out["failures"]],
              [{"imageDigest": self.digest, "imageTag": "all"}, {"imageDigest": self.digest}, {}])
        equal("a failure has a code and a reason", {key: out["failures"][1][key] for key in ("failureCode", "failureReason")}, {
            "failureCode": "ImageReferencedByManifestList",
            "failureReason": f"Requested image referenced by manifest list: [{sha256(index.encode())}]",
        })
        equal("no deletion is an empty list", out["imageIds"], [])
        out = body(ecr.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "all"}]))
        equal("a deletion", out, {"imageIds": [{"imageDigest": sha256(index.encode()), "imageTag": "all"}], "failures": []})

    def token(self):
        data = self.ecr.get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(data["authorizationToken"], validate=True).decode("ascii").partition(":")
        check("the token is a user and a password", user == "AWS" and password and ":" not in password)
        is_now("expiresAt", data["expiresAt"], hours=12)

    def exceptions(self):
        """Gets every exception of the model once, as its class."""
        ecr, name = self.ecr, {"repositoryName": "app"}
        arn = self.repository["repositoryArn"]
        upload = lambda: ecr.initiate_layer_upload(**name)["uploadId"]
        digest = {"layerDigests": [sha256(b"other")]}
        part = lambda upload, first, data: ecr.upload_layer_part(**name, uploadId=upload, partFirstByte=first, partLastByte=first + len(data) - 1, layerPartBlob=data)
        self.fails("RepositoryAlreadyExistsException", ecr.create_repository, **name)
        self.fails("RepositoryNotEmptyException", ecr.delete_repository, **name)
        self.fails("RepositoryPolicyNotFoundException", ecr.get_repository_policy, **name)
        self.fails("RegistryNotFoundException", ecr.initiate_layer_upload, registryId="nobody", **name)
        self.fails("TooManyTagsException", ecr.tag_resource, resourceArn=arn, tags=[{"Key": f"k{i}", "Value": ""} for i in range(51)])
        self.fails("InvalidTagParameterException", ecr.tag_resource, resourceArn=arn, tags=[{"Key": "aws:x", "Value": ""}])
        self.fails("UploadNotFoundException", part, upload=UPLOAD, first=0, data=b"x")
        self.fails("EmptyUploadException", ecr.complete_layer_upload, uploadId=upload(), **name, **digest)
        begun = upload()
        part(begun, 0, b"12345")
        error = self.fails("InvalidLayerPartException", part, upload=begun, first=7, data=b"x")
        members = ("registryId", "repositoryName", "uploadId", "lastValidByteReceived")
        equal("the exception has its own members", [error.response.get(member) for member in members], [self.account, "app", begun, 4])
        part(begun, 5, b"6")
        self.fails("LayerPartTooSmallException", ecr.complete_layer_upload, uploadId=begun, **name, **digest)
        begun = upload()
        part(begun, 0, b"12345")
        self.fails("InvalidLayerException", ecr.complete_layer_upload, uploadId=begun, **name, **digest)
        self.fails("LayerAlreadyExistsException", lambda: self.layer(b"first", b"first"))
        self.fails("LayersNotFoundException", ecr.put_image, imageManifest=self.manifest(b"absent", push=False), **name)
        self.fails("ReferencedImagesNotFoundException", ecr.put_image, imageManifest=self.index("{}"), **name)
        self.fails("ImageAlreadyExistsException", ecr.put_image, imageManifest=self.first, imageTag="v1", **name)
        self.fails("ImageDigestDoesNotMatchException", ecr.put_image, imageManifest=self.first, imageDigest=sha256(b"other"), **name)
        self.fails("ImageNotFoundException", ecr.describe_images, imageIds=[{"imageTag": "none"}], **name)
        self.fails("InvalidParameterException", ecr.describe_images, maxResults=1001, **name)
        for code in sorted(INJECTED & {shape.name for shape in self.model.error_shapes}):
            self.inject("GetRepositoryCatalogData", "fail", code=code, message="injected", status=500 if code == "ServerException" else 400, times=1)
            self.fails(code, ecr.get_repository_catalog_data, **name)

    def paginators(self):
        ecr = self.ecr
        for i in range(6):
            ecr.create_repository(repositoryName=f"list/{i}")
        config = {"PageSize": 3}
        pages = list(ecr.get_paginator("describe_repositories").paginate(PaginationConfig=config))
        equal("the sizes of the pages", [len(page["repositories"]) for page in pages], [3, 3, 1])
        check("the last page has no token", "nextToken" not in pages[-1], pages[-1])
        names = ecr.get_paginator("describe_repositories").paginate(PaginationConfig=config).search("repositories[?starts_with(repositoryName, 'list/')].repositoryName")
        equal("JMESPath over all pages", sorted(names), [f"list/{i}" for i in range(6)])
        for tag in ("v2", "v3"):
            ecr.put_image(repositoryName="app", imageManifest=self.first, imageTag=tag)
        for operation, key, want in (("describe_images", "imageDetails", 2), ("describe_image_tags", "imageTagDetails", 3)):
            out = ecr.get_paginator(operation).paginate(repositoryName="app", PaginationConfig={"PageSize": 1}).build_full_result()
            equal(f"{operation} to its end", (len(out[key]), "NextToken" in out), (want, False))
        equal("describe_registries to its end", len(ecr.get_paginator("describe_registries").paginate().build_full_result()["registries"]), 1)

        token = ecr.describe_repositories(maxResults=3)["nextToken"]
        self.inject("DescribeRepositories", "body", body=json.dumps({"repositories": [], "nextToken": token}), times=1)
        pages = ecr.get_paginator("describe_repositories").paginate(PaginationConfig=config)
        equal("an empty page with a token is no end", [len(page["repositories"]) for page in pages], [0, 3, 1])
        self.inject("DescribeRepositories", "short-pages", size=2)
        pages = ecr.get_paginator("describe_repositories").paginate(PaginationConfig=config)
        equal("nor is a short page", [len(page["repositories"]) for page in pages], [2, 2, 2, 1])
        self.control("DELETE", "faults")
        self.inject("DescribeRepositories", "repeat-token")
        try:
            out = ecr.get_paginator("describe_repositories").paginate(PaginationConfig=config).build_full_result()
            check("a token that repeats itself ends a listing", False, out)
        except PaginationError as error:
            check("a token that repeats itself ends a listing", "same next token" in str(error), error)

    def retries(self):
        for mode in ("legacy", "standard"):
            ecr = self.client(retries={"mode": mode, "max_attempts": 3})
            for effect, arguments in (("throttle", {}), ("status", {"status": 503}), ("reset-before", {})):
                self.inject("DescribeRepositories", effect, times=1, **arguments)
                metadata = ecr.describe_repositories(repositoryNames=["app"])["ResponseMetadata"]
                equal(f"{mode}: {effect} is retried", metadata["RetryAttempts"], 1)
        ecr = self.client(retries={"mode": "standard", "max_attempts": 2})
        self.inject("CreateRepository", "reset-after", times=1)
        self.fails("RepositoryAlreadyExistsException", ecr.create_repository, repositoryName="lost")
        self.inject("DescribeRepositories", "throttle")
        try:
            check("throttles to the end", False, ecr.describe_repositories())
        except ClientError as error:
            equal("throttles to the end", (error.response["Error"]["Code"], error.response["ResponseMetadata"].get("MaxAttemptsReached")), ("ThrottlingException", True))
        self.control("DELETE", "faults")
        self.inject("DescribeRepositories", "expired-token", times=1)
        try:
            check("an expired token", False, ecr.describe_repositories())
        except ClientError as error:
            equal("an expired token is not retried", (error.response["Error"]["Code"], error.response["ResponseMetadata"]["RetryAttempts"]), ("ExpiredTokenException", 0))

    def regions(self):
        error = self.fails("UnsupportedCommandException", self.client("us-west-2").describe_registries)
        equal("its text", error.response["Error"]["Message"], "DescribeRegistries command is only supported in us-east-1.")
        try:
            check("another region", False, self.client("eu-central-1").describe_registries())
        except ClientError as error:
            equal("another region is refused", error.response["ResponseMetadata"]["HTTPStatusCode"], 400)

    def completeness(self):
        self.ecr.delete_repository(repositoryName="app", force=True)
        equal("every operation was called", self.called, set(self.model.operation_names))
        self.fails("RepositoryNotFoundException", self.ecr.describe_images, repositoryName="app")
        equal("every exception was caught", {shape.name for shape in self.model.error_shapes} - self.caught, set())


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
