#!/usr/bin/env bash
# Shows what the AWS SDK for JavaScript makes of an emulator: emulator_js.sh URL
#
# The probes of internal/probes check what the service answers, and the boto3 script
# that it fits AWS's model. This checks what only JavaScript's client shows: its
# classes of errors, Dates, Uint8Arrays, async paginators and retries.
#
# It takes @aws-sdk/client-ecr-public from where node finds it: the directory
# node_modules of the current directory or above, or NODE_PATH. Exits 1 if a
# check fails. Without node or the package it prints a line that begins with
# "NOT RUN:" and exits 77.
set -euo pipefail

url=${1:?usage: emulator_js.sh URL}

if ! command -v node >/dev/null; then
	echo "NOT RUN: node is not installed (apt-get install nodejs)"
	exit 77
fi
if ! node -e 'require.resolve("@aws-sdk/client-ecr-public")' 2>/dev/null; then
	echo "NOT RUN: @aws-sdk/client-ecr-public is not installed (npm install --prefix DIR @aws-sdk/client-ecr-public, then NODE_PATH=DIR/node_modules)"
	exit 77
fi

exec node - "$url" <<'EOF'
const assert = require("node:assert/strict");
const { createHash } = require("node:crypto");
const sdk = require("@aws-sdk/client-ecr-public");

const [url] = process.argv.slice(2);
const connect = (options) =>
  new sdk.ECRPUBLIC({
    endpoint: url,
    region: "us-east-1",
    credentials: {
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "EMULATOR",
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "emulator",
    },
    ...options,
  });
const client = connect({ maxAttempts: 1 });
const repositoryName = `js/app-${process.pid}`;
const digest = (data) => "sha256:" + createHash("sha256").update(data).digest("hex");
let passed = 0;

function equal(got, want, what) {
  assert.deepEqual(got, want, what);
  passed++;
}

function isNow(date, what, hours = 0) {
  assert.ok(date instanceof Date, what);
  assert.ok(Math.abs(date - Date.now() - hours * 3600e3) < 60e3, `${what}: ${date}`);
  passed++;
}

// refused expects an error of a class and returns it.
async function refused(call, type, members = {}) {
  const error = await call.then(() => assert.fail(`no ${type.name}`), (error) => error);
  assert.ok(error instanceof type && error instanceof sdk.ECRPUBLICServiceException, `${type.name}: ${error}`);
  const { name, $fault, $metadata } = error;
  assert.deepEqual({ name, $fault, status: $metadata.httpStatusCode }, { name: type.name, $fault: "client", status: 400 });
  assert.ok(error.message && $metadata.requestId, `${type.name}: a message and a request id`);
  for (const [name, value] of Object.entries(members)) {
    assert.deepEqual(error[name], value, `${type.name}.${name}`);
  }
  passed++;
}

async function inject(fault) {
  const response = await fetch(`${url}/_emulator/faults`, { method: "POST", body: JSON.stringify(fault) });
  assert.ok(response.ok, await response.text());
}

async function push(layerPartBlob, what) {
  const { uploadId } = await client.initiateLayerUpload({ repositoryName });
  await client.uploadLayerPart({ repositoryName, uploadId, partFirstByte: 0, partLastByte: layerPartBlob.length - 1, layerPartBlob });
  const layer = await client.completeLayerUpload({ repositoryName, uploadId, layerDigests: [digest(layerPartBlob)] });
  equal(layer.layerDigest, digest(layerPartBlob), what);
}

async function repositories() {
  const { repository, catalogData } = await client.createRepository({ repositoryName, tags: [{ Key: "team", Value: "é 漢字 🐋" }] });
  isNow(repository.createdAt, "createdAt");
  equal(catalogData, {}, "an empty structure is an object");
  const { tags } = await client.listTagsForResource({ resourceArn: repository.repositoryArn });
  equal(tags, [{ Key: "team", Value: "é 漢字 🐋" }], "text beyond ASCII");
  equal((await client.describeImages({ repositoryName })).imageDetails, [], "an empty list is an array");
}

async function images() {
  const config = Buffer.from("{}");
  const layer = Uint8Array.from({ length: 100_000 }, (_, i) => i);
  await push(config, "a layer from a Buffer");
  await push(layer, "a layer from a Uint8Array");
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digest(config), size: config.length },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digest(layer), size: layer.length }],
    annotations: { title: "é \u2028 🐋" },
  });
  const { image } = await client.putImage({ repositoryName, imageManifest, imageTag: "v1" });
  equal([image.imageId, image.imageManifest], [{ imageDigest: digest(imageManifest), imageTag: "v1" }, imageManifest], "an image, its manifest byte by byte");
  const [detail] = (await client.describeImages({ repositoryName })).imageDetails;
  isNow(detail.imagePushedAt, "imagePushedAt");
  equal(typeof detail.imageSizeInBytes, "number", "a size is a number");
  return imageManifest;
}

async function paginators(imageManifest) {
  for (const imageTag of ["v2", "v3"]) {
    await client.putImage({ repositoryName, imageManifest, imageTag });
  }
  const { nextToken } = await client.describeImageTags({ repositoryName, maxResults: 2 });
  for (const [startingToken, want] of [[undefined, [2, 1]], [nextToken, [1]]]) {
    const sizes = [];
    for await (const page of sdk.paginateDescribeImageTags({ client, pageSize: 2, startingToken }, { repositoryName })) {
      sizes.push(page.imageTagDetails.length);
    }
    equal(sizes, want, "the sizes of the pages");
  }
}

async function errors(imageManifest) {
  await refused(client.createRepository({ repositoryName }), sdk.RepositoryAlreadyExistsException);
  await refused(client.describeImages({ repositoryName, imageIds: [{ imageTag: "none" }] }), sdk.ImageNotFoundException);
  await refused(client.putImage({ repositoryName, imageManifest, imageTag: "v1" }), sdk.ImageAlreadyExistsException);
  await refused(client.describeImages({ repositoryName, maxResults: 0 }), sdk.InvalidParameterException);
  await refused(connect({ region: "us-west-2" }).getAuthorizationToken({}), sdk.UnsupportedCommandException);
  const { uploadId } = await client.initiateLayerUpload({ repositoryName });
  const part = { repositoryName, uploadId, partFirstByte: 7, partLastByte: 7, layerPartBlob: new Uint8Array(1) };
  await client.uploadLayerPart({ ...part, partFirstByte: 0, partLastByte: 0 });
  await refused(client.uploadLayerPart(part), sdk.InvalidLayerPartException, { repositoryName, uploadId, lastValidByteReceived: 0 });
  await refused(client.deleteRepository({ repositoryName }), sdk.RepositoryNotEmptyException);
}

async function retries() {
  const patient = connect({ maxAttempts: 3 });
  for (const fault of [{ effect: "throttle" }, { effect: "status", status: 503 }, { effect: "reset-before" }]) {
    await inject({ operation: "DescribeRepositories", times: 1, ...fault });
    const { $metadata } = await patient.describeRepositories({});
    equal($metadata.attempts, 2, `${fault.effect} is retried`);
  }
  await inject({ operation: "DescribeRepositories", times: 1, effect: "fail", code: "ServerException", message: "no" });
  const error = await client.describeRepositories({}).catch((error) => error);
  equal([error instanceof sdk.ServerException, error.$fault, error.message], [true, "server", "no"], "a failure of the service");
}

async function token() {
  const { authorizationData } = await client.getAuthorizationToken({});
  equal(/^AWS:[^:\s]+$/.test(Buffer.from(authorizationData.authorizationToken, "base64").toString()), true, "the token");
  isNow(authorizationData.expiresAt, "expiresAt", 12);
}

async function main() {
  await repositories();
  const imageManifest = await images();
  await paginators(imageManifest);
  await errors(imageManifest);
  await retries();
  await token();
  await client.deleteRepository({ repositoryName, force: true });
  await refused(client.describeImages({ repositoryName }), sdk.RepositoryNotFoundException);
}

main().then(
  () => console.log(`${passed} passed, 0 failed`),
  (error) => {
    console.error("FAILED:", error);
    process.exit(1);
  },
);
EOF
