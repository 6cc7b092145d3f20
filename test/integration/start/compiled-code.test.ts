import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { bundle } from "../../support/stackhold.ts";

/** A program of its own, which has not run yet; the answer starts it as that user. */
function installed(): {
  readonly cache: string;
  help(uid: number): { code: unknown; said: string };
} {
  const directory = mkdtempSync(join(tmpdir(), "stackhold-program-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  const cache = join(directory, "cache");
  const filter = (path: string) => !path.endsWith(".map") && !path.endsWith("/cache");
  cpSync(dirname(bundle), directory, { recursive: true, filter });
  return {
    cache,
    help(uid) {
      const args = [join(directory, "main.js"), "list", "--help"];
      const options = { uid, encoding: "utf8", env: { PATH: process.env.PATH } } as const;
      const { status, stderr } = spawnSync(process.execPath, args, options);
      return { code: status, said: stderr };
    },
  };
}

it("keeps its compiled code beside the program", () => {
  const program = installed();
  expect(program.help(process.getuid?.() ?? 0)).toEqual({ code: 0, said: "" });
  expect(readdirSync(program.cache)).toHaveLength(1);
});

it.runIf(process.getuid?.() === 0)("runs where nothing can be kept beside it", () => {
  const program = installed();
  expect(program.help(65_534)).toEqual({ code: 0, said: "" });
  expect(existsSync(program.cache)).toBe(false);
});
