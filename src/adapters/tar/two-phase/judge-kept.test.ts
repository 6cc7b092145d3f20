import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeptEntry } from "../../../ports/two-phase.ts";
import { createHash } from "../create-hash.ts";
import { judgeKept } from "./judge-kept.ts";
import { formatIdentity, formatKept, type Identity } from "./kept-record.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-judge-"));
});
afterEach(() => rm(root, { recursive: true }));

interface Listed {
  readonly name: string;
  readonly type?: string;
  readonly inode?: number;
  readonly links?: number;
  readonly size?: number;
  readonly ctime?: number;
}

const start = 2000;
const old = 100;
const columns = ["rest", "names", "strange", "links", "remember", "linked"] as const;

type Kept = Pick<KeptEntry, "name"> & Partial<KeptEntry>;

/** What comes out of a listing and of what was kept; all with the same mtime. */
async function judged(
  listed: readonly Listed[],
  kept: readonly Kept[],
  remembered?: readonly Identity[],
) {
  const at = (name: string) => join(root, name);
  const write = (name: string, records: readonly string[]) =>
    writeFile(at(name), records.map((record) => `${record}\0`).join(""), "latin1");
  const records = listed.map(({ name, type = "f", inode = 7, links = 1, size = 5, ctime = old }) =>
    [type, `1:${inode}`, links, size, "50.5000000000", `${ctime}.0`, "644", 0, 0, 8, name].join(
      " ",
    ),
  );
  const entries = kept.map((each) =>
    formatKept({
      ...{ size: 5, mtime: 50, isRemembered: false },
      ...(each.isRemembered === true ? {} : { type: "f" }),
      ...each,
    }),
  );
  await write("listing", records);
  await write("kept", entries);
  if (remembered !== undefined) await write("remembered", remembered.map(formatIdentity));
  const output = Object.fromEntries(columns.map((column) => [column, at(`${column}.out`)]));
  const { strange, names, doubtful } = await judgeKept(
    {
      ...{ listing: at("listing"), kept: at("kept"), time: { start, end: start + 1 } },
      ...(remembered === undefined ? {} : { remembered: at("remembered") }),
    },
    output as Record<(typeof columns)[number], string>,
    await createHash(),
  );
  const written = await Promise.all(
    columns.map(async (column) => {
      const text = await readFile(at(`${column}.out`), "latin1");
      return [column, text.split("\0").slice(0, -1)] as const;
    }),
  );
  const found = Object.fromEntries(written) as Record<(typeof columns)[number], string[]>;
  const rest = found.rest.map((record) => record.split(" ").slice(10).join(" "));
  return { ...found, rest, counts: { strange, names: names, doubtful } };
}

const read = (name: string): Kept => ({ name });
const cached = (name: string): Kept => ({ name, isRemembered: true });

describe("a listed file is kept", () => {
  it("where it was read, with size and mtime as listed", async () => {
    const { names, rest, counts } = await judged([{ name: "./a" }], [read("./a")]);
    expect({ names, rest, counts }).toEqual({
      ...{ names: ["./a"], rest: [] },
      counts: { strange: 0, names: 1, doubtful: 0 },
    });
  });

  it.each([
    ["has another size", { name: "./a", size: 6 }],
    ["has another mtime", { name: "./a", mtime: 51 }],
    ["is a link", { name: "./a", type: "l" }],
    ["was given up", { name: "./a", isDropped: true }],
    ["is there under another name", { name: "./b" }],
  ] as const)("but not where what was read %s", async (_, kept) => {
    const { names, rest, remember } = await judged([{ name: "./a" }], [kept]);
    expect({ names, rest, remember }).toEqual({ names: [], rest: ["./a"], remember: [] });
  });

  it("but not below a directory that was given up", async () => {
    const listed = [{ name: ".", type: "d" }, { name: "./d", type: "d" }, { name: "./d/a" }];
    const kept = [{ name: "./d", isDropped: true }, read("./d/a"), read("./d/b")];
    const { names, rest, strange } = await judged(listed, kept);
    expect({ names, rest, strange }).toEqual({
      names: [],
      rest: [".", "./d", "./d/a"],
      strange: [],
    });
  });

  it("but not by a name that other programs mangle", async () => {
    const { names, rest } = await judged([{ name: "./\xff" }], [read("./\xff")]);
    expect({ names, rest }).toEqual({ names: [], rest: ["./\xff"] });
  });
});

describe("a file that was not read again is kept", () => {
  const known = [{ identity: "7@100.0", name: "./a" }];

  it("where it is the one that was read then", async () => {
    const { names, remember } = await judged([{ name: "./a" }], [cached("./a")], known);
    expect({ names, remember }).toEqual({ names: ["./a"], remember: ["7@100.0 ./a"] });
  });

  it.each([
    ["another inode", { name: "./a", inode: 8 }],
    ["another ctime", { name: "./a", ctime: old + 1 }],
  ])(
    "but not with %s: it is stored beside, and what was read then stays known",
    async (_, listed) => {
      const { names, rest, remember, counts } = await judged([listed], [cached("./a")], known);
      expect({ names, rest, remember }).toEqual({
        ...{ names: [], rest: ["./a"] },
        remember: ["7@100.0 ./a"],
      });
      expect(counts.doubtful).toBe(5);
    },
  );

  it("but not where nothing is known of it", async () => {
    const { names, remember } = await judged([{ name: "./a" }], [cached("./a")], []);
    expect({ names, remember }).toEqual({ names: [], remember: ["- ./a"] });
    expect((await judged([{ name: "./a" }], [cached("./a")])).names).toEqual([]);
  });

  it("nor where it was too young then: that equals nothing", async () => {
    const young = [{ name: "./a", ctime: start - 1 }];
    const { remember } = await judged(young, [read("./a")]);
    expect(remember).toEqual(["- ./a"]);
    const { names } = await judged(young, [cached("./a")], [{ identity: "-", name: "./a" }]);
    expect(names).toEqual([]);
  });
});

describe("what a keeper does not hold", () => {
  it.each(["d", "l", "p", "c", "b"])("is stored beside: %s", async (type) => {
    const { rest, names } = await judged([{ name: "./a", type }], []);
    expect({ rest, names }).toEqual({ rest: ["./a"], names: [] });
  });

  it("is not stored where it is a socket", async () => {
    expect((await judged([{ name: "./a", type: "s" }], [])).rest).toEqual([]);
  });
});

describe("what a keeper holds and the tree has not", () => {
  it("is strange, topmost only, wherever it sorts", async () => {
    const listed = [{ name: ".", type: "d" }, { name: "./b" }, { name: "./d", type: "d" }];
    const kept = ["./a", "./a-b", "./a/x", "./b", "./c", "./e", "./e/f"].map(read);
    const { strange, counts } = await judged(listed, [{ name: ".", type: "d" }, ...kept]);
    expect(strange).toEqual(["./a", "./a-b", "./c", "./e"]);
    expect(counts.strange).toBe(4);
  });

  it.each([
    ["d", "f"],
    ["f", "d"],
    ["p", "f"],
    ["s", "f"],
    ["l", "f"],
    ["f", "l"],
    ["d", "l"],
  ] as const)("is strange where it is listed as %s and kept as %s", async (type, kept) => {
    const { strange } = await judged([{ name: "./a", type }], [{ name: "./a", type: kept }]);
    expect(strange).toEqual(["./a"]);
  });
});

describe("names of one file", () => {
  const two = [
    { name: "./a", inode: 9, links: 2 },
    { name: "./b", inode: 9, links: 2 },
    { name: "./c", inode: 10, links: 2 },
  ];

  it("are kept and joined where all of them are kept", async () => {
    const { links, names, rest } = await judged(two, ["./a", "./b", "./c"].map(read));
    expect(links).toEqual(["1:9 ./a", "1:9 ./b", "1:10 ./c"]);
    expect({ names, rest }).toEqual({ names: ["./a", "./b", "./c"], rest: [] });
  });

  it("are stored beside together where one is not", async () => {
    const { links, names, rest } = await judged(two, ["./a", "./c"].map(read));
    expect({ links, names, rest }).toEqual({
      ...{ links: ["1:10 ./c"], names: ["./c"] },
      rest: ["./a", "./b"],
    });
  });
});
