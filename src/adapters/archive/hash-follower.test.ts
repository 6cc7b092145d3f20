import { createHash, randomBytes } from "node:crypto";
import { open, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { createSystemClock } from "../system-clock/system-clock.ts";
import { followHash } from "./hash-follower.ts";

const clock = createSystemClock();
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

test("hashes a file that appears and grows while it is followed", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "growing");
  const follower = followHash(path, clock, { busy: false });
  const data = randomBytes(5_000_000);
  const file = await open(path, "w");
  for (let at = 0; at < data.length; at += 700_001) {
    await file.write(data.subarray(at, at + 700_001));
    await clock.sleep(5);
  }
  await file.close();
  expect(await follower.finish()).toEqual({ sha256: sha256(data), bytes: data.length });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("hashes a file that was whole before it was followed, and an empty one", async () => {
  await using directory = await temporaryDirectory();
  for (const data of [randomBytes(3_000_000), Buffer.alloc(0)]) {
    const path = join(directory.path, "whole");
    await writeFile(path, data);
    const hashed = await followHash(path, clock, { busy: false }).finish();
    expect(hashed).toEqual({ sha256: sha256(data), bytes: data.length });
  }
});

test("flushes early, one file at a time", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "large");
  const block = Buffer.alloc(64 << 20, 1);
  const file = await open(path, "w");
  for (let blocks = 0; blocks < 5; blocks += 1) await file.write(block);
  await file.close();
  const flushing = { busy: false };
  const seen: boolean[] = [];
  const watched = {
    get busy() {
      return flushing.busy;
    },
    set busy(value: boolean) {
      seen.push(value);
      flushing.busy = value;
    },
  };
  await followHash(path, clock, watched).finish();
  expect(seen).toEqual([true, false]);
});

test("a writer that made no file is an error; a follower that is abandoned ends", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "never");
  const follower = followHash(path, clock, { busy: false });
  await expect(follower.finish()).rejects.toMatchObject({ code: "ENOENT" });
  const abandoned = followHash(path, clock, { busy: false });
  await abandoned.abandon();
  await abandoned.abandon();
});
