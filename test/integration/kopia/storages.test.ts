import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { statusSchema } from "../../../src/adapters/kopia/answers.ts";
import type { KopiaStorage } from "../../../src/adapters/kopia/settings.ts";
import { type Secret, secretOf } from "../../../src/domain/secret.ts";
import { orSkip } from "../../bed/required.ts";
import { installRclone, makeRcloneRemote } from "../../bed/storage/rclone.ts";
import { installVersitygw, startS3 } from "../../bed/storage/s3.ts";
import { installSshd, startSftp } from "../../bed/storage/sftp.ts";
import { startWebdav } from "../../bed/storage/webdav.ts";
import { watchArgv } from "../../support/argv-watch.ts";
import { freePort } from "../../support/free-port.ts";
import { describeWithKopia, kopiaHome } from "../../support/kopia.ts";
import { testPassword } from "../../support/kopia-settings.ts";

/** A storage that runs here, and ways in which it is not what it should be. */
interface Case extends AsyncDisposable {
  readonly storage: KopiaStorage;
  /** Kopia's name of it. */
  readonly kind: string;
  readonly secrets: readonly string[];
  readonly withWrongCredentials?: KopiaStorage;
  readonly unreachable: KopiaStorage;
  /** Refused, and what is said. */
  readonly refused?: readonly (readonly [KopiaStorage, RegExp])[];
}

const secrets = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, secretOf(value)])) as {
    [key: string]: Secret;
  };

async function s3Case(tls: boolean): Promise<Case> {
  const server = await startS3({ tls });
  const { endpoint, bucket, accessKey, secretKey, caFile } = server;
  const keys = { access_key: secretOf(accessKey), secret_key: secretOf(secretKey) };
  const ca = caFile === undefined ? {} : { ca_file: caFile };
  const storage = {
    type: "s3",
    endpoint,
    bucket,
    region: "us-east-1",
    prefix: "web01/",
    ...keys,
    ...ca,
  } as const;
  const away = `${tls ? "https" : "http"}://127.0.0.1:${await freePort()}`;
  const { ca_file: _, ...trusting } = { ca_file: "", ...storage };
  return {
    storage,
    kind: "s3",
    secrets: [secretKey],
    withWrongCredentials: { ...storage, secret_key: secretOf("another-secret-key") },
    unreachable: { ...storage, endpoint: away },
    refused: [
      [{ ...storage, bucket: "nowhere" }, /no such bucket/],
      ...(tls ? [[trusting, /cannot prove/] as const] : []),
    ],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function sftpCase(type: "sftp" | "tailscale"): Promise<Case> {
  const server = await startSftp();
  const { port, user, directory: path } = server;
  const keys = { key_file: server.keyFile, known_hosts_file: server.knownHostsFile };
  const at = type === "sftp" ? { type, host: server.host } : { type, peer: "localhost" };
  const storage = { ...at, port, user, path, ...keys };
  return {
    storage,
    kind: "sftp",
    secrets: [],
    withWrongCredentials: { ...storage, key_file: server.strangersKeyFile },
    unreachable: { ...storage, port: await freePort() },
    refused: [
      [{ ...storage, known_hosts_file: server.falseKnownHostsFile }, /cannot prove/],
      [{ ...storage, known_hosts_file: "/dev/null" }, /cannot prove/],
    ],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function webdavCase(): Promise<Case> {
  const server = await startWebdav();
  const { url, username, password } = server;
  const storage = { type: "webdav", url, username, ...secrets({ password }) } as const;
  return {
    storage,
    kind: "webdav",
    secrets: [password],
    withWrongCredentials: { ...storage, password: secretOf("another-password") },
    unreachable: { ...storage, url: `http://127.0.0.1:${await freePort()}` },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function rcloneCase(): Promise<Case> {
  const keep = await makeRcloneRemote();
  const storage = { type: "rclone", remote: keep.remote, config_file: keep.configFile } as const;
  return {
    storage,
    kind: "rclone",
    secrets: [],
    unreachable: { ...storage, remote: keep.awayRemote },
    refused: [[{ ...storage, remote: "nowhere:backups" }, /rclone does not start: .*nowhere/]],
    [Symbol.asyncDispose]: () => keep[Symbol.asyncDispose](),
  };
}

const hasS3 = (await orSkip(["versitygw"], installVersitygw)) !== undefined;
const hasSshd = (await orSkip(["sftp"], installSshd)) !== undefined;
const hasRclone = (await orSkip(["rclone"], installRclone)) !== undefined;

const cases: [string, boolean, () => Promise<Case>][] = [
  ["S3 without TLS", hasS3, () => s3Case(false)],
  ["S3 with an authority of its own", hasS3, () => s3Case(true)],
  ["SFTP", hasSshd, () => sftpCase("sftp")],
  ["a peer of a tailnet", hasSshd, () => sftpCase("tailscale")],
  ["WebDAV", hasRclone, webdavCase],
  ["rclone", hasRclone, rcloneCase],
];

const snapshotsSchema = z.array(z.looseObject({ id: z.string() }));
const longestMs = 60_000;

/** How a connection fails, and that it did so in time. */
async function failure(storage: KopiaStorage, more: { password?: Secret; create?: boolean } = {}) {
  await using home = await kopiaHome();
  const { create = true, ...settings } = more;
  const began = performance.now();
  const thrown = await home
    .client(storage, settings)
    .connect({ create })
    .then(
      (outcome) => ({ outcome }),
      (error: unknown) => error,
    );
  expect(performance.now() - began).toBeLessThan(longestMs);
  return thrown;
}

describeWithKopia("a Kopia repository", () => {
  describe.each(cases.filter(([, isHere]) => isHere))("on %s", (_, __, start) => {
    it("is made, used and found again by whoever has nothing but its settings", async () => {
      await using at = await start();
      await using home = await kopiaHome();
      const tree = join(home.root, "tree");
      await mkdir(tree);
      await writeFile(join(tree, "file"), "content");
      using argv = watchArgv();

      const client = home.client(at.storage);
      expect(await client.connect({ create: true })).toBe("made");
      await client.run(["snapshot", "create", tree, "--no-progress"]);
      expect(
        (await client.ask(statusSchema, ["repository", "status", "--json"])).storage.type,
      ).toBe(at.kind);
      expect(await home.client(at.storage).connect({ create: true })).toBe("found");

      await using other = await kopiaHome();
      const elsewhere = other.client(at.storage);
      expect(await elsewhere.connect({ create: false })).toBe("found");
      const points = await elsewhere.ask(snapshotsSchema, ["snapshot", "list", "--all", "--json"]);
      expect(points).toHaveLength(1);

      const seen = argv.seen().filter((line) => /\bkopia\b/.test(line));
      expect(seen).toContainEqual(expect.stringMatching(/repository create/));
      for (const secret of [testPassword, ...at.secrets]) {
        expect(seen.filter((line) => line.includes(secret))).toEqual([]);
      }
    });

    it("refuses a wrong password and wrong credentials, and says where it cannot be reached", async () => {
      await using at = await start();
      expect(await failure(at.storage, { create: false })).toMatchObject({
        code: "REPOSITORY_UNUSABLE",
        message: "repository offsite: there is no repository",
      });
      await using home = await kopiaHome();
      await home.client(at.storage).connect({ create: true });
      expect(await failure(at.storage, { password: secretOf("another") })).toMatchObject({
        code: "WRONG_CREDENTIALS",
        message: "repository offsite: the password is wrong",
      });
      if (at.withWrongCredentials !== undefined) {
        expect(await failure(at.withWrongCredentials)).toMatchObject({
          code: "WRONG_CREDENTIALS",
          message: expect.stringMatching(
            /^repository offsite: its storage refuses the credentials/,
          ),
        });
      }
      expect(await failure(at.unreachable)).toMatchObject({
        code: "REPOSITORY_UNUSABLE",
        message: expect.stringMatching(
          /^repository offsite: its storage (cannot be reached|did not answer)/,
        ),
      });
      for (const [storage, says] of at.refused ?? []) {
        expect(await failure(storage)).toMatchObject({
          code: "REPOSITORY_UNUSABLE",
          message: expect.stringMatching(says),
        });
      }
    });
  });
});
