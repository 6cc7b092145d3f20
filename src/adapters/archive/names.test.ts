import fc from "fast-check";
import { expect, test } from "vitest";
import { archiveFileName, directoryName, nameOfDirectory } from "./names.ts";

const anyName = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    ".",
    "..",
    "latest",
    "%",
    "%2E",
    "a/..",
    "/",
    "\0",
    "stackhold-repository.json",
  ),
);

test("every name is one visible component that leads nowhere else, and can be read back", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const directory = directoryName(name);
      expect(directory).toMatch(/^[^/\0]+$/);
      expect(directory).not.toMatch(/^\.|^latest$|^stackhold-repository\.json$/);
      expect(nameOfDirectory(directory)).toBe(name);
    }),
  );
});

test.each([
  ["shop", "shop"],
  ["container:shop", "container:shop"],
  ["a/b 100%", "a%2Fb 100%25"],
  ["..", "%2E."],
  ["latest", "%6Catest"],
  ["", "%"],
])("%j becomes the directory %j", (name, directory) => {
  expect(directoryName(name)).toBe(directory);
});

test.each([".git", ".partial-2026-11-20T02-00-00Z", "latest", "lost+found", "50%", "%41"])(
  "the directory %j is somebody else's",
  (directory) => {
    expect(nameOfDirectory(directory)).toBeUndefined();
  },
);

test("names beyond the file system's limit keep their beginning and stay apart", () => {
  const names = ["ä".repeat(300), `${"ä".repeat(299)}b`].map(directoryName);
  expect(new Set(names).size).toBe(2);
  for (const name of names) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^ä+~[0-9a-f]{16}$/);
  }
});

test.each([
  [{ kind: "project", name: "" }, "hot", "zstd", "project.tar.zst"],
  [{ kind: "volume", name: "data" }, "hot", "gzip", "volume-data.tar.gz"],
  [{ kind: "bind", name: "/srv/a%" }, "hot", "none", "bind-%2Fsrv%2Fa%25.tar"],
  [{ kind: "volume", name: "data" }, "delta", "zstd", "volume-data.delta.tar.zst"],
  [{ kind: "volume", name: "data" }, "deleted", "zstd", "volume-data.deleted"],
  [{ kind: "volume", name: "data" }, "listing", "zstd", "volume-data.list.zst"],
  [{ kind: "volume", name: "data.delta" }, "hot", "zstd", "volume-data%2Edelta.tar.zst"],
] as const)("%j, %s, %s is stored as %s", (part, role, compression, file) => {
  expect(archiveFileName(part, role, compression)).toBe(file);
});

test("a part with a very long name leaves room for what is written beside its file", () => {
  const file = archiveFileName({ kind: "bind", name: `/${"d/".repeat(400)}` }, "hot", "zstd");
  expect(Buffer.byteLength(`${file}.partial`)).toBeLessThanOrEqual(255);
  expect(file).toMatch(/~[0-9a-f]{16}\.tar\.zst$/);
});
