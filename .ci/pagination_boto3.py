#!/usr/bin/env python3
"""Passes resume tokens between boto3, the AWS CLI and this library: pagination_boto3.py URL

URL is that of a running emulator. Each step of a listing is taken by all of them
with the same starting token, made by one of them in turn, and has to give the
same items and the same token, byte for byte. Prints what failed and, last,
"N passed, N failed"; exits 1 if anything failed. Where a tool is missing it
prints a line that begins with "NOT RUN:" and goes on with the others.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

try:
    import boto3
except ImportError:
    debian = "/usr/bin/python3"  # has what apt installs, whatever comes first in PATH
    if os.path.exists(debian) and os.path.realpath(sys.executable) != os.path.realpath(debian):
        os.execv(debian, [debian] + sys.argv)
    print("NOT RUN: boto3 is not installed (apt-get install python3-boto3)")
    sys.exit(0)

if len(sys.argv) != 2:
    sys.exit("usage: pagination_boto3.py URL")
URL = sys.argv[1]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPOSITORY = f"pagination/app-{os.getpid()}"
ENVIRONMENT = os.environ | {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_PAGER": "",
}
INDEX = "application/vnd.oci.image.index.v1+json"

# What each operation lists: the key of the list, and of an item's name.
LISTS = {
    "describe-images": ("imageDetails", "imageDigest"),
    "describe-image-tags": ("imageTagDetails", "imageTag"),
    "describe-registries": ("registries", "registryId"),
    "describe-repositories": ("repositories", "repositoryName"),
}

passed = failed = 0


def check(what, got, want):
    global passed, failed
    if got == want:
        passed += 1
        return
    failed += 1
    print(f"FAILED: {what}: got {got!r}, want {want!r}")


def scope(operation):
    return {"repositoryName": REPOSITORY} if "image" in operation else {}


def with_boto3(client, operation, **config):
    key, name = LISTS[operation]
    pages = client.get_paginator(operation.replace("-", "_"))
    result = pages.paginate(**scope(operation), PaginationConfig=config).build_full_result()
    return [item[name] for item in result[key]], result.get("NextToken")


def command(arguments, config):
    for option, value in config.items():
        if value is not None:
            arguments += [option, str(value)]
    return json.loads(subprocess.run(arguments, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout)


def with_cli(operation, MaxItems=None, PageSize=None, StartingToken=None):
    key, name = LISTS[operation]
    arguments = ["aws", "ecr-public", operation, "--endpoint-url", URL, "--output", "json"]
    if scope(operation):
        arguments += ["--repository-name", REPOSITORY]
    config = {"--max-items": MaxItems, "--page-size": PageSize, "--starting-token": StartingToken}
    result = command(arguments, config)
    return [item[name] for item in result[key]], result.get("NextToken")


def with_go(program, operation, MaxItems=None, PageSize=None, StartingToken=None):
    arguments = [program, "-url", URL, "-operation", operation, "-repository", REPOSITORY]
    config = {"-max-items": MaxItems, "-page-size": PageSize, "-starting-token": StartingToken}
    result = command(arguments, config)
    return result["items"], result["token"]


def chain(tools, operation, **config):
    """Lists with every tool until the end, the tools making the tokens in turn."""
    every, _ = tools["boto3"](operation)
    got, token, step = [], None, 0
    while token is not None or step == 0:
        answers = {tool: run(operation, **config, StartingToken=token) for tool, run in tools.items()}
        what = f"{operation} {config} from {token}"
        for tool, answer in answers.items():
            check(f"{tool}: {what}", answer, answers["boto3"])
        items, token = list(answers.values())[step % len(answers)]
        got += items
        step += 1
    check(f"{operation} {config}: all steps", got, every)


def service_token(tools, client, operation):
    """Begins with the service's own token, as no paginator makes it."""
    page = getattr(client, operation.replace("-", "_"))(**scope(operation), maxResults=2)
    answers = {tool: run(operation, StartingToken=page["nextToken"]) for tool, run in tools.items()}
    every, _ = tools["boto3"](operation)
    for tool, answer in answers.items():
        check(f"{tool}: {operation} from the service's token", answer, (every[2:], None))


def fill(client):
    for i in range(11):
        manifest = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "annotations": {"n": str(i)}})
        client.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageManifestMediaType=INDEX, imageTag=f"v{i}")


def run(tools, client):
    for operation in ("describe-images", "describe-image-tags", "describe-repositories"):
        chain(tools, operation, MaxItems=4)
        chain(tools, operation, MaxItems=3, PageSize=2)
        chain(tools, operation, MaxItems=4, PageSize=5)
        service_token(tools, client, operation)
    chain(tools, "describe-registries", MaxItems=1)


def main():
    os.environ.update(ENVIRONMENT)
    if shutil.which("go") is None:
        print("NOT RUN: go is not installed")
        return
    client = boto3.client("ecr-public", region_name="us-east-1", endpoint_url=URL)
    tools = {"boto3": lambda operation, **config: with_boto3(client, operation, **config)}
    if shutil.which("aws") is None:
        print("NOT RUN: the AWS CLI is not installed (apt-get install awscli); boto3 runs without it")
    else:
        tools["cli"] = with_cli
    repositories = [REPOSITORY] + [f"{REPOSITORY}-{i}" for i in range(5)]
    created = []
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "interop")
        subprocess.run(["go", "build", "-o", program, "./paginators/testdata/interop"], cwd=ROOT, check=True)
        tools["go"] = lambda operation, **config: with_go(program, operation, **config)
        try:
            for name in repositories:
                client.create_repository(repositoryName=name)
                created.append(name)
            fill(client)
            run(tools, client)
        finally:
            for name in created:
                client.delete_repository(repositoryName=name, force=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
