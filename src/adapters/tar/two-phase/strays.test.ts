import { expect, it } from "vitest";
import { createStrays } from "./strays.ts";

it("finds where the content of a directory comes out that was a link when it was stored", () => {
  const strays = createStrays();
  strays.add("./a/p", "./q//r/");
  strays.add("./p", "q");
  strays.add("./absolute", "/etc");
  strays.add("./climbing", "q/../../x");
  const names = ["./a/p/x/y", "./p/x", "./p", "./pp/x", "./absolute/x", "./climbing/x"];
  expect(names.map((name) => strays.find(name))).toEqual([
    "./a/q/r/x/y",
    "./q/x",
    ...[undefined, undefined, undefined, undefined],
  ]);
});
