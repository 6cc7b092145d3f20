import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Repository } from "../../../src/ports/repository.ts";
import { publishPoint } from "../../../src/testing/points.ts";
import {
  type KopiDockaRepository,
  makeKopiDockaRepository,
} from "../../support/kopi-docka-repository.ts";
import { kopiaRunner, openKopia } from "../../support/real-kopia-repository.ts";

const theirs = { host: "web01", unit: "shop", backupId: "6f1c7b0e-0d0e-4f6c-8a54-0d7f4a3f1c01" };
const own = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const later = { ...own, backupId: "2026-11-21T02-00-00Z" };

let kopia: KopiDockaRepository;
let repository: Repository;
let tree = "";
/** Policies before Stackhold came. */
let before: readonly string[] = [];

const tags = {
  ...{ type: "volume", unit: "shop", volume: "shop_data", backup_id: theirs.backupId },
  ...{ backup_format: "direct", backup_scope: "minimal" },
};

beforeAll(async () => {
  kopia = await makeKopiDockaRepository();
  tree = join(kopia.scratch, "tree");
  mkdirSync(tree);
  writeFileSync(join(tree, "file"), "theirs");
  await kopia.kopia(["policy", "set", "--global", "--keep-latest=1", "--add-ignore=*"]);
  for (const kind of ["hourly", "daily", "weekly", "monthly", "annual"]) {
    await kopia.kopia(["policy", "set", "--global", `--keep-${kind}=0`]);
  }
  await kopia.kopia([
    "policy",
    "set",
    tree,
    "--clear-ignore",
    "--inherit=false",
    "--keep-latest=3",
  ]);
  await kopia.snapshot(tree, tags);
  before = [await policyOf("--global"), await policyOf(tree)];
  repository = await openKopia(kopia.settings, await kopiaRunner());
});
afterAll(() => kopia[Symbol.asyncDispose]());

const policies = async (): Promise<unknown[]> =>
  JSON.parse(await kopia.kopia(["policy", "list", "--json"]));
const policyOf = (target: string) => kopia.kopia(["policy", "show", target, "--json"]);

it("lists and reads its own points and those of Kopi-Docka in one repository", async () => {
  await publishPoint(repository, own, undefined, "ours");
  const points = await repository.list({ host: "web01" });
  expect(points.map(({ backupId, writtenBy, status }) => [backupId, writtenBy, status])).toEqual([
    [theirs.backupId, "kopi-docka", "complete"],
    [own.backupId, undefined, "complete"],
  ]);
  const poured: string[] = [];
  for (const [ref, path] of [
    [own, "inner/file"],
    [theirs, "file"],
  ] as const) {
    const reader = await repository.read(ref);
    const keep = async (bytes: Uint8Array) => void poured.push(Buffer.from(bytes).toString());
    await reader.pour({ kind: "volume", name: "data" }, path, keep, {});
  }
  expect(poured).toEqual(["ours", "theirs"]);
});

it("never changes a point of Kopi-Docka", async () => {
  const stored = JSON.stringify(await kopia.snapshots());
  for (const change of [() => repository.remove(theirs), () => repository.pin(theirs, true)]) {
    await expect(change()).rejects.toMatchObject({ code: "NOT_AVAILABLE" });
  }
  expect(JSON.stringify(await kopia.snapshots())).toBe(stored);
  const unknown = { ...theirs, unit: "blog" };
  for (const work of [() => repository.read(unknown), () => repository.remove(unknown)]) {
    await expect(work()).rejects.toMatchObject({ code: "UNKNOWN_POINT" });
  }
});

it("stores under a policy of its own, and leaves those of others as they are", async () => {
  await publishPoint(repository, later, undefined, "later");
  expect([await policyOf("--global"), await policyOf(tree)]).toEqual(before);
  const targets = JSON.stringify(await policies());
  expect(targets).toContain('"userName":"stackhold"');
  // Their program may have Kopia apply what they say of all sources.
  await kopia.kopia(["snapshot", "expire", "--all", "--delete"]);
  const points = await repository.list({ host: "web01" });
  expect(points.map(({ backupId }) => backupId)).toContain(own.backupId);
  const reader = await repository.read(own);
  expect(await reader.verify({ deep: true }, {})).toEqual([]);
});
