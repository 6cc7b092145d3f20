import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeKeyPair } from "../../../src/adapters/age/passphrase.ts";
import { type Compression, compressions } from "../../../src/domain/manifest.ts";
import type { PartSource } from "../../../src/ports/repository.ts";
import { aManifest } from "../../../src/testing/manifest.ts";
import { temporaryDirectory } from "../../../src/testing/points.ts";
import { createRealRepository } from "../../../src/testing/real-archive-repository.ts";
import { describeTree, treeDifferences } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { documentedCommands } from "./commands.ts";
import { complaintsIn, follow, onlyThese } from "./follow.ts";

const ref = { host: "web01", unit: "odd shop", backupId: "2026-11-20T02-00-00Z" };
const data = { kind: "volume", name: "data" } as const;
const bind = { kind: "bind", name: "/srv/a:b %/file" } as const;
async function storedOddTree(
  scratch: string,
  compression: Compression,
  encryption?: { readonly recipients: readonly string[] },
) {
  const source = join(scratch, "source");
  await makeOddTree(source);
  const file = join(source, "text");
  const repository = createRealRepository(
    join(scratch, "repository"),
    compression,
    "local",
    encryption,
  );
  await repository.open();
  const writer = await repository.begin(ref);
  const sources: PartSource[] = [
    { ...data, source: "odd_data", tree: { path: source, type: "directory", exclude: [] } },
    { ...bind, source: bind.name, tree: { path: file, type: "file", exclude: [] } },
  ];
  const pending = await Promise.all(sources.map((each) => writer.store(each, {})));
  const parts = await Promise.all(pending.map((part) => part.settle()));
  await writer.publish(aManifest(ref, parts));
  return { source, point: join(scratch, "repository", ref.host, ref.unit, "latest") };
}

describe.skipIf(process.getuid?.() !== 0)("docs/format.md", () => {
  test.each(compressions)("its commands bring back every byte and attribute (%s)", async (way) => {
    await using scratch = await temporaryDirectory();
    const { source, point } = await storedOddTree(scratch.path, way);
    const { status, stdout, stderr, target } = follow(scratch.path, point);
    expect({ status, complaints: complaintsIn(stderr) }).toEqual({ status: 0, complaints: [] });
    expect(stdout.match(/^good /gm)).toHaveLength(2);
    const restored = join(target, "volume-data");
    expect(treeDifferences(describeTree(source), describeTree(restored))).toEqual([]);
    expect(await readdir(join(target, "bind-%2Fsrv%2Fa:b %25%2Ffile"))).toEqual(["text"]);
  });

  test("its commands open what is encrypted", async () => {
    await using scratch = await temporaryDirectory();
    const { identity, recipient } = await makeKeyPair();
    const { source, point } = await storedOddTree(scratch.path, "zstd", {
      recipients: [recipient],
    });
    const key = join(scratch.path, "the key.txt");
    await writeFile(key, `${identity}\n`);
    const { status, stdout, stderr, target } = follow(scratch.path, point, undefined, key);
    expect({ status, complaints: complaintsIn(stderr) }).toEqual({ status: 0, complaints: [] });
    expect(stdout.match(/^good .*\.age$/gm)).toHaveLength(2);
    const restored = join(target, "volume-data");
    expect(treeDifferences(describeTree(source), describeTree(restored))).toEqual([]);
    expect(await readdir(join(target, "bind-%2Fsrv%2Fa:b %25%2Ffile"))).toEqual(["text"]);
  });

  test("its commands stop at a damaged archive before anything is unpacked", async () => {
    await using scratch = await temporaryDirectory();
    const { point } = await storedOddTree(scratch.path, "zstd");
    const file = await open(join(point, "volume-data.tar.zst"), "r+");
    await file.write(Buffer.from("damage"), 0, 6, 1000);
    await file.close();
    const { status, stdout, target } = follow(scratch.path, point);
    expect(status).toBe(1);
    expect(stdout).toContain("DAMAGED volume-data.tar.zst");
    expect(await readdir(target)).toEqual([]);
  });

  test("its commands stop where the directory of a part is already there", async () => {
    await using scratch = await temporaryDirectory();
    const { point } = await storedOddTree(scratch.path, "zstd");
    const taken = join(scratch.path, "restored", "volume-data");
    const { status, stderr } = follow(scratch.path, point, () =>
      mkdirSync(taken, { recursive: true }),
    );
    expect({ status, said: stderr.includes("volume-data") }).toEqual({ status: 1, said: true });
    expect(await readdir(taken)).toEqual([]);
  });

  test("the pipe for an older tar gives the same tree", async () => {
    await using scratch = await temporaryDirectory();
    const { source, point } = await storedOddTree(scratch.path, "zstd");
    const [, flags = ""] = /^ {2}tar (.*?)"\$@"/ms.exec(documentedCommands("p", "t")) ?? [];
    const target = join(scratch.path, "piped");
    mkdirSync(target);
    const pipe = `zstd -dc '${point}/volume-data.tar.zst' | tar ${flags} -xf - -C '${target}'`;
    const PATH = onlyThese(join(scratch.path, "bin"));
    expect(spawnSync("/bin/sh", ["-c", pipe], { env: { PATH } }).status).toBe(0);
    expect(treeDifferences(describeTree(source), describeTree(target))).toEqual([]);
  });
});
