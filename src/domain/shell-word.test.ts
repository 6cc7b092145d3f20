import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { shellWord } from "./shell-word.ts";

it.each(["plain", "volume:my data", "it's", '$HOME `id` "x"', "", "-n", "a\nb", "~", "*"])(
  "reads %j as one word",
  (text) => {
    const read = execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`]);
    expect(read.toString()).toBe(text);
  },
);
