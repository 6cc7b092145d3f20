import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createRunner } from "../../../exec/runner.ts";
import { temporaryDirectory } from "../../../testing/points.ts";
import { type Pouring, withStream } from "./stream.ts";

const runner = createRunner({
  environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  monotonic: () => performance.now(),
});
const call = promisify(execFile);
const cat = async (path: string) => (await call("cat", [path])).stdout;

async function streamed<T>(pour: Pouring, work: (path: string) => Promise<T>): Promise<T> {
  await using place = await temporaryDirectory();
  return await withStream(pour, { runner, directory: place.path }, work);
}

it("gives the stream from its beginning to everybody who opens it", async () => {
  const pour: Pouring = async (onBytes) => {
    for (const piece of ["one ", "two ", "x".repeat(200_000)]) await onBytes(Buffer.from(piece));
  };
  const read = await streamed(pour, async (path) => [await cat(path), await cat(path)]);
  expect(read[0]).toHaveLength(200_008);
  expect(read[1]).toBe(read[0]);
});

it("lets a reader go that has seen enough", async () => {
  const pour: Pouring = async (onBytes) => {
    for (let count = 0; count < 1000; count += 1) await onBytes(Buffer.alloc(100_000, "y"));
  };
  const head = async (path: string) => (await call("head", ["-c", "3", path])).stdout;
  expect(await streamed(pour, async (path) => [await head(path), await head(path)])).toEqual([
    "yyy",
    "yyy",
  ]);
});

it("fails where the stream does, though its reader is content", async () => {
  const pour: Pouring = async (onBytes) => {
    await onBytes(Buffer.from("half"));
    throw new Error("the storage went away");
  };
  let read = "";
  const work = async (path: string) => {
    read = await cat(path);
  };
  await expect(streamed(pour, work)).rejects.toThrow("the storage went away");
  expect(read).toBe("half");
});

it("keeps nobody waiting who opens it again after it failed", async () => {
  const pour: Pouring = () => Promise.reject(new Error("the storage went away"));
  const work = async (path: string) => [await cat(path).catch(() => ""), await cat(path)];
  await expect(streamed(pour, work)).rejects.toThrow("the storage went away");
});

it("ends where nobody opens it, and where the work fails", async () => {
  const pour: Pouring = (onBytes) => Promise.resolve(onBytes(Buffer.from("unread")));
  expect(await streamed(pour, async () => "done")).toBe("done");
  const failing = streamed(pour, () => Promise.reject(new Error("of the work")));
  await expect(failing).rejects.toThrow("of the work");
  await using place = await temporaryDirectory();
  await withStream(pour, { runner, directory: place.path }, cat);
  expect(await readdir(place.path)).toEqual(["stream"]);
});
