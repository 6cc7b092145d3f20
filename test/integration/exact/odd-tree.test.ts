import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTarCapture } from "../../../src/adapters/tar/tar-capture.ts";
import { type Compression, compressions } from "../../../src/domain/manifest.ts";
import { createRunner } from "../../../src/exec/runner.ts";
import {
  describeTree,
  type TreeDescription,
  treeDifferences,
} from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";

/** All of this needs root: the tree holds devices, foreign owners, trusted.* and security.* xattrs. */
const capture = createTarCapture({
  runner: createRunner({ environment: process.env, monotonic: () => performance.now() }),
});

let root = "";
let original: TreeDescription = {};
const at = (...parts: string[]) => join(root, ...parts);
const sh = (script: string) =>
  execFileSync("/bin/sh", ["-euc", script], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
const extension = { zstd: "zst", gzip: "gz", none: "plain" } as const;

async function store(path: string, compression: Compression, name: string, exclude: string[] = []) {
  const target = { file: at(name), compression, level: 3 };
  return capture.archive({ path, type: "directory", exclude }, target);
}

function makeDirectory(...parts: string[]): string {
  mkdirSync(at(...parts), { recursive: true });
  return at(...parts);
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stackhold-exact-"));
  await makeOddTree(at("tree"));
  original = describeTree(at("tree"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("compares what it should: a changed nanosecond, mode, xattr or hole is a difference", () => {
  sh(`cp -a tree changed
      touch -m -d '2001-02-03 04:05:06.123456788 UTC' changed/text
      chmod u-s changed/setuid; setfattr -x user.dir changed/dir; setfacl -b changed/acl
      cp --sparse=never tree/sparse changed/sparse
      touch -h -m -r tree/sparse changed/sparse; ln -f changed/none changed/both`);
  const names = treeDifferences(original, describeTree(at("changed"))).map((line) => line.slice(2));
  for (const name of ["./text", "./setuid", "./dir", "./acl", "./sparse", "./both", "./none"]) {
    expect(names.some((line) => line.startsWith(`${name}: `))).toBe(true);
  }
});

describe.each(compressions)("compressed by %s", (compression) => {
  const file = `tree.${extension[compression]}`;

  it("brings every entry back exactly, below a directory whose default ACL would be inherited", async () => {
    const outcome = await store(at("tree"), compression, file);
    expect(outcome.unsteady).toEqual([]);
    expect(outcome.files).toBe(Object.keys(original).length);
    const parent = makeDirectory(`parent-${compression}`);
    sh(`setfacl -d -m u:4321:rwx,g::rwx,o::rwx 'parent-${compression}'; chmod g+s '${parent}'`);
    const swap = await capture.planSwap(join(parent, "target"), "id");
    const directory = await capture.prepare(swap);
    await capture.extract({ hot: at(file) }, directory);
    await capture.swap(swap);
    expect(treeDifferences(original, describeTree(swap.target))).toEqual([]);
  });

  it("gives the same bytes again, and for a copy made later at another place", async () => {
    await store(at("tree"), compression, `again-${file}`);
    sh(`cmp '${file}' 'again-${file}'`);
    sh(`mkdir 'copy-${compression}'; cp -a tree/. 'copy-${compression}'`);
    await store(at(`copy-${compression}`), compression, `copy-${file}`);
    sh(`cmp '${file}' 'copy-${file}'`);
  });

  it("gives the same bytes through excludes too", async () => {
    const exclude = ["/dir/large", "!nothing"];
    const { files } = await store(at("tree"), compression, `less-${file}`, exclude);
    expect(files).toBe(Object.keys(original).length - 1);
    sh("rm -rf twin; cp -a tree twin; rm twin/dir/large; touch -h -r tree/dir twin/dir");
    await store(at("twin"), compression, `twin-${file}`, exclude);
    sh(`cmp 'less-${file}' 'twin-${file}'`);
    const out = makeDirectory(`less-${compression}`);
    await capture.extract({ hot: at(`less-${file}`) }, out);
    expect(treeDifferences(describeTree(at("twin")), describeTree(out))).toEqual([]);
  });

  it("is unpacked by hand with tar and its compressor alone", () => {
    const cat = { zstd: "zstd -dc", gzip: "gzip -dc", none: "cat" }[compression];
    sh(`mkdir 'hand-${compression}'
        ${cat} '${file}' | tar -p --same-owner --numeric-owner --xattrs --xattrs-include='*' \
          --acls --delay-directory-restore --warning=no-timestamp -C 'hand-${compression}' -xf -`);
    expect(treeDifferences(original, describeTree(at(`hand-${compression}`)))).toEqual([]);
  });
});

it("restores ACLs by number on a host that knows the names by other numbers", async () => {
  makeDirectory("acl-tree");
  sh("setfacl -m u:33:rwx acl-tree; setfacl -d -m u:33:rx acl-tree");
  await store(at("acl-tree"), "none", "acl.tar");
  const out = makeDirectory("acl-out");
  const passwd = execFileSync("cat", ["/etc/passwd"]).toString();
  writeFileSync(at("passwd"), passwd.replace(/^www-data:x:33:/m, "www-data:x:4777:"));
  const flags = (await import("../../../src/adapters/tar/flags.ts")).extractFlags.join(" ");
  // A mount namespace of its own, so that nobody else sees the other names.
  sh(
    `unshare --mount /bin/sh -c "mount --bind passwd /etc/passwd; exec tar ${flags} -xf acl.tar -C '${out}'"`,
  );
  expect(treeDifferences(describeTree(at("acl-tree")), describeTree(out))).toEqual([]);
});

it("keeps names apart that are not UTF-8 when it excludes some of them", async () => {
  const tree = makeDirectory("bytes");
  for (const byte of [0xe4, 0xf6]) {
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([byte])]), "");
  }
  writeFileSync(join(tree, "ä"), "");
  const { files } = await store(tree, "none", "bytes.tar", ["ä"]);
  expect(files).toBe(3);
});
