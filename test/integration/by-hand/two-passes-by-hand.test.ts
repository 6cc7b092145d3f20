import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compressions } from "../../../src/domain/manifest.ts";
import { layPoint } from "../../../src/testing/layered-point.ts";
import { temporaryDirectory } from "../../../src/testing/points.ts";
import { createRealRepository } from "../../../src/testing/real-archive-repository.ts";
import { describeTree, treeDifferences } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { complaintsIn, follow } from "./follow.ts";
import { unpackWithFunctions } from "./unpack-with-functions.ts";

const ref = { host: "web01", unit: "odd shop", backupId: "2026-11-20T02-00-00Z" };
const data = { kind: "volume", name: "data" } as const;
const bind = { kind: "bind", name: "/srv/a:b %/file" } as const;

/** Everything that may happen to an odd tree between two passes; links to the outside among it. */
const changes = `
  echo more >> text; rm 'dir/large'; mv 'dir/inner' 'dir/inner moved'
  rm 'hard link of a link'; ln setuid 'another name'; ln 'dir/hard link' 'names/hard link'
  rm 'link to a directory'; mkdir 'link to a directory'; echo x > 'link to a directory/inner'
  rm -r 'empty directory'; ln -s ../outside 'empty directory'
  mkdir -p new/er; touch -d '1969-12-31 23:59:58.25 UTC' new/er/file new/er; touch -d '1950-01-01 00:00:00.000000001 UTC' new
  rm -r level-0-*/level-1-*/level-2-*; rm 'fifo'; mkfifo 'text fifo'; rm 'char device'
  truncate -s 30000000 sparse; chmod 751 sticky; chown 9:9 closed
  setfattr -x user.dir dir; setfattr -n user.new -v n names; setfacl -b acl; setfacl -k acl
  setfattr -x user.root .; setfattr -x user.text attributed
  rm names/-leading-dash 'names/*?[a]{b,c}' names/new*line
  rm -r dir-*; touch -d '2001-09-09 01:46:40.5 UTC' 'acl/sub' .`;

async function laid(scratch: string, compression: (typeof compressions)[number]) {
  const tree = join(scratch, "source");
  await makeOddTree(tree);
  const file = join(scratch, "single");
  writeFileSync(file, "single");
  const repository = createRealRepository(join(scratch, "repository"), compression);
  await repository.open();
  const sh = (script: string) => execFileSync("/bin/sh", ["-euc", script], { cwd: tree });
  const point = layPoint(
    join(scratch, "repository"),
    ref,
    [
      {
        ...data,
        tree,
        change: () => void sh(changes),
        measure: (path) => ({ bytes: 0, files: Object.keys(describeTree(path)).length }),
      },
      {
        ...bind,
        tree: file,
        change: () => writeFileSync(file, "single, but other"),
        measure: () => ({ bytes: 17, files: 1 }),
      },
    ],
    compression,
  );
  return { tree, file, point, repository };
}

describe.skipIf(process.getuid?.() !== 0)("a point stored in two passes", () => {
  test.each(compressions)("comes back the same by hand and by Stackhold (%s)", async (way) => {
    await using scratch = await temporaryDirectory();
    const { tree, file, point, repository } = await laid(scratch.path, way);
    const expected = describeTree(tree);
    const reader = await repository.read(ref);
    expect(await reader.verify({ deep: true }, {})).toEqual([]);

    const own = join(scratch.path, "own");
    mkdirSync(own);
    const warnings: string[] = [];
    await reader.extract(data, own, { onWarning: (text) => warnings.push(text) });
    expect(treeDifferences(expected, describeTree(own))).toEqual([]);
    expect(warnings).toEqual([]);

    const { status, stdout, stderr, target } = follow(scratch.path, point);
    expect({ status, complaints: complaintsIn(stderr) }).toEqual({ status: 0, complaints: [] });
    expect(stdout.match(/^good /gm)).toHaveLength(7);
    expect(treeDifferences(expected, describeTree(join(target, "volume-data")))).toEqual([]);
    const single = join(target, "bind-%2Fsrv%2Fa:b %25%2Ffile", "single");
    expect(readFileSync(single, "utf8")).toBe("single, but other");
    const times = execFileSync("stat", ["-c", "%.9Y", file, single]).toString().split("\n");
    expect(times[0]).toBe(times[1]);

    const end = { zstd: ".zst", gzip: ".gz", none: "" }[way];
    const scripted = unpackWithFunctions(scratch.path, point, "volume-data", end);
    expect(scripted.status, scripted.stderr).toBe(0);
    expect(treeDifferences(expected, describeTree(scripted.tree))).toEqual([]);
  });

  test.each([
    "../precious",
    "./../precious",
    "./outside/precious",
    "./dir/../../precious",
    "/precious",
  ])("by hand, deletes nothing of a list that names %j", async (name) => {
    await using scratch = await temporaryDirectory();
    const tree = join(scratch.path, "source");
    const outside = join(scratch.path, "restored", "outside");
    mkdirSync(join(tree, "dir"), { recursive: true });
    const link = () => execFileSync("ln", ["-s", "../outside", join(tree, "outside")]);
    const root = join(scratch.path, "repository");
    link();
    const point = layPoint(root, ref, [
      {
        ...data,
        tree,
        change: () => writeFileSync(join(tree, "b"), "b"),
        measure: () => ({ bytes: 1, files: 4 }),
      },
    ]);
    const hostile = `./dir\0${name}\0`;
    writeFileSync(join(point, "volume-data.deleted"), hostile);
    const sum = createHash("sha256").update(hostile).digest("hex");
    const manifest = readFileSync(join(point, "manifest.json"), "utf8");
    writeFileSync(join(point, "manifest.json"), `${manifest}\n"${sum}"\n`);
    const { status } = follow(scratch.path, point, () => {
      mkdirSync(outside, { recursive: true });
      for (const place of [outside, join(outside, "..")])
        writeFileSync(join(place, "precious"), "");
    });
    expect(status).not.toBe(0);
    expect(readdirSync(outside)).toEqual(["precious"]);
    expect(readdirSync(join(outside, "..")).sort()).toEqual(["outside", "precious", "volume-data"]);
    expect(readdirSync(join(outside, "..", "volume-data"))).toContain("dir");
  });
});
