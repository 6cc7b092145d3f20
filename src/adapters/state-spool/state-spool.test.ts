import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { createStateSpool } from "./state-spool.ts";

const module = new URL("./state-spool.ts", import.meta.url).href;

/** Another process that has a spool, and says where. */
async function startOther(stateDir: string) {
  const script = `
    const { createStateSpool } = await import(${JSON.stringify(module)});
    const { path } = await createStateSpool(${JSON.stringify({ stateDir })}).make();
    process.stdout.write(path);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [path] = await once(child.stdout, "data");
  return { child, path: String(path) };
}

test("gives each unit a directory of its own, and leaves nothing of it", async () => {
  await using state = await temporaryDirectory();
  const spool = createStateSpool({ stateDir: state.path });
  expect(await spool.sweep()).toEqual([]);
  const [one, other] = [await spool.make(), await spool.make()];
  await writeFile(join(one.path, "first"), "");
  await one[Symbol.asyncDispose]();
  expect(await spool.sweep()).toEqual([]);
  expect(await readdir(other.path)).toEqual([]);
  await other[Symbol.asyncDispose]();
  expect(await readdir(join(state.path, "spool"))).toEqual([]);
});

test("leaves what a living process uses, and removes it once that is killed", async () => {
  await using state = await temporaryDirectory();
  const spool = createStateSpool({ stateDir: state.path });
  const { child, path } = await startOther(state.path);
  try {
    await writeFile(join(path, "first"), "");
    expect(await spool.sweep()).toEqual([]);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  expect(await spool.sweep()).toHaveLength(1);
  expect(await readdir(join(state.path, "spool"))).toEqual([]);
});
