import { expect, it } from "vitest";
import { parseKeptLine, writtenBytes } from "./kept-log.ts";

/** As stderr is handed over: its bytes as latin1. */
const line = (what: string, json: string) => Buffer.from(`${what}\t${json}`).toString("latin1");
const facts = '"dur":"1µs","size":2,"mtime":"2026-11-22T01:01:04Z","oid":"a69"';
const at = Date.parse("2026-11-22T01:01:04Z") / 1000;

it.each([
  ["snapshotted file", "f"],
  ["snapshotted directory", "d"],
  ["snapshotted symlink", "l"],
])("tells what became of an entry: %s", (what, type) => {
  expect(parseKeptLine(line(what, `{"path":"d/a",${facts}}`))).toEqual({
    ...{ name: "./d/a", type, size: 2, mtime: at, isRemembered: false },
  });
});

it("does not know the type of what was not read again", () => {
  const found = parseKeptLine(line("cached", `{"path":"a",${facts}}`));
  expect(found).toEqual({ name: "./a", size: 2, mtime: at, isRemembered: true });
});

it.each([
  [".", "."],
  ["ünï漢🙂", `./${Buffer.from("ünï漢🙂").toString("latin1")}`],
  ['\\n\\t\\"\\\\', './\n\t"\\'],
  ["\\ufffd", "./\xef\xbf\xbd"],
])("gives names as their bytes: %s", (path, name) => {
  expect(parseKeptLine(line("snapshotted file", `{"path":"${path}",${facts}}`))?.name).toBe(name);
});

it("says what Kopia gave up", () => {
  const given = line("snapshotted directory", '{"path":"d","error":"no such file","dur":"1ms"}');
  expect(parseKeptLine(given)).toMatchObject({ name: "./d", isDropped: true });
});

it("reads times in another zone and before 1970", () => {
  const of = (mtime: string) =>
    parseKeptLine(line("snapshotted file", `{"path":"a","size":0,"mtime":"${mtime}"}`))?.mtime;
  expect(of("2026-11-22T03:01:04+02:00")).toBe(at);
  expect(of("1965-01-01T00:00:00Z")).toBe(-157_766_400);
});

it.each([
  "Snapshotting stackhold@h:/u ...",
  '[STORAGE] PutBlob\t{"blobID":"p1","length":4331,"error":null,"duration":"1µs"}',
  'error\t{"path":"x","error":"unknown entry"}',
  'cache miss\t{"path":"x"}',
  "",
])("takes no other line for an entry: %s", (text) => {
  expect(parseKeptLine(text)).toBeUndefined();
});

it("counts what was written to the storage", () => {
  const put = (rest: string) => writtenBytes(`[STORAGE] PutBlob\t{"blobID":"p1",${rest}}`);
  expect(put('"length":4331,"error":null')).toBe(4331);
  expect(put('"length":4331,"error":"full"')).toBeUndefined();
});
