import { expect, it } from "vitest";
import { isPlainName } from "./kept-name.ts";

const bytes = (text: string) => Buffer.from(text).toString("latin1");

it.each([
  ["./a b\n*?[\\-", true],
  [bytes("./ünï漢🙂"), true],
  [bytes("./e\u0301"), true],
  ["./\xff\xfe", false],
  ["./\xc3\xfc/x", false],
  ["./a\xc3", false],
  ["./\xed\xa0\x80", false], // half of a surrogate pair
  [bytes("./\ufffd"), false],
])("a name that other programs write as it is: %j: %j", (name, is) => {
  expect(isPlainName(name)).toBe(is);
});
