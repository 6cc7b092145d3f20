import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSpool } from "./spool.ts";

it("tells several passes at once what time it is", async () => {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-spool-"));
  const spool = createSpool(directory);
  const times = await Promise.all(Array.from({ length: 20 }, () => spool.now()));
  const now = await spool.now();
  for (const time of times) expect(time).toBeLessThanOrEqual(now);
  expect(await readdir(directory)).toEqual([]);
  await spool.remove();
});
