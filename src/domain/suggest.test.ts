import fc from "fast-check";
import { expect, it } from "vitest";
import { didYouMean, suggest } from "./suggest.ts";

const units = ["nextcloud", "wordpress", "traefik", "db"];

it("finds the name that was mistyped", () => {
  expect(suggest("nextclod", units)).toBe("nextcloud");
  expect(suggest("Traefki", units)).toBe("traefik");
  expect(suggest("dv", units)).toBe("db");
});

it("says nothing when nothing is near", () => {
  expect(suggest("grafana", units)).toBeUndefined();
  expect(didYouMean("grafana", units)).toBe("");
  expect(suggest("anything", [])).toBeUndefined();
});

it("ends a message about an unknown name", () => {
  expect(didYouMean("wordpres", units)).toBe(': did you mean "wordpress"?');
  expect(didYouMean("wordpres", units, "`")).toBe(": did you mean `wordpress`?");
});

const word = fc.stringMatching(/^[a-z_]{4,16}$/);

it("finds any word of which one letter is missing, wrong or too much", () => {
  fc.assert(
    fc.property(word, fc.nat(), fc.constantFrom("", "x", "xx"), (name, at, instead) => {
      const index = at % name.length;
      const mistyped = name.slice(0, index) + instead + name.slice(index + 1);
      expect(suggest(mistyped, ["0123456789012345678901234567", name])).toBe(name);
    }),
  );
});

it("prefers the exact name and never invents one", () => {
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1 }), word, (names, other) => {
      expect(names.map((name) => suggest(name, names))).toEqual(names);
      expect([undefined, ...names]).toContain(suggest(other, names));
    }),
  );
});
