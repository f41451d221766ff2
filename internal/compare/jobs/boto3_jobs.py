"""Does two of the jobs with boto3: "push SOURCE REPOSITORY TAG" and "inventory".

It is what a program needs at least, and does what it can at the same time.
"""

import concurrent.futures
import gzip
import hashlib
import json
import os
import sys
import tarfile

import boto3
import botocore.config

PARALLEL = 32
DOCKER = "application/vnd.docker."

client = boto3.client("ecr-public", config=botocore.config.Config(max_pool_connections=PARALLEL))


def read_layout(path):
    """Reads the only image of an OCI layout: media type, manifest, and blobs by digest."""
    with open(f"{path}/index.json") as f:
        image = json.load(f)["manifests"][0]

    def blob(digest):
        with open(f"{path}/blobs/" + digest.replace(":", "/"), "rb") as f:
            return f.read()

    text = blob(image["digest"])
    manifest = json.loads(text)
    return image["mediaType"], text.decode(), {d["digest"]: blob(d["digest"]) for d in [manifest["config"], *manifest["layers"]]}


def read_saved(path):
    """Reads the only image of an archive of docker save, and compresses its layers."""
    with tarfile.open(path) as t:
        files = {entry.name: t.extractfile(entry).read() for entry in t if entry.isfile()}
    image = json.loads(files["manifest.json"])[0]
    blobs = {}

    def add(media_type, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return {"mediaType": media_type, "size": len(data), "digest": digest}

    with concurrent.futures.ThreadPoolExecutor() as pool:
        layers = pool.map(lambda name: gzip.compress(files[name], 1, mtime=0), image["Layers"])
    manifest = {
        "schemaVersion": 2,
        "mediaType": DOCKER + "distribution.manifest.v2+json",
        "config": add(DOCKER + "container.image.v1+json", files[image["Config"]]),
        "layers": [add(DOCKER + "image.rootfs.diff.tar.gzip", layer) for layer in layers],
    }
    return manifest["mediaType"], json.dumps(manifest), blobs


def upload(repository, digest, data):
    begun = client.initiate_layer_upload(repositoryName=repository)
    for first in range(0, len(data), begun["partSize"]):
        part = data[first : first + begun["partSize"]]
        client.upload_layer_part(repositoryName=repository, uploadId=begun["uploadId"], partFirstByte=first, partLastByte=first + len(part) - 1, layerPartBlob=part)
    client.complete_layer_upload(repositoryName=repository, uploadId=begun["uploadId"], layerDigests=[digest])


def push(source, repository, tag):
    media_type, manifest, blobs = read_layout(source) if os.path.isdir(source) else read_saved(source)
    there = client.batch_check_layer_availability(repositoryName=repository, layerDigests=list(blobs))
    missing = [layer["layerDigest"] for layer in there["layers"] if layer["layerAvailability"] != "AVAILABLE"]
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda digest: upload(repository, digest, blobs[digest]), missing))
    try:
        client.put_image(repositoryName=repository, imageManifest=manifest, imageManifestMediaType=media_type, imageTag=tag)
    except client.exceptions.ImageAlreadyExistsException:
        pass


def images(repository):
    pages = client.get_paginator("describe_images").paginate(repositoryName=repository["repositoryName"], PaginationConfig={"PageSize": 1000})
    return [image for page in pages for image in page["imageDetails"]]


def inventory():
    pages = client.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 1000})
    repositories = [repository for page in pages for repository in page["repositories"]]
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        json.dump(list(pool.map(images, repositories)), sys.stdout, default=str)


if sys.argv[1] == "push":
    push(*sys.argv[2:])
else:
    inventory()
