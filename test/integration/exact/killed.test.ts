import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-killed-"));
  mkdirSync(join(root, "tree"));
  mkdirSync(join(root, "bin"));
  for (const name of ["a", "b"]) writeFileSync(join(root, "tree", name), randomBytes(200_000_000));
  // Says who it is, then compresses slowly enough to be met at work.
  const script = `#!/bin/sh\necho $$ > ${root}/zstd.pid\nexec /usr/bin/zstd --ultra -22 -q\n`;
  writeFileSync(join(root, "bin", "zstd"), script);
  chmodSync(join(root, "bin", "zstd"), 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const source = (path: string) => JSON.stringify(join(import.meta.dirname, "../../../src", path));

function programsNaming(text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter(Number.isInteger)
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(text));
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > limit) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it("leaves no tar and no compressor at work when the run is killed with -9", async () => {
  const script = join(root, "run.ts");
  const target = join(root, "x.tar.zst");
  writeFileSync(
    script,
    `import { createTarCapture } from ${source("adapters/tar/tar-capture.ts")};
    import { createRunner } from ${source("exec/runner.ts")};
    const environment = { PATH: ${JSON.stringify(`${join(root, "bin")}:/usr/bin:/bin`)} };
    const capture = createTarCapture({ runner: createRunner({ environment, monotonic: () => 0 }) });
    const target = { file: ${JSON.stringify(target)}, compression: "zstd", level: 3 };
    await capture.archive({ path: ${JSON.stringify(join(root, "tree"))}, type: "directory", exclude: [] }, target);`,
  );
  const run = spawn(process.execPath, [script], { stdio: "inherit" });
  const pidFile = join(root, "zstd.pid");
  await until(() => existsSync(pidFile) && read(pidFile).endsWith("\n"), 20_000);
  const compressor = Number(read(pidFile));
  expect(programsNaming(target).length).toBeGreaterThan(0);
  run.kill("SIGKILL");
  await until(() => programsNaming(target).length === 0, 5_000);
  // It still compresses the blocks that it holds, then it finds the end of its input.
  await until(() => read(`/proc/${compressor}/comm`) !== "zstd\n", 60_000);
});
