import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTarCapture } from "../../../src/adapters/tar/tar-capture.ts";
import { formatBackupId } from "../../../src/domain/backup-id.ts";
import type { StoredEntry } from "../../../src/domain/stored-entry.ts";
import type { Runner } from "../../../src/exec/runner.ts";
import type { Tree } from "../../../src/ports/capture.ts";
import type { PointReader } from "../../../src/ports/repository.ts";
import type { TwoPhase } from "../../../src/ports/two-phase.ts";
import { aManifest } from "../../../src/testing/manifest.ts";
import { describeTree, treeDifferences } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { ageMs } from "../../histories/racy-time.ts";
import {
  type KopiaUnderTest,
  kopiaRunner,
  makeKopia,
} from "../../support/real-kopia-repository.ts";

/** Wants root: owners, devices, mounts. */
let root = "";
let under: KopiaUnderTest;
let runner: Runner;
let points = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stackhold-exact-"));
  runner = await kopiaRunner();
  under = await makeKopia();
  await under.repository.open();
});
afterAll(async () => {
  await under?.dispose();
  rmSync(root, { recursive: true });
});

const part = { kind: "volume", name: "data" } as const;
const sh = (script: string, cwd: string) => execFileSync("sh", ["-euc", script], { cwd });
const directory = (name: string) => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** A point of a tree; `passes` where it is frozen by whoever calls, `frozen` before that. */
async function store(
  unit: string,
  tree: Tree,
  passes?: TwoPhase,
  frozen: () => unknown = () => {},
): Promise<PointReader> {
  points += 1;
  const backupId = formatBackupId(new Date(Date.UTC(2026, 0, 1) + points * 1000));
  const ref = { host: "web01", unit, backupId };
  const writer = await under.repository.begin(ref);
  const source = { ...part, source: tree.path, tree, ...(passes === undefined ? {} : { passes }) };
  const pending = await writer.store(source, {});
  await frozen();
  await passes?.freeze();
  await writer.publish(aManifest(ref, [await pending.settle()]));
  return under.repository.read(ref);
}

const whole = (path: string, exclude: readonly string[] = []): Tree => ({
  ...{ path, type: "directory", exclude },
});

/** What was not given back as it was, line by line. */
async function differences(point: PointReader, tree: string): Promise<string[]> {
  const target = mkdtempSync(join(root, "unpacked-"));
  await point.extract(part, target, {});
  return treeDifferences(describeTree(tree), describeTree(target));
}

/** In the words of `describeTree`, of one entry alone. */
const described = (path: string) => Object.values(describeTree(path));

/** Names that Kopia would write as one, two of them of different types, and one that it would take for its own. */
function mangledNames(tree: string): void {
  const odd = directory(`${tree.slice(root.length + 1)}/mangled`);
  const at = (...bytes: number[]) => Buffer.concat([Buffer.from(`${odd}/`), Buffer.from(bytes)]);
  writeFileSync(at(0xff), "one");
  writeFileSync(at(0xfe), "two");
  mkdirSync(at(0x61, 0xff));
  writeFileSync(at(0x61, 0xfe), "a file");
  writeFileSync(Buffer.concat([at(0x61, 0xff), Buffer.from("/inner")]), "below an odd name");
  writeFileSync(join(odd, "a\ufffd"), "a replacement character of its own");
  writeFileSync(join(odd, "shallow"), "real");
  writeFileSync(join(odd, "shallow.kopia-entry"), "no entry of Kopia's");
  mkdirSync(join(odd, "cache"));
  const tag = "Signature: 8a477f597d28d172789f06886806bc55";
  writeFileSync(join(odd, "cache", "CACHEDIR.TAG"), tag);
  writeFileSync(join(odd, "cache", "cached"), "what is cached");
  writeFileSync(join(odd, ".kopiaignore"), "*\n");
  const long = join(odd, "l".repeat(255));
  writeFileSync(long, "one of two long names");
  linkSync(long, join(odd, "m".repeat(255)));
}

describe("the odd tree in a Kopia repository", () => {
  let tree = "";
  /** The newest one of the tree as it is. */
  let point: PointReader;
  beforeAll(async () => {
    tree = join(root, "odd");
    await makeOddTree(tree);
    mangledNames(tree);
    sh("setfattr -n user.kept -v 1 'many holes'; setfacl -m u:33:r sparse", tree);
    lutimesSync(tree, 1e9, 1e9);
  });

  it("comes back with every entry, name and attribute", async () => {
    point = await store("odd", whole(tree));
    expect(await differences(point, tree)).toEqual([]);
  });

  it("comes back from a second point, of which Kopia read little", async () => {
    point = await store("odd", whole(tree));
    expect(await differences(point, tree)).toEqual([]);
  });

  it("comes back as it was at the freeze, whatever changed in between", async () => {
    const copy = join(root, "odd copy");
    sh(`cp -a odd '${copy}'`, root);
    const twoPhase = await createTarCapture({ runner }).twoPhase(whole(copy), directory("spool"));
    try {
      const copied = await store("odd copy", whole(copy), twoPhase, () =>
        sh(
          `rm text dir/large; echo more >> attributed; setfattr -x user.text attributed
           mv 'many holes' other; rm -r 'setgid dir'; ln -s dir 'setgid dir'; mkfifo text
           setfacl -b acl; chmod 700 closed; touch names/new; rm mangled/m*`,
          copy,
        ),
      );
      expect(await differences(copied, copy)).toEqual([]);
    } finally {
      await twoPhase.release();
    }
  });

  it("is listed with all of its names, types and sizes", async () => {
    const found: StoredEntry[] = [];
    await point.list(
      part,
      () => true,
      (entries) => void found.push(...entries),
      {},
    );
    const targets = new Map(found.map(({ name, target }) => [name, target]));
    const lines = found.map(({ name, type, size, hardLinkTo = name }) => {
      const target = targets.get(hardLinkTo) ?? "";
      return `${type} ${type === "f" ? size : 0} ./${name} ${target}`.replace("./ ", ". ");
    });
    const printed = execFileSync("find", [".", "!", "-type", "s", "-printf", "%y %s %p %l\\0"], {
      cwd: tree,
    });
    const expected = printed.toString("latin1").split("\0").slice(0, -1);
    const withoutSizes = expected.map((line) => line.replace(/^([^f]) \d+/, "$1 0"));
    expect(lines.sort()).toEqual(withoutSizes.sort());
  });

  it("hands out single entries with their attributes, and their content", async () => {
    const names = [
      ...["attributed", "sparse", "many holes", "both", "acl/inherits", "dir/hard link", "link"],
      ...["fifo", "names/new\nline", "names/-leading-dash", "names/\xff\xfe", "empty file"],
      ...["mangled/a\xfe", "mangled/shallow.kopia-entry", `mangled/${"l".repeat(255)}`],
      Buffer.from("names/ünïcödé 漢字 🙂").toString("latin1"),
    ];
    for (const name of names) {
      const target = mkdtempSync(join(root, "picked-"));
      const { path } = await point.fetch(part, name, target, {});
      const [taken, own] = [mkdtempSync(join(root, "one-")), mkdtempSync(join(root, "one-"))];
      renameSync(path, join(taken, "entry"));
      const source = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(name, "latin1")]);
      // A copy keeps what an entry is by itself: none of its other names.
      const copy = 'IFS= read -r -d "" from; cp -a --sparse=always "$from" "$0/entry"';
      const input = Buffer.concat([source, Buffer.from([0])]);
      execFileSync("bash", ["--norc", "-euc", copy, own], { input });
      for (const each of [taken, own]) lutimesSync(each, 1e9, 1e9);
      expect(described(taken), name).toEqual(described(own));
      if (!lstatSync(source).isFile()) continue;
      const chunks: Uint8Array[] = [];
      await point.pour(part, name, async (bytes) => void chunks.push(Buffer.from(bytes)), {});
      expect(Buffer.concat(chunks).equals(readFileSync(source)), name).toBe(true);
    }
  });

  it("is whole, as far as a deep verification can tell", async () => {
    expect(await point.verify({ deep: true }, {})).toEqual([]);
  });
});

describe("a tree in a Kopia repository", () => {
  it.each(["plain", "dump.tar", "archive.zip", "ünï\n", "\ufffd"])(
    "that is a single file: %j",
    async (name) => {
      const [from, to] = [directory(`file of ${name}`), mkdtempSync(join(root, "unpacked-"))];
      writeFileSync(join(from, name), "content");
      chmodSync(join(from, name), 0o4711);
      execFileSync("setfattr", ["-n", "user.x", "-v", "y", join(from, name)]);
      const tree: Tree = { path: join(from, name), type: "file", exclude: [] };
      const point = await store(`file ${name}`, tree);
      await point.extract(part, to, {});
      for (const each of [from, to]) {
        chmodSync(each, 0o755);
        lutimesSync(each, 1e9, 1e9);
      }
      expect(treeDifferences(describeTree(from), describeTree(to))).toEqual([]);
    },
  );

  it("that is a single file, whose attributes alone are others in a later point", async () => {
    const from = join(directory("touched"), "file");
    writeFileSync(from, "content");
    const facts = (path: string) => {
      const { mode, uid, gid, mtimeNs } = lstatSync(path, { bigint: true });
      return { mode, uid, gid, mtimeNs };
    };
    const stored: [PointReader, ReturnType<typeof facts>][] = [];
    for (const [mode, owner, time] of [
      [0o4711, 1234, 1e9],
      [0o600, 4321, 1.1e9],
    ] as const) {
      chownSync(from, owner, owner);
      chmodSync(from, mode);
      lutimesSync(from, time, time);
      await delay(ageMs); // else it is copied at the freeze
      const point = await store("touched", { path: from, type: "file", exclude: [] });
      stored.push([point, facts(from)]);
    }
    for (const [point, then] of stored) {
      const to = mkdtempSync(join(root, "unpacked-"));
      await point.extract(part, to, {});
      expect(facts(join(to, "file"))).toEqual(then);
    }
  });

  it("that is empty", async () => {
    const tree = directory("empty");
    expect(await differences(await store("empty", whole(tree)), tree)).toEqual([]);
  });

  it("of which Kopia never sees what is excluded", async () => {
    const tree = directory("excluding");
    const make =
      "mkdir -p cache/deep d; echo hushed > cache/deep/x; echo log > d/a.log; echo b > d/b";
    sh(`${make}; mkdir .stackhold-safety; echo old > .stackhold-safety/x`, tree);
    const point = await store("excluding", whole(tree, ["cache/", "*.log"]));
    expect(await keptNames(point)).toEqual(["d/", "d/b"]);
    sh("rm -r cache d/a.log .stackhold-safety", tree);
    sh("touch -d @1000000000 . d", tree);
    const target = mkdtempSync(join(root, "unpacked-"));
    await point.extract(part, target, {});
    sh("touch -d @1000000000 . d", target);
    expect(treeDifferences(describeTree(tree), describeTree(target))).toEqual([]);
  });

  it("of which patterns are taken back: more is stored, and none of it comes back", async () => {
    const tree = directory("negated");
    sh("mkdir d; touch d/a.log d/keep.log b", tree);
    const point = await store("negated", whole(tree, ["*.log", "!keep.log"]));
    sh("rm d/a.log; touch -d @1000000000 d", tree);
    const target = mkdtempSync(join(root, "unpacked-"));
    await point.extract(part, target, {});
    sh("touch -d @1000000000 d", target);
    expect(treeDifferences(describeTree(tree), describeTree(target))).toEqual([]);
  });

  it.each(["before it is stored", "before its freeze"])("that is unmounted %s", async (when) => {
    const mounted = directory(`mounted, ${when}`);
    execFileSync("mount", ["-t", "tmpfs", "none", mounted]);
    const other = directory(`still there, ${when}`);
    execFileSync("mount", ["--bind", mounted, other]);
    const capture = createTarCapture({ runner });
    try {
      sh("mkdir d; echo a > d/a; ln d/a b; setfattr -n trusted.x -v y d/a", mounted);
      await using _held = await capture.holdMount(mounted);
      const twoPhase = await capture.twoPhase(whole(mounted), directory(`spool, ${when}`));
      try {
        const unmount = () => execFileSync("umount", ["--lazy", mounted]);
        const isEarly = when === "before it is stored";
        if (isEarly) unmount();
        const atFreeze = isEarly ? () => {} : unmount;
        const point = await store(`mounted ${when}`, whole(mounted), twoPhase, atFreeze);
        expect(existsSync(join(mounted, "d"))).toBe(false);
        expect(await differences(point, other)).toEqual([]);
        expect(await keptNames(point)).toEqual(isEarly ? [] : ["b", "d/", "d/a"]);
      } finally {
        await twoPhase.release();
      }
    } finally {
      execFileSync("umount", [other]);
    }
  });

  it.each([
    ["had its place until the freeze", ""],
    ["had its place, when it was gone at the freeze", "mv p away"],
  ])("that an earlier point read while a twin of it %s", async (what, atFreeze) => {
    const tree = directory(`twins, ${what}`);
    sh("mkdir p q; echo one > p/x; echo two > q/x; touch -d 2020-01-01 p/x q/x", tree);
    await delay(ageMs); // what is younger is never taken for known
    const capture = createTarCapture({ runner });
    const twoPhase = await capture.twoPhase(whole(tree), directory(`spool of ${what}`));
    try {
      const swap = "mv p t; mv q p; mv t q";
      sh(swap, tree);
      await store(what, whole(tree), twoPhase, () => sh(`${swap}; ${atFreeze}`, tree));
    } finally {
      await twoPhase.release();
    }
    if (atFreeze !== "") sh("mv away p", tree);
    await delay(ageMs);
    expect(await differences(await store(what, whole(tree)), tree)).toEqual([]);
  });

  it("that an earlier point knows: a file in the place of another of the same size and time", async () => {
    const tree = directory("alike");
    sh("echo one > a; echo two > b; touch -d 2020-01-01 a b", tree);
    await delay(ageMs);
    await store("alike", whole(tree));
    sh("mv b a", tree);
    await delay(ageMs);
    expect(await differences(await store("alike", whole(tree)), tree)).toEqual([]);
  });
});

/** What Kopia has of a tree. */
async function keptNames({ manifest }: PointReader): Promise<string[]> {
  const listed: string[] = [];
  const tree = manifest.parts[0]?.kopia?.tree ?? "";
  await under.client.stream(["ls", "--recursive", tree], async (bytes) => {
    listed.push(Buffer.from(bytes).toString());
  });
  const lines = listed.join("").split("\n");
  return lines.flatMap((line) => (line === "" ? [] : [line.slice(line.indexOf("/") + 1)])).sort();
}
