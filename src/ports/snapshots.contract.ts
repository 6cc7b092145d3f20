import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Tree } from "./capture.ts";
import type { Snapshots, SnapshotWay } from "./snapshots.ts";

const safetyName = ".stackhold-safety";

export interface SnapshotsUnderTest extends AsyncDisposable {
  readonly snapshots: Snapshots;
  /** An empty directory where snapshots can be taken. */
  readonly directory: string;
  /** The directory that holds `.stackhold-safety` while there are some. */
  readonly around: string;
  readonly way: SnapshotWay;
}

/** A tree with every kind of entry, and all there is to know about one, by name. */
export interface OddTree {
  make(directory: string): Promise<void>;
  describe(directory: string): Readonly<Record<string, string>>;
}

const treeAt = (path: string, exclude: readonly string[] = []): Tree => ({
  path,
  type: "directory",
  exclude,
});

/** What every Snapshots does where it can. */
export function snapshotsContract(
  name: string,
  make: () => Promise<SnapshotsUnderTest>,
  odd: OddTree,
): void {
  describe(name, () => {
    let subject: SnapshotsUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject[Symbol.asyncDispose]());
    const at = (...parts: string[]) => join(subject.directory, ...parts);

    /** Names and times around the tree, which nobody must notice a snapshot by. */
    function surroundings() {
      const { around, directory } = subject;
      return [around, directory, dirname(directory)].map((path) => ({
        path,
        names: readdirSync(path).sort(),
        mtime: statSync(path, { bigint: true }).mtimeNs,
      }));
    }

    function asOf(directory: string): Record<string, string> {
      const entries = Object.entries(odd.describe(directory));
      return Object.fromEntries(entries.filter(([path]) => !path.startsWith(`./${safetyName}`)));
    }

    it("offers its way, and leaves nothing of having tried", async () => {
      const before = surroundings();
      const tree = treeAt(subject.directory);
      expect(await subject.snapshots.way(tree)).toEqual({
        way: subject.way,
        estimatedMs: expect.any(Number),
      });
      await subject.snapshots.prepare([tree, tree]);
      expect(surroundings()).toEqual(before);
    });

    it("holds everything that a capture stores, exactly", async () => {
      await odd.make(subject.directory);
      const before = asOf(subject.directory);
      const snapshot = await subject.snapshots.take(treeAt(subject.directory), "run");
      expect(snapshot.way).toBe(subject.way);
      expect(asOf(snapshot.tree.path)).toEqual(before);
      expect(asOf(subject.directory)).toEqual(before);
      await snapshot.drop();
      expect(asOf(subject.directory)).toEqual(before);
    });

    it("tells that it goes on, a clone with every entry so far", async () => {
      await odd.make(subject.directory);
      const told: number[] = [];
      const onProgress = ({ files = 0 }) => void told.push(files);
      const tree = treeAt(subject.directory);
      const snapshot = await subject.snapshots.take(tree, "run", { onProgress });
      expect(told).toEqual([...told].sort((a, b) => a - b));
      const entries = Object.keys(asOf(subject.directory)).length;
      if (subject.way === "reflink") expect(told.at(-1)).toBeGreaterThanOrEqual(entries - 1);
      else expect(told).toEqual([0]);
      await snapshot.drop();
    });

    it("does not show what is written afterwards", async () => {
      mkdirSync(at("dir"));
      for (const file of ["rewritten", "appended", "removed", "renamed"]) {
        writeFileSync(at("dir", file), "before".repeat(10_000));
      }
      const before = asOf(subject.directory);
      const snapshot = await subject.snapshots.take(treeAt(subject.directory), "run");
      writeFileSync(at("dir", "rewritten"), "after!".repeat(10_000), { flag: "r+" });
      appendFileSync(at("dir", "appended"), "after");
      rmSync(at("dir", "removed"));
      renameSync(at("dir", "renamed"), at("elsewhere"));
      writeFileSync(at("dir", "new"), "after");
      utimesSync(at("dir"), 1, 1);
      expect(asOf(snapshot.tree.path)).toEqual(before);
      await snapshot.drop();
      expect(readFileSync(at("elsewhere"), "utf8")).toBe("before".repeat(10_000));
    });

    it("leaves no trace when it is dropped, which may be repeated", async () => {
      mkdirSync(at("dir"));
      writeFileSync(at("dir", "file"), "content");
      utimesSync(subject.around, 1_234_567_890, 1_234_567_890.5);
      const before = surroundings();
      const snapshot = await subject.snapshots.take(treeAt(subject.directory), "run");
      expect(statSync(subject.around, { bigint: true }).mtimeNs).toBe(before[0]?.mtime);
      await snapshot.drop();
      await snapshot.drop();
      expect(existsSync(snapshot.tree.path)).toBe(false);
      expect(surroundings()).toEqual(before);
    });

    it("keeps the excludes, and the snapshot from everybody's eyes", async () => {
      writeFileSync(at("file"), "content");
      const snapshot = await subject.snapshots.take(treeAt(subject.directory, ["cache/"]), "run");
      expect(snapshot.tree).toMatchObject({ type: "directory", exclude: ["cache/"] });
      const safety = join(subject.around, safetyName);
      expect(snapshot.tree.path.startsWith(`${safety}/`)).toBe(true);
      for (const path of [safety, ...readdirSync(safety).map((each) => join(safety, each))]) {
        expect(statSync(path).mode & 0o777).toBe(0o700);
      }
      await snapshot.drop();
    });

    it("takes several at the same time, each with a life of its own", async () => {
      writeFileSync(at("file"), "content");
      const before = surroundings();
      const tree = treeAt(subject.directory);
      const [first, second, third] = await Promise.all(
        ["a", "b", "a"].map((id) => subject.snapshots.take(tree, id)),
      );
      await Promise.all([first?.drop(), third?.drop()]);
      expect(readFileSync(join(second?.tree.path ?? "", "file"), "utf8")).toBe("content");
      await second?.drop();
      expect(surroundings()).toEqual(before);
    });

    it("takes a single file under its name", async () => {
      mkdirSync(at("dir"));
      writeFileSync(at("dir", "odd *\nname"), "before", { mode: 0o640 });
      const tree: Tree = { path: at("dir", "odd *\nname"), type: "file", exclude: [] };
      expect(await subject.snapshots.way(tree)).toMatchObject({ way: subject.way });
      const { mtimeNs } = statSync(tree.path, { bigint: true });
      const snapshot = await subject.snapshots.take(tree, "run");
      writeFileSync(tree.path, "after!");
      expect(snapshot.tree.path.endsWith("/odd *\nname")).toBe(true);
      expect(readFileSync(snapshot.tree.path, "utf8")).toBe("before");
      expect(statSync(snapshot.tree.path, { bigint: true }).mtimeNs).toBe(mtimeNs);
      expect(statSync(snapshot.tree.path).mode & 0o777).toBe(0o640);
      await snapshot.drop();
      expect(readdirSync(at("dir"))).toEqual(["odd *\nname"]);
    });

    it("takes none once it is cancelled", async () => {
      const before = surroundings();
      const activity = { signal: AbortSignal.abort() };
      const taking = subject.snapshots.take(treeAt(subject.directory), "run", activity);
      await expect(taking).rejects.toMatchObject({ code: "CANCELLED" });
      expect(surroundings()).toEqual(before);
    });

    it("sweeps nothing that a living process uses, and nothing of others", async () => {
      writeFileSync(at("file"), "content");
      const tree = treeAt(subject.directory);
      const snapshot = await subject.snapshots.take(tree, "run");
      const foreign = join(subject.around, safetyName, "2026-11-20T02-00-00Z-data");
      mkdirSync(foreign);
      expect(await subject.snapshots.sweep([tree])).toEqual([]);
      expect(readFileSync(join(snapshot.tree.path, "file"), "utf8")).toBe("content");
      await snapshot.drop();
      expect(existsSync(foreign)).toBe(true);
    });

    it("takes a tree that holds safety copies without them", async () => {
      writeFileSync(at("file"), "content");
      mkdirSync(at(safetyName, "old"), { recursive: true });
      writeFileSync(at(safetyName, "old", "file"), "old");
      const before = surroundings();
      const snapshot = await subject.snapshots.take(treeAt(subject.directory), "run");
      const names = readdirSync(snapshot.tree.path).filter((each) => each !== safetyName);
      expect(names).toEqual(["file"]);
      await snapshot.drop();
      expect(surroundings()).toEqual(before);
    });
  });
}
