import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PartKind } from "../../../src/domain/part.ts";
import type { PointRef, Repository } from "../../../src/ports/repository.ts";
import { aManifest } from "../../../src/testing/manifest.ts";
import { describeWithKopia } from "../../support/kopia.ts";
import { filesystemSettings, kopiaRunner, openKopia } from "../../support/real-kopia-repository.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const later = { ...ref, backupId: "2026-11-20T03-00-00Z" };
const data = { kind: "volume", name: "data" } as const;
const recipe = { kind: "recipe", name: "" } as const;

/** As of two hosts that were given one name: neither sees what the other one claims. */
describeWithKopia("two Stackholds of one name in one repository", () => {
  let root: string;
  let one: Repository;
  let other: Repository;

  const opened = async (name: string) => {
    const settings = await filesystemSettings(root);
    const own = { stateDir: join(root, name), cacheDir: join(root, `${name}-cache`) };
    const repository = await openKopia({ ...settings, ...own }, await kopiaRunner());
    await repository.open();
    return repository;
  };
  const writing = async (repository: Repository, of: PointRef, text: string) => {
    const writer = await repository.begin(of, { recent: true });
    const parts = await Promise.all(
      [data, recipe].map(async ({ kind, name }: { kind: PartKind; name: string }) => {
        const path = await mkdtemp(join(root, `${kind}-`));
        await writeFile(join(path, "file"), text);
        const tree = { path, type: "directory", exclude: [] } as const;
        return (await writer.store({ kind, name, source: name, tree }, {})).settle();
      }),
    );
    return { writer, publish: () => writer.publish(aManifest(of, parts)) };
  };
  const contentOf = async (
    repository: Repository,
    of: PointRef,
    part: typeof data | typeof recipe,
  ) => {
    const to = join(root, `restored-${part.kind}`);
    await mkdir(to);
    await (await repository.read(of)).extract(part, to, {});
    const text = await readFile(join(to, "file"), "utf8");
    await rm(to, { recursive: true });
    return text;
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "stackhold-names-"));
    await mkdir(join(root, "storage"), { mode: 0o700 });
    one = await opened("one");
    other = await opened("other");
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("do not publish one point twice, and leave the one that is there", async () => {
    const mine = await writing(one, ref, "mine");
    const theirs = await writing(other, ref, "theirs");
    await mine.publish();
    await expect(theirs.publish()).rejects.toMatchObject({ code: "BACKUP_FAILED" });
    await theirs.writer.discard();
    const reader = await one.read(ref);
    expect(await reader.verify({ deep: true }, {})).toEqual([]);
    expect(await contentOf(one, ref, data)).toBe("mine");
  });

  it("know of what they did themselves without asking again", async () => {
    const { publish } = await writing(one, later, "later");
    const { parts } = await publish();
    expect(parts).toMatchObject([
      { kind: "volume", kopia: { tree: expect.any(String) } },
      { kind: "recipe", kopia: { sidecar: expect.stringMatching(/^k[0-9a-f]+\/[12]$/) } },
    ]);
    const listed = await one.list({}, { recent: true });
    expect(listed.map(({ backupId }) => backupId)).toEqual([later.backupId, ref.backupId]);
    expect(listed).toEqual(await other.list({}));
    await one.remove(ref);
    const left = await one.list({}, { recent: true });
    expect(left.map(({ backupId }) => backupId)).toEqual([later.backupId]);
  });

  it("keep of what Stackhold gathered no tree of Kopia's, and give it back", async () => {
    const { manifest } = await one.read(later);
    expect(manifest.parts[1]?.kopia?.tree).toBeUndefined();
    expect(manifest.parts[1]?.archives.map(({ file }) => file)).toEqual(["hot.tar"]);
    expect(await contentOf(one, later, recipe)).toBe("later");
  });
});
