import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunner } from "../../exec/runner.ts";
import type { Tree } from "../../ports/capture.ts";
import { createTarCapture } from "./tar-capture.ts";

const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-archive-"));
  mkdirSync(join(root, "tree"));
  mkdirSync(join(root, "bin"));
  mkdirSync(join(root, "out"));
  writeFileSync(join(root, "tree", "a"), "aaa");
  writeFileSync(join(root, "tree", "b"), randomBytes(3_000_000));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Programs in `bin` come before the system's. */
function captureWith(programs: Record<string, string> = {}, path?: string) {
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  }
  const environment = { PATH: path ?? `${join(root, "bin")}:${systemPath}` };
  return createTarCapture({
    runner: createRunner({ environment, monotonic: () => performance.now() }),
  });
}

const tree = (exclude: string[] = []): Tree => ({
  path: join(root, "tree"),
  type: "directory",
  exclude,
});
const target = (compression: "zstd" | "gzip" | "none" = "zstd") => ({
  file: join(root, "out", "x:y.tar"),
  compression,
  level: 3,
});

describe("an archive of a tree that does not stand still", () => {
  it("names a file that changes while it is read", async () => {
    const capture = captureWith({ zstd: `echo more >> ${root}/tree/b; exec /usr/bin/zstd "$@"` });
    writeFileSync(join(root, "tree", "b"), randomBytes(30_000_000));
    const { unsteady } = await capture.archive(tree(), target());
    expect(unsteady).toEqual(["./b"]);
  });

  it("names a file that vanishes before it is read", async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `z${index}`);
    for (const name of names) writeFileSync(join(root, "tree", name), "");
    const capture = captureWith({ sort: `/usr/bin/sort "$@"; rm ${root}/tree/z*` });
    const { unsteady } = await capture.archive(tree(["nothing"]), target());
    expect(unsteady.length).toBe(1000);
    expect(unsteady).toContain("./z0");
  });

  it("names what vanishes between its contents and its attributes", async () => {
    const capture = captureWith({
      tar: `/bin/tar "$@"
            echo "tar: ./a: Warning: Cannot acl_get_file_at: No such file or directory" >&2
            echo "tar: ./b: Cannot stat: No such file or directory" >&2; exit 2`,
    });
    const { unsteady } = await capture.archive(tree(["nothing"]), target());
    expect(unsteady).toEqual(["./a", "./b"]);
  });
});

describe("an archive that fails", () => {
  afterEach(() => expect(readdirSync(join(root, "out"))).toEqual([]));

  it.each([
    ["zstd", "kill -9 $$"],
    ["zstd", "head -c 100000 >/dev/null; kill -9 $$"],
    ["gzip", "cat >/dev/null; exit 1"],
  ] as const)("because %s ends with: %s", async (name, script) => {
    const work = captureWith({ [name]: script }).archive(tree(), target(name));
    await expect(work).rejects.toMatchObject({ code: "TOOL_FAILED" });
  });

  it("because tar is killed, though zstd ends well", async () => {
    const capture = captureWith({ tar: 'kill -9 $$; exec /bin/tar "$@"' });
    await expect(capture.archive(tree(), target())).rejects.toMatchObject({ code: "TOOL_FAILED" });
  });

  it("because zstd is not installed", async () => {
    for (const program of ["tar", "find", "sh", "setpriv"]) {
      const real = execFileSync("sh", ["-c", `command -v ${program}`])
        .toString()
        .trim();
      execFileSync("ln", ["-s", real, join(root, "bin", program)]);
    }
    const work = captureWith({}, join(root, "bin")).archive(tree(), target());
    await expect(work).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });

  it("because a file cannot be read", async () => {
    const capture = captureWith({
      tar: `echo "tar: ./b: Cannot open: Input/output error" >&2
            echo "tar: Exiting with failure status due to previous errors" >&2; exit 2`,
    });
    await expect(capture.archive(tree(), target())).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringContaining("./b"),
    });
  });

  it.each(["zstd", "gzip", "none"] as const)(
    "because the disk is full, compressed by %s: needs root, to mount a small one",
    async (compression) => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1M", "none", join(root, "out")]);
      try {
        const work = captureWith().archive(tree(), target(compression));
        await expect(work).rejects.toMatchObject({ code: "NO_SPACE" });
        expect(readdirSync(join(root, "out"))).toEqual([]);
      } finally {
        execFileSync("umount", [join(root, "out")]);
      }
    },
  );
});

describe("unpacking", () => {
  it("says that the disk is full: needs root, to mount a small one", async () => {
    const capture = captureWith();
    await capture.archive(tree(), target());
    const small = join(root, "small");
    mkdirSync(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1M", "none", small]);
    try {
      const work = capture.extract({ hot: target().file }, small);
      await expect(work).rejects.toMatchObject({ code: "NO_SPACE" });
    } finally {
      execFileSync("umount", [small]);
    }
  });

  it("warns of attributes that the file system does not take: needs root, to mount one", async () => {
    const capture = captureWith();
    execFileSync("setfattr", ["-n", "user.x", "-v", "1", join(root, "tree", "a")]);
    await capture.archive(tree(), target());
    const small = join(root, "small");
    mkdirSync(small);
    execFileSync("mount", ["-t", "ramfs", "none", small]);
    const warnings: string[] = [];
    try {
      await capture.extract({ hot: target().file }, small, {
        onWarning: (text) => warnings.push(text),
      });
    } finally {
      execFileSync("umount", [small]);
    }
    expect(warnings).toEqual([expect.stringMatching(/user\.x.*\.\/a/)]);
  });
});

it("reports progress that grows up to the total", async () => {
  const seen: { bytes: number; totalBytes?: number }[] = [];
  const capture = captureWith({ zstd: "/usr/bin/sleep 1.3; exec /usr/bin/zstd -3 -q" });
  truncateSync(join(root, "tree", "a"), 1_000_000);
  await capture.archive(tree(), target(), { onProgress: (progress) => seen.push(progress) });
  expect(seen.length).toBeGreaterThanOrEqual(2);
  expect(seen.at(-1)).toMatchObject({ bytes: 4_000_000, totalBytes: 4_000_000, files: 3 });
  expect(seen.every(({ bytes }, index) => bytes >= (seen[index - 1]?.bytes ?? 0))).toBe(true);
});

it("names the tool that is missing or not the right one", async () => {
  await expect(captureWith({ find: "echo find of another kind" }).tools()).rejects.toMatchObject({
    code: "TOOL_MISSING",
    message: expect.stringContaining("find"),
    hint: expect.stringContaining("findutils"),
  });
  await expect(captureWith({}, "/nowhere").tools()).rejects.toMatchObject({ code: "TOOL_MISSING" });
});
