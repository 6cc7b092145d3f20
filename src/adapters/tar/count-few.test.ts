import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRunner } from "../../exec/runner.ts";
import type { Tree } from "../../ports/capture.ts";
import { countFew } from "./count-few.ts";
import { hold } from "./hold.ts";
import { listTree } from "./measure.ts";

let root = "";
const sh = (script: string) => execFileSync("/bin/bash", ["-euc", script], { cwd: root });
const environment = { PATH: "/usr/bin:/bin" };
const runner = createRunner({ environment, monotonic: () => performance.now() });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stackhold-few-"));
});
afterEach(() => void execFileSync("rm", ["-rf", root]));

async function both(tree: Partial<Tree> = {}) {
  await using held = await hold({ path: root, type: "directory", exclude: [], ...tree });
  const few = await countFew(held);
  return { few, listed: await listTree(runner, held, { isMoving: true }) };
}

it("counts what find counts: links once, holes not, sockets and safety copies not at all", async () => {
  sh(`echo text > a; ln a b; ln -s a link; mkfifo pipe; mkdir -p d/e .stackhold-safety/x d/.stackhold-safety
    ln a d/e/c; truncate -s 1M d/hole; head -c 9000 /dev/zero > "d/$(printf 'odd\\xff\\n')"; ln -s / d/up
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'`);
  const { few, listed } = await both();
  expect(few).toEqual(listed);
  expect(few).toMatchObject({ files: 11 });
  expect(await both({ path: join(root, "a"), type: "file" })).toMatchObject({
    few: { files: 1, bytes: 5 },
    listed: { files: 1, bytes: 5 },
  });
});

it("leaves out what is excluded, with all below", async () => {
  sh("mkdir -p cache/deep data/cache; touch cache/deep/a data/cache/b data/c.log data/d");
  for (const exclude of [["cache"], ["/cache"], ["*.log", "!data"], ["d*/"]]) {
    const { few, listed } = await both({ exclude });
    expect(few).toEqual(listed);
  }
});

it("leaves to find what is large, or what find has to judge", async () => {
  sh("mkdir many; cd many; touch $(seq 64)");
  expect((await both()).few).toBeUndefined();
  sh("rm many/1 many/2");
  const { few, listed } = await both();
  expect(few).toEqual(listed);
  expect(few).toMatchObject({ files: 64 });
  const name = "n".repeat(250);
  sh(`rm -r many; for i in $(seq 18); do mkdir ${name}; cd ${name}; done`);
  expect((await both()).few).toBeUndefined();
});
