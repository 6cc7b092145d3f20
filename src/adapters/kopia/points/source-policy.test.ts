import { describe, expect, it } from "vitest";
import { hostPolicyChange, type Policies, sourcePolicyChange } from "./source-policy.ts";

const source = "stackhold@web01:/shop/volume/data";
const compressor = "zstd-fastest";
const target = { userName: "stackhold", host: "web01" };

/** What Kopia lists once the change was made: patterns sorted, each once. */
function madeBy(change: readonly string[] | undefined, path: string): Policies {
  const ignore = (change ?? [])
    .flatMap((arg) => (arg.startsWith("--add-ignore=") ? [arg.slice(13)] : []))
    .sort();
  const files = { ignore, ignoreDotFiles: [".no-such-file"], ignoreCacheDirs: false };
  const errorHandling = {
    ...{ ignoreFileErrors: true, ignoreDirectoryErrors: true, ignoreUnknownTypes: true },
  };
  const [retention, compression] = [{ keepLatest: 1_000_000 }, { compressorName: compressor }];
  const own = { target: { ...target, path }, noParent: true };
  return [{ ...own, files, errorHandling, retention, compression }];
}

describe("the policy of a host's points", () => {
  it("is set once", () => {
    const change = hostPolicyChange([], "web01", compressor);
    expect(change?.slice(0, 3)).toEqual(["policy", "set", "stackhold@web01"]);
    expect(change).toContain("--ignore-file-errors=true");
    expect(hostPolicyChange(madeBy(change, ""), "web01", compressor)).toBeUndefined();
    expect(hostPolicyChange(madeBy(change, ""), "web02", compressor)).toBeDefined();
  });

  it("is put right where somebody changed it, and is nobody else's", () => {
    const set = madeBy(hostPolicyChange([], "web01", compressor), "");
    const changed = set.map((each) => ({ ...each, files: { ...each.files, ignore: ["*"] } }));
    expect(hostPolicyChange(changed, "web01", compressor)).toContain("--remove-ignore=*");
    const foreign = set.map((each) => ({ ...each, target: { ...each.target, userName: "root" } }));
    expect(hostPolicyChange(foreign, "web01", compressor)).toBeDefined();
  });
});

describe("the policy of one source", () => {
  it("is none where nothing is excluded", () => {
    expect(sourcePolicyChange([], source, [])).toBeUndefined();
  });

  it("has what is excluded, and what all sources have, which it would hide", () => {
    const change = sourcePolicyChange([], source, ["*.log", "/cache/"]);
    const added = change?.filter((arg) => arg.startsWith("--add-ignore="));
    expect(added).toEqual(expect.arrayContaining(["--add-ignore=*.log", "--add-ignore=/cache/"]));
    expect(added).toContain("--add-ignore=.stackhold-safety");
    const policies = madeBy(change, "/shop/volume/data");
    expect(sourcePolicyChange(policies, source, ["*.log", "/cache/"])).toBeUndefined();
    const back = sourcePolicyChange(policies, source, []);
    expect(back).toEqual(
      expect.arrayContaining(["policy", "set", source, "--remove-ignore=*.log"]),
    );
    expect(back?.filter((arg) => arg.startsWith("--add"))).toEqual([]);
  });

  it("has no pattern on which Kopia could fail, and none where later ones take back", () => {
    expect(sourcePolicyChange([], source, ["a\\", "[", "# note", " x", ""])).toBeUndefined();
    expect(sourcePolicyChange([], source, ["*", "!keep"])).toBeUndefined();
  });
});
