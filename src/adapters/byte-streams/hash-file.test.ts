import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashFile } from "./hash-file.ts";

const content = "x".repeat((1 << 20) + 1);
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "stackhold-hash-"));
  file = join(directory, "file");
  writeFileSync(file, content);
});
afterEach(() => rmSync(directory, { recursive: true }));

it("tells the hash and the size of all pieces of a file, and of each piece as it is read", async () => {
  const pieces: number[] = [];
  expect(await hashFile(file, undefined, (bytes) => pieces.push(bytes))).toEqual({
    bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  });
  expect(pieces).toEqual([1 << 20, 1]);
});

it("ends as cancelled between two pieces", async () => {
  const controller = new AbortController();
  const reading = hashFile(file, controller.signal, () => controller.abort());
  await expect(reading).rejects.toMatchObject({ code: "CANCELLED" });
});
