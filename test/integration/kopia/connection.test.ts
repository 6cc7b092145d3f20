import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { statusSchema } from "../../../src/adapters/kopia/answers.ts";
import type { KopiaClient } from "../../../src/adapters/kopia/client.ts";
import { createKopiaPlace } from "../../../src/adapters/kopia/place.ts";
import { allPolicies, hostPolicyChange } from "../../../src/adapters/kopia/points/source-policy.ts";
import type { KopiaStorage } from "../../../src/adapters/kopia/settings.ts";
import { kopiaCompressions, kopiaEncryptions } from "../../../src/config/schema/repositories.ts";
import { secretOf } from "../../../src/domain/secret.ts";
import { run } from "../../bed/run.ts";
import {
  describeWithKopia,
  type KopiaHome,
  kopiaDeps,
  kopiaHome,
  kopiaProgram,
} from "../../support/kopia.ts";

const directory = (home: KopiaHome): KopiaStorage => ({
  type: "filesystem",
  path: join(home.root, "repository"),
});

const status = ["repository", "status", "--json"];
const shownSchema = z.looseObject({
  files: z.looseObject({
    ignore: z.array(z.string()).nullish(),
    maxFileSize: z.number().nullish(),
    oneFileSystem: z.boolean().nullish(),
  }),
});

/** What a point of the host begins with; whether there was something to do. */
async function settleHost(client: KopiaClient, compression: string): Promise<boolean> {
  const change = hostPolicyChange(await allPolicies(client), "web01", compression);
  if (change !== undefined) await client.run(change);
  return change !== undefined;
}

const snapshotsSchema = z.array(z.looseObject({ id: z.string() }));

async function made() {
  const home = await kopiaHome();
  const storage = directory(home);
  expect(await home.client(storage).connect({ create: true })).toBe("made");
  return { home, storage, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() };
}

describeWithKopia("a connection with a Kopia repository", () => {
  it("is private: configuration, cache and password are nowhere else", async () => {
    await using at = await made();
    const { home, storage } = at;
    const userHome = join(home.root, "user");
    await mkdir(userHome);
    const deps = kopiaDeps({ HOME: userHome });
    await using other = await kopiaHome(deps);
    await other.client(storage).connect({ create: false });
    expect(await readdir(userHome)).toEqual([]);
    expect((await readdir(join(other.root, "state"))).toSorted()).toEqual([
      "connection.json",
      "repository.config",
    ]);
    const modes = async (...names: string[]) =>
      Promise.all(
        names.map(async (n) => ((await stat(join(other.root, n))).mode & 0o777).toString(8)),
      );
    expect(
      await modes("state", "cache", "state/repository.config", "state/connection.json"),
    ).toEqual(["700", "700", "600", "600"]);
    const texts = ["repository.config", "connection.json"].map((n) =>
      readFile(join(other.root, "state", n), "utf8"),
    );
    expect((await Promise.all(texts)).join("")).not.toContain("repository-password");
  });

  it("leaves nothing out and lets nothing expire, whatever Kopia's own policies are", async () => {
    await using at = await made();
    const client = at.home.client(at.storage);
    await client.connect({ create: false });
    const owner = "stackhold@web01";
    const hostile = ["--add-ignore=*.db", "--max-file-size=1000", "--one-file-system=true"];
    const more = ["--add-dot-ignore=.kopiaignore", "--ignore-cache-dirs=true", "--keep-latest=1"];
    for (const target of ["--global", owner]) {
      await client.run(["policy", "set", target, ...hostile, ...more]);
      await settleHost(client, "pgzip");
      const { files, ...rest } = await client.ask(shownSchema, ["policy", "show", owner, "--json"]);
      expect(rest).toMatchObject({
        retention: { keepLatest: 1_000_000 },
        compression: { compressorName: "pgzip" },
      });
      expect(files).toMatchObject({ ignoreDotFiles: [".no-such-file"], ignoreCacheDirs: false });
      expect(files.ignore ?? []).not.toContain("*.db");
      expect([files.maxFileSize ?? 0, files.oneFileSystem ?? false]).toEqual([0, false]);
    }
    expect(await settleHost(client, "pgzip")).toBe(false);
    expect(await settleHost(client, "none")).toBe(true);
  });

  it.each(kopiaEncryptions)("encrypts as it was told: %s", async (encryption) => {
    await using home = await kopiaHome();
    const client = home.client(directory(home), { encryption });
    await client.connect({ create: true });
    const { contentFormat } = await client.ask(statusSchema, status);
    expect(contentFormat.encryption).toBe(encryption);
  });

  it("knows every compression and encryption that Kopia knows", async () => {
    const refused = async (...args: string[]) => {
      const { stderr } = await run([kopiaProgram, ...args], { allowFailure: true });
      return /must be one of (\S+), got/.exec(stderr)?.[1]?.split(",") ?? [];
    };
    const compressions = await refused("policy", "set", "--global", "--compression=x");
    expect(compressions.filter((name) => name !== "inherit").toSorted()).toEqual(
      kopiaCompressions.toSorted(),
    );
    const create = ["repository", "create", "filesystem", "--path=/nowhere", "--encryption=x"];
    expect((await refused(...create)).toSorted()).toEqual(kopiaEncryptions.toSorted());
  });

  it("has the limits that it is told, and loses those that it is told no longer", async () => {
    await using at = await made();
    const limits = { cacheBytes: 80_000_000, uploadLimit: 2_000_000, downloadLimit: 3_000_000 };
    const config = () => readFile(join(at.home.root, "state/repository.config"), "utf8");
    await at.home.client(at.storage, limits).connect({ create: false });
    expect(JSON.parse(await config())).toMatchObject({
      caching: {
        cacheDirectory: "../cache",
        maxCacheSize: 40_000_000,
        contentCacheSizeLimitBytes: 40_000_000,
        maxMetadataCacheSize: 40_000_000,
        metadataCacheSizeLimitBytes: 40_000_000,
      },
      throttlingLimits: {
        maxUploadSpeedBytesPerSecond: 2_000_000,
        maxDownloadSpeedBytesPerSecond: 3_000_000,
      },
    });
    await at.home.client(at.storage).connect({ create: false });
    expect(JSON.parse(await config()).throttlingLimits).toBeUndefined();
  });

  it("keeps its cache when the password is wrong or the repository away", async () => {
    await using at = await made();
    const { home, storage } = at;
    const tree = join(home.root, "tree");
    await mkdir(tree);
    await writeFile(join(tree, "file"), "content");
    const client = home.client(storage);
    await client.connect({ create: false });
    await client.run(["snapshot", "create", tree, "--no-progress"]);
    const cached = () => readdir(join(home.root, "cache"), { recursive: true });
    const before = await cached();

    const wrong = home.client(storage, { password: secretOf("another") });
    await expect(wrong.connect({ create: true })).rejects.toMatchObject({
      code: "WRONG_CREDENTIALS",
      message: "repository offsite: the password is wrong",
    });
    const [here, away] = [join(home.root, "repository"), join(home.root, "away")];
    await rename(here, away);
    await expect(home.client(storage).connect({ create: false })).rejects.toMatchObject({
      code: "REPOSITORY_UNUSABLE",
      message: "repository offsite: there is no repository",
    });
    await rename(away, here);
    expect(before.filter((name) => name.startsWith("metadata/"))).not.toEqual([]);
    expect(await cached()).toEqual(
      expect.arrayContaining(before.filter((name) => /^metadata|^index-blobs/.test(name))),
    );
    const again = home.client(storage);
    await again.connect({ create: false });
    expect(await again.ask(snapshotsSchema, ["snapshot", "list", "--all", "--json"])).toHaveLength(
      1,
    );
  });

  it("writes nothing with the keys of a repository that lay there before", async () => {
    await using at = await made();
    const { home, storage } = at;
    const tree = join(home.root, "tree");
    await mkdir(tree);
    await home.client(storage).connect({ create: false });
    await rm(join(home.root, "repository"), { recursive: true });
    const client = home.client(storage, { encryption: "CHACHA20-POLY1305-HMAC-SHA256" });
    expect(await client.connect({ create: true })).toBe("made");
    await client.run(["snapshot", "create", tree, "--no-progress"]);
    // Somebody without anything in a cache.
    await using stranger = await kopiaHome();
    const other = stranger.client(storage);
    await other.connect({ create: false });
    expect((await other.ask(statusSchema, status)).contentFormat.encryption).toMatch(/^CHACHA20/);
    expect(await other.ask(snapshotsSchema, ["snapshot", "list", "--all", "--json"])).toHaveLength(
      1,
    );
  });

  it("is made once, however many ask at the same time", async () => {
    await using home = await kopiaHome();
    const client = home.client(directory(home));
    const asked = [1, 2, 3].map(() => client.connect({ create: true }));
    expect(await Promise.all(asked)).toEqual(["made", "found", "found"]);
  });

  it("is looked for without making anything, and refused where other data lies", async () => {
    await using home = await kopiaHome();
    const storage = directory(home);
    const deps = { ...kopiaDeps(), capture: { space: async () => ({}) as never } };
    const place = () => createKopiaPlace(home.settings(storage), home.client(storage), deps);
    expect([await place().exists(), await place().examine()]).toEqual([false, "made"]);
    expect(await readdir(home.root)).not.toContain("repository");
    await mkdir(join(home.root, "repository"));
    await writeFile(join(home.root, "repository", "holiday.jpg"), "x");
    const refusal = {
      code: "REPOSITORY_UNUSABLE",
      message: expect.stringMatching(/other data lies/),
    };
    await expect(place().examine()).rejects.toMatchObject(refusal);
    await expect(place().open()).rejects.toMatchObject(refusal);
    expect(await place().exists()).toBe(true);
  });

  it("names what is missing: kopia itself, or a newer one", async () => {
    await using home = await kopiaHome();
    const bin = join(home.root, "bin");
    await mkdir(bin);
    const connect = async () => {
      await using other = await kopiaHome(kopiaDeps({ PATH: `${bin}:/usr/bin:/bin` }));
      return await other.client(directory(home)).connect({ create: true });
    };
    await expect(connect()).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: expect.stringMatching(/^kopia is not installed: \d+\.\d+\.\d+ or newer is needed$/),
    });
    const says = async (text: string) =>
      writeFile(join(bin, "kopia"), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
    await says("0.8.4 build: x from: y");
    await expect(connect()).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: expect.stringMatching(
        /^kopia 0\.8\.4 is too old: \d+\.\d+\.\d+ or newer is needed$/,
      ),
    });
    await says("hello");
    await expect(connect()).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });

  it("is shown to be writable when it is opened", async () => {
    await using at = await made();
    const { home, storage } = at;
    const path = join(home.root, "repository");
    const deps = { ...kopiaDeps(), capture: { space: async () => undefined as never } };
    const open = () => createKopiaPlace(home.settings(storage), home.client(storage), deps).open();
    const before = await readdir(path);
    expect(await open()).toBe("found");
    expect(await readdir(path)).toEqual(before);
    await run(["mount", "--bind", path, path]);
    try {
      await run(["mount", "-o", "remount,ro,bind", path]);
      await expect(open()).rejects.toMatchObject({
        code: "REPOSITORY_UNUSABLE",
        message: `repository offsite at ${path}: it is on a read-only file system`,
      });
    } finally {
      await run(["umount", path]);
    }
  });

  it("tells a full disk", async () => {
    await using at = await made();
    const small = join(at.home.root, "small");
    await mkdir(small);
    await run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
    try {
      await cp(join(at.home.root, "repository"), small, { recursive: true });
      const tree = join(at.home.root, "tree");
      await mkdir(tree);
      for (let n = 0; n < 40; n += 1) {
        await writeFile(join(tree, `${n}`), crypto.getRandomValues(new Uint8Array(60_000)));
      }
      const client = at.home.client({ type: "filesystem", path: small });
      await client.connect({ create: false });
      await expect(
        client.run(["snapshot", "create", tree, "--no-progress"], { timeoutMs: 60_000 }),
      ).rejects.toMatchObject({
        code: "NO_SPACE",
        message: expect.stringMatching(/storage is full/),
      });
    } finally {
      await run(["umount", small]);
    }
  });

  it("ends kopia when it is cancelled, and says so", async () => {
    await using at = await made();
    const client = at.home.client(at.storage);
    await client.connect({ create: false });
    const stop = new AbortController();
    const endless = client.stream(
      ["snapshot", "create", "--stdin-file=x", at.home.root, "--no-progress"],
      () => {},
      { signal: stop.signal, onLine: () => {}, stdin: 0 },
    );
    stop.abort();
    await expect(endless).rejects.toMatchObject({ code: "CANCELLED" });
  });
});
