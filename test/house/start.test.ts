import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

it("gives Node the same options by the launcher and by the program's own first line", () => {
  const launched = /^exec "\$node" (.*) "\$dir\/dist\/main\.js" "\$@"$/m.exec(read("stackhold"));
  const byItself = /^#!\/usr\/bin\/env -S node (.*)$/m.exec(read("src/main.ts"));
  expect(launched?.[1]).toMatch(/^--max-semi-space-size=\d+$/);
  expect(byItself?.[1]).toBe(launched?.[1]);
});
