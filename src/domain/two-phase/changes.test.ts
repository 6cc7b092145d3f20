import { describe, expect, it } from "vitest";
import { type ChangesInput, createChanges } from "./changes.ts";
import { isRacy } from "./racy.ts";

const listed = { start: 1000, end: 1003 };

function changed(
  entries: readonly (readonly [name: string, ctime: string])[],
  differing: string[],
) {
  const input: ChangesInput = {
    isSame: (name) => !differing.includes(name),
    wasOtherThanDirectory: () => false,
    firstListing: listed,
  };
  const isChanged = createChanges(input);
  return entries
    .filter(([name, ctime]) => {
      const type = name.endsWith("x") ? "f" : "d";
      return isChanged({ type, name, facts: "", mtime: "100.0", ctime });
    })
    .map(([name]) => name);
}

const old = "100.0";
const tree = [".", "./a", "./a/b", "./a/b/x", "./a/x", "./a-b", "./a-b/x", "./c/x"];
const withTimes = (times: Record<string, string>) =>
  tree.map((name) => [name, times[name] ?? old] as const);

describe("what must be copied again", () => {
  it("is what differs, and no more", () => {
    expect(changed(withTimes({}), ["./a/x"])).toEqual(["./a/x"]);
  });

  it("is everything below a directory that was moved, but not its namesakes", () => {
    const moved = changed(withTimes({ "./a": "200.0" }), [".", "./a"]);
    expect(moved).toEqual([".", "./a", "./a/b", "./a/b/x", "./a/x"]);
  });

  it("is everything below a directory that changed with its parent, whatever its times", () => {
    const below = [".", "./a", "./a/b", "./a/b/x", "./a/x"];
    expect(changed(withTimes({}), [".", "./a"])).toEqual(below);
  });

  it("is not what lies in a directory whose parent did not change", () => {
    expect(changed(withTimes({}), ["./a"])).toEqual(["./a"]);
    expect(changed(withTimes({ "./a": "200.0" }), ["./a"])).toEqual(["./a"]);
  });

  it.each([
    ["997.9", false],
    ["998.1", true],
    ["1001.0", true],
    ["1004.9", true],
    ["1005.1", false],
  ])("is what was written while the first listing was made, or a tick around: %s", (ctime, is) => {
    expect(changed(withTimes({ "./a/x": ctime }), [])).toEqual(is ? ["./a/x"] : []);
    expect(isRacy(`${ctime}000000000`, listed)).toBe(is);
  });
});
