import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { KopiaStorage } from "../../../src/adapters/kopia/settings.ts";
import { secretOf } from "../../../src/domain/secret.ts";
import { type CloudAnswer, startClouds } from "../../bed/storage/clouds.ts";
import { watchArgv } from "../../support/argv-watch.ts";
import {
  describeWithKopia,
  kopiaDeps,
  kopiaHome,
  kopiaProgram,
  pathWithKopia,
} from "../../support/kopia.ts";

const secret = "cloud-secret-of-the-test";

/** What the clouds document for credentials that they do not take. */
const refusals: Readonly<Record<string, CloudAnswer>> = {
  b2: {
    status: 401,
    body: JSON.stringify({ status: 401, code: "unauthorized", message: "" }),
  },
  azure: {
    status: 403,
    headers: { "x-ms-error-code": "AuthenticationFailed", "content-type": "application/xml" },
    body: "<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message></Error>",
  },
  gcs: {
    status: 400,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: "invalid_grant", error_description: "Invalid JWT Signature." }),
  },
};

async function serviceAccount(directory: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = join(directory, "account.json");
  const account = {
    type: "service_account",
    project_id: "p",
    private_key_id: "k",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    client_email: "backup@p.iam.gserviceaccount.com",
    token_uri: "https://oauth2.googleapis.com/token",
  };
  await writeFile(file, JSON.stringify(account), { mode: 0o600 });
  return file;
}

const storages: [string, RegExp, (directory: string) => Promise<KopiaStorage>][] = [
  [
    "b2",
    /^GET api\.backblazeb2\.com\/b2api/,
    async () => ({ type: "b2", bucket: "b", key_id: secretOf("id"), key: secretOf(secret) }),
  ],
  [
    "azure",
    /^\w+ account\.blob\.core\.windows\.net\/box/,
    async () => ({
      ...{ type: "azure", container: "box", account: "account" },
      key: secretOf(Buffer.from(secret).toString("base64")),
    }),
  ],
  [
    "gcs",
    /^POST oauth2\.googleapis\.com\/token/,
    async (directory) => ({
      ...{ type: "gcs", bucket: "b" },
      credentials_file: await serviceAccount(directory),
    }),
  ],
];

describeWithKopia("a cloud that does not take the credentials", () => {
  it.each(storages)("is told as that in time: %s", async (kind, asked, storageIn) => {
    await using clouds = await startClouds(() => refusals[kind] ?? { status: 500, body: "" });
    await using place = await kopiaHome();
    const bin = join(place.root, "bin");
    await mkdir(bin);
    const exports = Object.entries(clouds.env).map(([name, value]) => `export ${name}='${value}'`);
    const script = ["#!/bin/sh", ...exports, `exec ${kopiaProgram} "$@"`, ""].join("\n");
    await writeFile(join(bin, "kopia"), script, { mode: 0o755 });
    await using home = await kopiaHome(kopiaDeps({ PATH: `${bin}:${pathWithKopia()}` }));
    using argv = watchArgv();
    const storage = await storageIn(place.root);
    const began = performance.now();
    await expect(home.client(storage).connect({ create: true })).rejects.toMatchObject({
      code: "WRONG_CREDENTIALS",
      message: expect.stringMatching(/^repository offsite: its storage refuses the credentials: /),
    });
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(clouds.requests).toContainEqual(expect.stringMatching(asked));
    const seen = argv.seen().filter((line) => /\bkopia\b/.test(line));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join("\n")).not.toMatch(new RegExp(`${secret}|${btoa(secret)}`));
  });
});
