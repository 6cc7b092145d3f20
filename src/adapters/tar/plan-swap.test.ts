import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunner } from "../../exec/runner.ts";
import { mountPointOf } from "./mounts.ts";
import { createTarCapture } from "./tar-capture.ts";

const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
const capture = createTarCapture({
  runner: createRunner({ environment, monotonic: () => performance.now() }),
});

it("finds the innermost mount point of a path", () => {
  const points = ["/", "/srv", "/srv/a b"];
  expect(mountPointOf("/srv/a b/c", points)).toBe("/srv/a b");
  expect(mountPointOf("/srv/a bc", points)).toBe("/srv");
  expect(mountPointOf("/srv2", points)).toBe("/");
});

it("gives every target of a directory a place of its own, however long their names", async () => {
  const directory = mkdtempSync(join(tmpdir(), "stackhold-names-"));
  const names = ["ä", "b", "c"].map((end) => "漢".repeat(70) + end);
  const places = await Promise.all(
    names.map(async (name) => dirname((await capture.planSwap(join(directory, name), "id")).aside)),
  );
  rmSync(directory, { recursive: true });
  expect(new Set(places).size).toBe(names.length);
  for (const place of places) {
    const file = `3f2a6c1e-0000-0000-0000-000000000000-${basename(place).slice("id-".length)}`;
    expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
  }
});

describe("with mounts: needs root", () => {
  let root = "";
  const mounted: string[] = [];
  const at = (...parts: string[]) => join(root, ...parts);
  function mount(point: string, ...options: string[]): void {
    execFileSync("mount", [...options, point]);
    mounted.unshift(point);
  }
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stackhold-mount "));
    for (const name of ["disk", "plain", "target"]) mkdirSync(at(name));
    writeFileSync(at("plain", "old"), "old");
  });
  afterEach(() => {
    for (const point of mounted.splice(0)) execFileSync("umount", [point]);
    rmSync(root, { recursive: true });
  });

  it("moves children where the target is another file system or a bind mount", async () => {
    mount(at("disk"), "-t", "tmpfs", "none");
    mount(at("target"), "--bind", at("plain"));
    for (const target of [at("disk"), at("target")]) {
      const inode = statSync(target).ino;
      writeFileSync(join(target, "old"), "old");
      const swap = await capture.planSwap(target, "id");
      expect(swap).toMatchObject({ children: true, fresh: false });
      writeFileSync(join(await capture.prepare(swap), "new"), "new");
      await capture.swap(swap);
      expect(readdirSync(target)).toEqual([".stackhold-safety", "new"]);
      expect(statSync(target).ino).toBe(inode);
      await capture.undo(swap);
      await capture.discard(swap);
      expect(readdirSync(target)).toEqual(["old"]);
    }
  });

  it("gives the mount point the attributes of the new tree, and the old ones back", async () => {
    mount(at("disk"), "-t", "tmpfs", "none");
    const run = (program: string, ...args: string[]) => execFileSync(program, args).toString();
    const seen = () => {
      const acl = run("getfacl", "-n", "-p", at("disk"));
      return acl + run("getfattr", "-d", "-m", "trusted", "--absolute-names", at("disk"));
    };
    run("setfattr", "-n", "trusted.old", "-v", "1", at("disk"));
    run("setfacl", "-d", "-m", "u:77:rwx", at("disk"));
    const before = seen();
    const swap = await capture.planSwap(at("disk"), "id");
    const directory = await capture.prepare(swap);
    expect(run("getfacl", "-n", "-p", directory)).not.toContain("default");
    run("setfattr", "-n", "trusted.new", "-v", "1", directory);
    run("setfacl", "-m", "u:88:rwx", directory);
    await capture.swap(swap);
    expect(seen()).toContain("user:88:rwx");
    expect(seen()).toContain("trusted.new");
    expect(seen()).not.toMatch(/trusted\.old|default/);
    await capture.undo(swap);
    expect(seen()).toBe(before);
  });

  it("moves children where a volume's safety place would be on another file system", async () => {
    mkdirSync(at("data", "volumes"), { recursive: true });
    mount(at("data", "volumes"), "-t", "tmpfs", "none");
    const data = at("data", "volumes", "v", "_data");
    const fresh = await capture.planSwap(data, "id");
    expect(fresh.aside).toBe(at("data", "volumes", "v", ".stackhold-safety", "id-_data", "old"));
    mkdirSync(data, { recursive: true });
    const swap = await capture.planSwap(data, "id");
    expect(swap).toMatchObject({ children: true, target: data });
  });

  it("refuses what no rename can do", async () => {
    writeFileSync(at("file"), "");
    mount(at("file"), "--bind", at("plain", "old"));
    mkdirSync(at("target", "sub"));
    mount(at("target", "sub"), "-t", "tmpfs", "none");
    for (const target of [at("file"), at("target")]) {
      const plan = capture.planSwap(target, "id");
      await expect(plan).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    }
  });
});
