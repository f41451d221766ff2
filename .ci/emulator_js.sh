#!/usr/bin/env bash
# Runs a short scenario with the AWS SDK for JavaScript: emulator_js.sh URL
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

const client = new sdk.ECRPUBLIC({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "EMULATOR",
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "emulator",
  },
  maxAttempts: 1,
});
const repositoryName = `js/app-${process.pid}`;
const digest = (data) => "sha256:" + createHash("sha256").update(data).digest("hex");
let passed = 0;

function equal(got, want, what) {
  assert.deepEqual(got, want, what);
  passed++;
}

async function refused(call, type, what) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof type, `${what}: ${error}`);
    assert.equal(error.$metadata.httpStatusCode, 400, what);
    return true;
  });
  passed++;
}

async function push(layerPartBlob) {
  const { uploadId } = await client.initiateLayerUpload({ repositoryName });
  const partLastByte = layerPartBlob.length - 1;
  const part = await client.uploadLayerPart({ repositoryName, uploadId, partFirstByte: 0, partLastByte, layerPartBlob });
  equal(part.lastByteReceived, partLastByte, "lastByteReceived");
  const layer = await client.completeLayerUpload({ repositoryName, uploadId, layerDigests: [digest(layerPartBlob)] });
  equal(layer.layerDigest, digest(layerPartBlob), "layerDigest");
}

async function main() {
  const { repository } = await client.createRepository({ repositoryName, tags: [{ Key: "team", Value: "a" }] });
  equal(repository.repositoryName, repositoryName, "the repository's name");
  equal(repository.createdAt instanceof Date, true, "createdAt");
  await refused(client.createRepository({ repositoryName }), sdk.RepositoryAlreadyExistsException, "a repository that exists");
  const { tags } = await client.listTagsForResource({ resourceArn: repository.repositoryArn });
  equal(tags, [{ Key: "team", Value: "a" }], "tags");

  const config = Buffer.from("{}");
  const layer = Buffer.alloc(100_000, "layer");
  await push(config);
  await push(layer);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digest(config), size: config.length },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digest(layer), size: layer.length }],
  });
  const { image } = await client.putImage({ repositoryName, imageManifest, imageTag: "v1" });
  equal(image.imageId, { imageDigest: digest(imageManifest), imageTag: "v1" }, "the image's id");
  equal(image.imageManifest, imageManifest, "the image's manifest");

  const details = [];
  for await (const page of sdk.paginateDescribeImages({ client, pageSize: 1 }, { repositoryName })) {
    details.push(...page.imageDetails);
  }
  equal(details.map((d) => [d.imageSizeInBytes, d.imageTags]), [[layer.length, ["v1"]]], "the images");
  await refused(client.describeImages({ repositoryName, imageIds: [{ imageTag: "v2" }] }), sdk.ImageNotFoundException, "an unknown image");
  await refused(client.deleteRepository({ repositoryName }), sdk.RepositoryNotEmptyException, "a repository with images");
  await client.deleteRepository({ repositoryName, force: true });
  await refused(client.describeImages({ repositoryName }), sdk.RepositoryNotFoundException, "a repository that is gone");

  const { authorizationData } = await client.getAuthorizationToken({});
  equal(Buffer.from(authorizationData.authorizationToken, "base64").toString().startsWith("AWS:"), true, "the token");
  equal(authorizationData.expiresAt > new Date(), true, "the token's end");
}

main().then(
  () => console.log(`${passed} passed, 0 failed`),
  (error) => {
    console.error("FAILED:", error);
    process.exit(1);
  },
);
EOF
