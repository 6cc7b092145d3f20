import { expect, it } from "vitest";
import type { PointReader } from "../../ports/repository.ts";
import { readDocument } from "./point-documents.ts";
import { readRecipe } from "./standalone/read-recipe.ts";

const { signal } = new AbortController();

/** A point whose recipe has these files. */
function reader(files: Readonly<Record<string, string>>): PointReader {
  return {
    manifest: { unit: "shop", backupId: "2026-11-20T02-00-00Z", parts: [{ kind: "recipe" }] },
    pour: async (_: unknown, path: string, onBytes: (bytes: Uint8Array) => Promise<void>) =>
      onBytes(Buffer.from(files[path] ?? "{}")),
  } as unknown as PointReader;
}

it.each([
  ["is no JSON", "{"],
  ["is of another form", '{"format": 1, "documents": {"volumes.json": [{"pointer": 7}]}}'],
  ["is of a later form", '{"format": 2, "documents": {}}'],
])("secrets.json that %s is a damaged point, whoever reads it", async (_, text) => {
  const point = reader({ "secrets.json": text, "volumes.json": "[]" });
  const error = {
    code: "POINT_DAMAGED",
    message: "secrets.json in the point 2026-11-20T02-00-00Z of shop is not understood",
  };
  const document = readDocument(point, "recipe", "volumes.json", { signal });
  await expect(document).rejects.toMatchObject(error);
  await expect(readRecipe(point, "shop", signal)).rejects.toMatchObject(error);
});
