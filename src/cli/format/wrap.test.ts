import { expect, it } from "vitest";
import { wrap } from "./wrap.ts";

it("breaks lines between words, and no word", () => {
  expect(wrap("Replace the data of shop? [y/N] ", 16)).toBe("Replace the data\nof shop? [y/N] ");
  expect(wrap("see /a/long/path/that/is/whole now", 10)).toBe(
    "see\n/a/long/path/that/is/whole\nnow",
  );
  expect(wrap("first\nsecond line", 6)).toBe("first\nsecond\nline");
  expect(wrap("• one two three", 7, 2)).toBe("• one\n  two\n  three");
  expect(wrap("  already indented", 9)).toBe("  already\nindented");
  expect(wrap("as it is", undefined)).toBe("as it is");
  expect(wrap("日本 語", 5)).toBe("日本\n語");
});
