import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../domain/manifest.ts";
import type { PartId } from "../domain/part.ts";
import type { PointRef, Repository } from "../ports/repository.ts";
import { aManifest } from "./manifest.ts";

/** A temporary directory that is removed with its user: `await using`. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "stackhold-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Publishes a point whose parts each hold one file, `inner/file`, with the text. */
export async function publishPoint(
  repository: Repository,
  ref: PointRef,
  parts: readonly PartId[] = [{ kind: "volume", name: "data" }],
  text = "content",
  over: Partial<Manifest> = {},
): Promise<void> {
  await using scratch = await temporaryDirectory();
  await mkdir(join(scratch.path, "inner"));
  await writeFile(join(scratch.path, "inner", "file"), text);
  const tree = { path: scratch.path, type: "directory", exclude: [] } as const;
  const writer = await repository.begin(ref);
  const pending = await Promise.all(
    parts.map((part) => writer.store({ ...part, source: part.name, tree }, {})),
  );
  await writer.publish(
    aManifest(ref, await Promise.all(pending.map((part) => part.settle())), over),
  );
}
