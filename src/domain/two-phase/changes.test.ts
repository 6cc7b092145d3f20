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
  const changes = createChanges(input);
  return entries
    .filter(([name, ctime]) => {
      const type = name.endsWith("x") ? "f" : "d";
      return changes.isChanged({ type, name, facts: "", mtime: "100.0", ctime });
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

describe("what was unchanged in an earlier listing and is the same", () => {
  const changesOf = (differing: readonly string[], retyped: readonly string[] = []) =>
    createChanges({
      isSame: (name) => !differing.includes(name),
      wasOtherThanDirectory: (name) => retyped.includes(name),
      firstListing: listed,
      parted: new Set([".", "./a"]),
    });
  const entry = (name: string, type = "d") => ({
    type,
    name,
    facts: "",
    mtime: "100.0",
    ctime: old,
  });

  it("may be passed over, and its directories count as unchanged", () => {
    const changes = changesOf([".", "./a/b/c"]);
    expect(changes.isChanged(entry("."))).toBe(true);
    expect(changes.mayPassOver("./a")).toBe(true);
    expect(changes.isChanged(entry("./a/b/c"))).toBe(true);
    expect(changes.isChanged(entry("./a/b/c/x", "f"))).toBe(false);
  });

  it("may not be passed over below a directory that was moved", () => {
    const changes = changesOf([".", "./a"]);
    for (const name of [".", "./a"]) changes.isChanged(entry(name));
    expect(changes.mayPassOver("./a/b")).toBe(false);
    expect(changes.mayPassOver("./c")).toBe(true);
  });

  it("may not be passed over below one that came before others", () => {
    const changes = changesOf([".", "./a"]);
    for (const name of [".", "./a", "./b"]) changes.isChanged(entry(name));
    expect(changes.mayPassOver("./a/c/x")).toBe(false);
    expect(changes.isChanged(entry("./a/d"))).toBe(true);
  });

  it("does not hide that its directory was stored as something else", () => {
    const changes = changesOf([], ["./a/b"]);
    expect(changes.mayPassOver("./a")).toBe(true);
    expect(changes.isChanged(entry("./a/b/new", "f"))).toBe(true);
  });
});
