import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Capture, Swap, Tree } from "./capture.ts";

const content = (path: string) => readFileSync(path, "utf8");

/** How a tree takes another's place, and back; part of every Capture. `at`: a path in a directory that each test has to itself. */
export function swapping(capture: Capture, at: (...parts: string[]) => string): void {
  describe("swapping", () => {
    async function stage(target: string, type: Tree["type"] = "directory"): Promise<Swap> {
      const swap = await capture.planSwap(target, "run-1", type);
      const directory = await capture.prepare(swap);
      writeFileSync(type === "file" ? swap.staged : join(directory, "fresh"), "new");
      return swap;
    }

    it("puts a tree in another's place and back, and in again", async () => {
      const inode = statSync(at("tree")).ino;
      const swap = await stage(at("tree"));
      for (const round of [1, 2]) {
        await capture.swap(swap);
        await capture.swap(swap);
        expect(readdirSync(at("tree")), `round ${round}`).toEqual(["fresh"]);
        await capture.undo(swap);
        await capture.undo(swap);
        expect(statSync(at("tree")).ino).toBe(inode);
      }
      await capture.discard(swap);
      await capture.discard(swap);
      expect(readdirSync(at())).toEqual(["tree"]);
      expect(readdirSync(at("tree"))).toEqual(["a", "sub"]);
    });

    it("keeps what was there when the rest is discarded", async () => {
      const swap = await stage(at("tree"));
      await capture.swap(swap);
      await capture.discard(swap);
      expect(readdirSync(swap.aside)).toEqual(["a", "sub"]);
      expect(existsSync(swap.staged)).toBe(false);
    });

    it("puts a file in another's place and back", async () => {
      const swap = await stage(at("tree", "a"), "file");
      await capture.swap(swap);
      expect(content(at("tree", "a"))).toBe("new");
      expect(content(swap.aside)).toBe("aaa");
      await capture.undo(swap);
      expect(content(at("tree", "a"))).toBe("aaa");
      await capture.discard(swap);
      expect(readdirSync(at("tree"))).toEqual(["a", "sub"]);
    });

    it("takes the new content away where nothing was before", async () => {
      const swap = await stage(at("made", "for it"));
      expect(swap.fresh).toBe(true);
      await capture.swap(swap);
      await capture.swap(swap);
      expect(readdirSync(at("made", "for it"))).toEqual(["fresh"]);
      await capture.undo(swap);
      await capture.undo(swap);
      await capture.discard(swap);
      expect(readdirSync(at("made"))).toEqual([]);
    });

    it("takes another tree in under a name, and follows no link on the way", async () => {
      const into = await stage(at("made"));
      mkdirSync(join(into.staged, "sub"));
      symlinkSync(at("tree"), join(into.staged, "sub", "out"));
      const inside = (name: string) => capture.linkWithin(into.staged, name);
      const link = { name: "sub/out", to: at("tree") };
      expect(await inside("sub/out")).toEqual(link);
      expect(await inside("sub/out/deep")).toEqual(link);
      expect(await inside("sub/other")).toBeUndefined();

      const from = await capture.planSwap(at("made"), "run-1-1", "directory");
      writeFileSync(join(await capture.prepare(from), "grafted"), "new");
      await capture.graft(from.staged, into.staged, "sub/out");
      expect(readdirSync(join(into.staged, "sub", "out"))).toEqual(["grafted"]);
      expect(readdirSync(at("tree"))).toEqual(["a", "sub"]);
      for (const swap of [from, into]) await capture.discard(swap);
      expect(readdirSync(at())).toEqual(["tree"]);
    });

    it("replaces a directory that an engine made for want of a file", async () => {
      mkdirSync(at("app.conf"));
      const swap = await stage(at("app.conf"), "file");
      await capture.swap(swap);
      expect(content(at("app.conf"))).toBe("new");
      await capture.undo(swap);
      expect(statSync(at("app.conf")).isDirectory()).toBe(true);
    });

    it("makes way for an empty directory that appears meanwhile, for nothing else", async () => {
      const swap = await stage(at("later"));
      mkdirSync(at("later"));
      await capture.swap(swap);
      expect(readdirSync(at("later"))).toEqual(["fresh"]);
      const other = await stage(at("other"));
      mkdirSync(at("other", "x"), { recursive: true });
      await expect(capture.swap(other)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
      expect(existsSync(at("other", "x"))).toBe(true);
    });

    it("replaces what a symbolic link leads to and keeps the link", async () => {
      symlinkSync("tree", at("link"));
      const swap = await stage(at("link"));
      await capture.swap(swap);
      expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
      expect(readdirSync(at("tree"))).toEqual(["fresh"]);
    });

    it("keeps a volume's safety copy out of the volume and of the list of volumes", async () => {
      mkdirSync(at("volumes", "data", "_data"), { recursive: true });
      const swap = await stage(at("volumes", "data", "_data"));
      expect(swap.aside.startsWith(at(".stackhold-safety"))).toBe(true);
      await capture.swap(swap);
      expect(readdirSync(at("volumes"))).toEqual(["data"]);
      expect(readdirSync(at("volumes", "data"))).toEqual(["_data"]);
    });

    it("does not follow links out of what it discards", async () => {
      const swap = await stage(at("target"));
      symlinkSync(at("tree"), join(swap.staged, "way out"));
      await capture.discard(swap);
      expect(readdirSync(at())).toEqual(["tree"]);
      expect(readdirSync(at("tree"))).toEqual(["a", "sub"]);
    });

    it("tells of what was set aside and whose it is, until that is forgotten", async () => {
      const origin = { unit: "shop", runId: "run-1", createdAt: "2026-11-20T02:00:00.000Z" };
      const swap = await stage(at("tree"));
      await capture.mark(swap, origin);
      expect(await capture.safetyCopies([at("tree")])).toEqual([]);
      await capture.swap(swap);
      const [copy, ...none] = await capture.safetyCopies([at("tree"), at("tree")]);
      expect(none).toEqual([]);
      expect(copy).toMatchObject({ path: swap.aside, origin, isUnfinished: false });
      await capture.discard(swap);
      expect(await capture.safetyCopies([at("tree"), at("gone")])).toEqual([copy]);
      for (const one of [copy, copy]) if (one !== undefined) await capture.forget(one.swap);
      expect(readdirSync(at())).toEqual(["tree"]);
      expect(readdirSync(at("tree"))).toEqual(["fresh"]);
    });

    it("refuses to discard what is no place of a swap", async () => {
      const swap = await capture.planSwap(at("tree"), "run-1");
      const forged = { ...swap, staged: at("tree", "sub"), aside: at("tree", "old") };
      await expect(capture.discard(forged)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
      expect(existsSync(at("tree", "sub", "b"))).toBe(true);
    });
  });
}
