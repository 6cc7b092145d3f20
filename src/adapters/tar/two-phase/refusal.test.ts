import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localityOf, twoPhaseRefusal } from "./refusal.ts";

/** Wants root, to mount, and a file system that two passes are sound on. */
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-refusal-"));
  for (const name of ["tree", "tree/sub", "upper", "work", "disk"]) mkdirSync(join(root, name));
});
const mounted: string[] = [];
afterEach(() => {
  for (const path of mounted.splice(0).reverse()) execFileSync("umount", [path]);
  rmSync(root, { recursive: true });
});

function mount(path: string, ...args: string[]): void {
  execFileSync("mount", [...args, join(root, path)]);
  mounted.push(join(root, path));
}
const refusal = (path: string, type: "directory" | "file" = "directory") =>
  twoPhaseRefusal({ path: join(root, path), type, exclude: [] });
const tmpfs = ["-t", "tmpfs", "none"];
const overlay = (upper: string, work: string) => [
  ...["-t", "overlay", "overlay", "-o"],
  `lowerdir=${join(root, "disk")},upperdir=${join(root, upper)},workdir=${join(root, work)}`,
];

describe("two passes", () => {
  it("suit a tree or a file on a local disk", async () => {
    writeFileSync(join(root, "tree", "file"), "");
    expect(await refusal("tree")).toBeUndefined();
    expect(await refusal("tree/file", "file")).toBeUndefined();
  });

  it("do not suit memory, where writes through mmap move no times", async () => {
    mount("tree", ...tmpfs);
    expect(await refusal("tree")).toBe("it is on tmpfs, in memory");
  });

  it("do not suit a tree below which something else is mounted, however deep", async () => {
    mount("tree/sub", ...tmpfs);
    expect(await refusal("tree")).toBe(
      `what is mounted below it at ${root}/tree/sub is on tmpfs, in memory`,
    );
    expect(await refusal("disk")).toBeUndefined();
  });

  it("suit what is mounted over what they do not suit", async () => {
    mount("tree", ...tmpfs);
    mount("tree", "--bind", join(root, "disk"));
    expect(await refusal("tree")).toBeUndefined();
  });

  it("suit an overlay as they suit what it writes to", async () => {
    mount("tree", ...overlay("upper", "work"));
    expect(await refusal("tree")).toBeUndefined();
    mount("work", ...tmpfs);
    for (const name of ["upper", "work"]) mkdirSync(join(root, "work", name));
    mount("disk", ...overlay("work/upper", "work/work"));
    expect(await refusal("disk")).toMatch(/^it is on an overlay over something else/);
  });

  it("say so where nothing can be told", async () => {
    expect(await refusal("nowhere")).toMatch(/^its file system cannot be told: no such file/);
  });
});

it("a spool suits disks, then memory, and nothing whose clock or server may be another's", async () => {
  mount("tree", ...tmpfs);
  expect(await localityOf(join(root, "disk", "not", "yet", "there"))).toBe("disk");
  expect(await localityOf(join(root, "tree"))).toBe("memory");
  expect(await localityOf("/proc/self")).toBe("remote");
});
