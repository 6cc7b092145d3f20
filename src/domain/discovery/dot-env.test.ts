import { expect, it } from "vitest";
import { parseDotEnv } from "./dot-env.ts";

it("reads plain, quoted, exported and commented values", () => {
  const text = [
    "# a comment",
    "PLAIN=a b # not this",
    "export EXPORTED = c",
    "SINGLE='d $PLAIN # e'",
    'DOUBLE="f\\n$EXPORTED" # g',
    "HASH=a#b",
    "EMPTY=",
    "COLON: h",
    "no assignment",
    "LATER=$DOUBLE-$MISSING",
  ].join("\r\n");
  expect(parseDotEnv(`\uFEFF${text}`)).toEqual({
    PLAIN: "a b",
    EXPORTED: "c",
    SINGLE: "d $PLAIN # e",
    DOUBLE: "f\nc",
    HASH: "a#b",
    EMPTY: "",
    COLON: "h",
    LATER: "f\nc-",
  });
});

it("lets the environment win in references", () => {
  expect(parseDotEnv("A=own\nB=$A", { A: "given" })).toEqual({ A: "own", B: "given" });
});
