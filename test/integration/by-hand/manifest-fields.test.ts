import { expect, test } from "vitest";
import { z } from "zod";
import { manifestSchema, storedPartSchema } from "../../../src/domain/manifest.ts";
import { formatPage } from "./commands.ts";

/** Every property name of a JSON Schema, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    "properties" in schema && typeof schema.properties === "object" && schema.properties !== null
      ? Object.keys(schema.properties)
      : [];
  return [...own, ...Object.values(schema).flatMap(fieldsOf)];
}

test("docs/format.md names every field of the manifest", () => {
  const fields = new Set(fieldsOf(z.toJSONSchema(manifestSchema)));
  expect(fields.size).toBeGreaterThan(50);
  const page = formatPage();
  expect([...fields].filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
});

test("its table of a part has every field of a part", () => {
  const [, table = ""] = /^A part:$(.*?)^An archive file:/ms.exec(formatPage()) ?? [];
  const fields = Object.keys(storedPartSchema.shape);
  expect(fields.filter((field) => !table.includes(`\`${field}\``))).toEqual([]);
});
