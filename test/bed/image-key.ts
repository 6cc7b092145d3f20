import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { baseKey } from "./base-image.ts";
import { findProgram } from "./paths.ts";

export const allImages = [
  "stackhold-test/busybox",
  "stackhold-test/postgres",
  "stackhold-test/redis",
  "stackhold-test/mariadb",
  "stackhold-test/lmdb",
] as const;

export type ImageName = (typeof allImages)[number];

/** The build context of an image. */
export const recipeDir = (name: ImageName): string =>
  join(import.meta.dirname, "images", name.slice("stackhold-test/".length));

const keys = new Map<ImageName, string>();

/** A hash of all that the image is made of. */
export function imageKey(name: ImageName): string {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const hash = createHash("sha256").update(
    name === "stackhold-test/busybox" ? busybox() : baseKey(),
  );
  const directory = recipeDir(name);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(entry.slice(directory.length)).update(readFileSync(entry));
  }
  const key = hash.digest("hex").slice(0, 16);
  keys.set(name, key);
  return key;
}

function busybox(): Buffer {
  const path = findProgram("busybox");
  if (!path) throw new Error("busybox-static is not installed");
  return readFileSync(path);
}
