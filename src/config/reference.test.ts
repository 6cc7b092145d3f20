import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { absences } from "./availability.ts";
import { configPage } from "./config-page.ts";
import { environmentNames } from "./environment.ts";
import { configJsonSchema } from "./json-schema.ts";
import { configReference } from "./reference.ts";
import { configSchema } from "./schema/config-schema.ts";
import { factsOf, type Schema } from "./shape.ts";

/** Every key by its own walk, so that the reference cannot pass over one. */
function keys(schema: Schema): { name: string; description: string | undefined }[] {
  const { shape } = factsOf(schema);
  if (shape.kind === "map") return keys(shape.value);
  if (shape.kind === "list") return keys(shape.item);
  if (shape.kind === "choice") return shape.options.flatMap(keys);
  if (shape.kind === "scalar") return [];
  return Object.entries(shape.fields).flatMap(([name, field]) => [
    { name, description: factsOf(field).description },
    ...keys(field),
  ]);
}

const rows = configReference().flatMap((section) => section.rows);

it("describes every key", () => {
  const all = keys(configSchema);
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
});

it("lists every key", () => {
  const listed = configReference()
    .map(({ title, rows: own }) => [title, ...own.map((row) => row.key)].join("\n"))
    .join("\n");
  const missing = keys(configSchema).filter(
    ({ name }) => !new RegExp(`\\b${name}\\b`).test(listed),
  );
  expect(missing).toEqual([]);
});

it("lists every variable", () => {
  const listed = new Set(rows.map((row) => row.variable));
  expect([...environmentNames(configSchema).keys()].filter((name) => !listed.has(name))).toEqual(
    [],
  );
});

it("mentions every restriction, so that the table names no key that does not exist", () => {
  const page = configPage();
  expect(absences.filter(({ message }) => !page.includes(message))).toEqual([]);
});

it("has keys that do nothing in this version in a section of their own at the end", () => {
  const [before = "", after = ""] = configPage().split("## Not in this version\n");
  for (const key of ["backup.update_recovery_bundle", "server.listen", "units.<name>.skip"]) {
    expect([before.includes(`| \`${key}\` |`), after.includes(`| \`${key}\` |`)]).toEqual([
      false,
      true,
    ]);
  }
  expect(before).not.toMatch(/schedules\.|notifications\./);
  for (const key of ["backup.images", "backup.scope", "retention.days", "stacks_dir"]) {
    expect([before.includes(`| \`${key}\` |`), after.includes(`| \`${key}\` |`)]).toEqual([
      true,
      false,
    ]);
  }
});

it("is what docs/config.md says", async () => {
  const page = await readFile(new URL("../../docs/config.md", import.meta.url), "utf8");
  expect(page === configPage(), "run `npm run docs`").toBe(true);
});

describe("the JSON Schema", () => {
  const schema = configJsonSchema();

  it("knows keys, descriptions and defaults, and refuses unknown ones", () => {
    expect(schema).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: {
        stacks_dir: { default: "/opt/stacks", description: expect.any(String) },
        backup: { properties: { max_age: { default: "26h" } } },
      },
    });
  });

  it("asks for nothing: an empty file is valid", () => {
    expect(schema.required).toBeUndefined();
  });
});
