import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realCapture } from "../../testing/real-archive-repository.ts";
import { safetyCopies } from "./safety-copies.ts";

const mark = {
  version: 1,
  unit: "shop",
  runId: "run-1",
  createdAt: "2026-11-20T02:00:00.000Z",
  children: false,
};

describe("looking for safety copies", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stackhold-copies-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const at = (...parts: string[]) => join(root, ...parts);

  function place(inside: string, entries: readonly string[], text?: string): string {
    const path = join(inside, ".stackhold-safety", "run-1-data");
    mkdirSync(path, { recursive: true });
    for (const entry of entries) mkdirSync(join(path, entry));
    if (text !== undefined) writeFileSync(join(path, "safety-copy.json"), text);
    return path;
  }

  it("finds them beside a target, inside a mount point and in the engine's data root", async () => {
    const target = at("volumes", "data", "_data");
    const places = [at(), at("volumes", "data"), target].map((directory) =>
      place(directory, ["old"], JSON.stringify({ ...mark, target })),
    );
    const found = await safetyCopies([target]);
    expect(found.map(({ path }) => path)).toEqual(places.map((one) => join(one, "old")).sort());
  });

  it.each([
    [["new", "old"], true],
    [["old.partial"], true],
    [["old"], false],
  ])("takes %j for one that did not end: %s", async (entries, isUnfinished) => {
    place(root, entries);
    expect(await safetyCopies([at("data")])).toMatchObject([{ isUnfinished, origin: undefined }]);
  });

  it.each(["", "not JSON", "{}", JSON.stringify({ ...mark, target: "/x", createdAt: "tomorrow" })])(
    "does not believe a mark that says %j",
    async (text) => {
      place(root, ["old"], text);
      expect(await safetyCopies([at("data")])).toMatchObject([{ origin: undefined }]);
    },
  );

  it("passes over what is only staged, and files", async () => {
    place(root, ["new"]);
    writeFileSync(at(".stackhold-safety", "file"), "");
    writeFileSync(at("single"), "");
    expect(await safetyCopies([at("data"), at("single")])).toEqual([]);
  });

  it("passes over a place that cannot be looked at, and names it", async () => {
    const found = place(root, ["old"]);
    symlinkSync("loop", at("loop"));
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const copies = await safetyCopies([at("loop"), at("data")], { onWarning });
    expect(copies.map(({ path }) => path)).toEqual([join(found, "old")]);
    expect(warnings).toEqual([
      `cannot look for safety copies at ${at("loop")}: too many symbolic links encountered`,
    ]);
  });

  it("keeps saying whose one is that an immutable file keeps from being removed", async () => {
    const target = at("data");
    const path = place(root, ["old"], JSON.stringify({ ...mark, target }));
    writeFileSync(join(path, "old", "fixed"), "");
    execFileSync("chattr", ["+i", join(path, "old", "fixed")]);
    const [copy] = await safetyCopies([target]);
    if (copy === undefined) return expect.fail("there is none");
    try {
      await expect(realCapture().forget(copy.swap)).rejects.toMatchObject({
        message: expect.stringContaining(`${path}/old/fixed cannot be removed: it, or`),
        hint: expect.stringContaining(`chattr -R -i -a '${path}'`),
      });
      expect(await safetyCopies([target])).toMatchObject([{ origin: { unit: "shop" } }]);
    } finally {
      execFileSync("chattr", ["-R", "-i", "-a", path]);
    }
    await realCapture().forget(copy.swap);
    expect(await safetyCopies([target])).toEqual([]);
  });

  it("finds those that a later swap of what is around them took along, however often", async () => {
    const capture = realCapture();
    const [project, site, inner] = [at("notes"), at("notes", "site"), at("notes", "a", "b")];
    const replace = async (target: string, runId: string) => {
      const swap = await capture.planSwap(target, runId);
      const staged = await capture.prepare(swap);
      if (target === project) mkdirSync(join(staged, "site"));
      await capture.mark(swap, { unit: "notes", runId, createdAt: mark.createdAt });
      await capture.swap(swap);
      return swap.aside;
    };
    for (const path of [site, inner]) mkdirSync(path, { recursive: true });
    await replace(site, "run-1");
    await replace(inner, "run-2");
    const first = await replace(project, "run-3");
    const second = await replace(project, "run-4");
    const found = await safetyCopies([project, site, inner]);
    expect(found.map(({ path, swap }) => [path, swap.target])).toEqual([
      [first, project],
      [join(first, ".stackhold-safety", "run-1-site", "old"), site],
      [join(first, "a", ".stackhold-safety", "run-2-b", "old"), inner],
      [second, project],
    ]);
    for (const { swap } of found.toReversed()) await capture.forget(swap);
    expect(await safetyCopies([project, site, inner])).toEqual([]);
  });

  it("follows no link that somebody put in its way", async () => {
    place(at("elsewhere"), ["old"]);
    mkdirSync(at("mounted"));
    symlinkSync(at("elsewhere", ".stackhold-safety"), at("mounted", ".stackhold-safety"));
    expect(await safetyCopies([at("mounted")])).toEqual([]);
    const inner = place(at("other"), ["old"]);
    writeFileSync(at("secret"), JSON.stringify({ ...mark, target: "/x" }));
    symlinkSync(at("secret"), join(inner, "safety-copy.json"));
    expect(await safetyCopies([at("other")])).toMatchObject([{ origin: undefined }]);
    expect(readFileSync(at("secret"), "utf8")).not.toBe("");
  });

  it("believes a mark's target only where it lies around the place", async () => {
    const forged = { ...mark, target: "/etc", children: true };
    place(root, ["old"], JSON.stringify(forged));
    const [copy] = await safetyCopies([root]);
    expect(copy?.swap.children).toBe(false);
  });
});
