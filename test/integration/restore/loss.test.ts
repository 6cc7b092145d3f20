import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import type { TreeDescription } from "../../fixtures/odd-tree/describe-tree.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { createFullStack, type FullStack, without } from "../../support/full-stack.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const sh = (script: string) => execFileSync("sh", ["-euc", script]);

/** Nothing of what a restore brings back stays as it was. */
async function spoil({ stack, outside, place }: FullStack): Promise<void> {
  const [data, first, second] = await Promise.all([
    place("app-1", "/data"),
    place("app-1", "/anonymous"),
    place("app-2", "/anonymous"),
  ]);
  sh(`cd '${data}'; echo spoiled > file; echo more > added
      chmod 777 '${first}'; echo spoiled > '${first}/own'; mv '${second}/own' '${second}/moved'
      cd '${outside}'; echo spoiled > single; rm tree/link; echo spoiled > tree/one; chmod 700 tree
      cd '${stack.dir}'; echo spoiled > app.conf; rm -r site/deep; echo spoiled > site/index.html
      rm .env; rm -r notes`);
}

interface Loss {
  readonly what: string;
  lose(full: FullStack): Promise<void>;
  /** The project directory existed, so that it keeps its own attributes. */
  readonly projectStays: boolean;
  /** What is kept as a safety copy, and the file in it that tells that it is the spoiled one. */
  readonly kept: Readonly<Record<string, string>>;
}

const outside = { tree: "one", single: "" };
const project = { site: "index.html", "app.conf": "" };
const volume = { data: "file" };
const anonymous = { "first anonymous": "own", "second anonymous": "moved" };

const losses: Loss[] = [
  {
    what: "the containers",
    lose: ({ stack }) => stack.down(),
    projectStays: true,
    kept: { ...outside, ...project, ...volume },
  },
  {
    what: "the containers and the volumes",
    lose: ({ stack }) => stack.down("-v"),
    projectStays: true,
    kept: { ...outside, ...project },
  },
  {
    what: "the project directory, while the containers run on",
    lose: ({ stack }) => rm(stack.dir, { recursive: true }),
    projectStays: false,
    kept: { ...outside, ...volume, ...anonymous },
  },
  {
    what: "everything",
    lose: async ({ stack, outside: directory }) => {
      await stack.down("-v");
      await rm(stack.dir, { recursive: true });
      await rm(directory, { recursive: true });
    },
    projectStays: false,
    kept: {},
  },
  {
    what: "nothing, over the running stack",
    lose: async () => {},
    projectStays: true,
    kept: { ...outside, ...project, ...volume, ...anonymous },
  },
];

const beginning = (name: string) => name.slice(0, 30);

/** Places of safety copies are called `<36 characters of the run's id>-<the beginning of the target's name>`. */
async function namesOfPlaces(full: FullStack): Promise<Record<string, string>> {
  const volumeOf = async (container: string) =>
    beginning(basename(dirname(await full.place(container, "/anonymous"))));
  return {
    [beginning(`${full.stack.name}_data`)]: "data",
    [await volumeOf("app-1")]: "first anonymous",
    [await volumeOf("app-2")]: "second anonymous",
  };
}

interface State {
  readonly trees: Record<string, TreeDescription>;
  readonly states: readonly string[];
}

/** A project directory that is there keeps its own attributes. */
function withoutProjectItself({ trees, states }: State): State {
  return { trees: { ...trees, project: without(".", trees.project ?? {}) }, states };
}

describeWithEngine("restore in place after the loss of", () => {
  // One stack and one point for all losses: each restore has to bring back what the next one loses.
  let full: FullStack;
  let work: Workspace;
  let before: State;
  const look = async () => ({ trees: await full.trees(), states: await full.states() });

  beforeAll(async () => {
    full = await createFullStack(bedEngine());
    work = await createWorkspace(bedEngine(), { stacksDir: full.stack.root });
    before = await look();
    expectExit(await work.stackhold(["backup", full.stack.name, "--json"]), 0);
    expect(await full.trees()).toEqual(before.trees);
  });
  afterAll(async () => {
    await work[Symbol.asyncDispose]();
    await full[Symbol.asyncDispose]();
  });

  it.each(losses)("$what", async ({ lose, projectStays, kept }) => {
    const known = await namesOfPlaces(full);
    await spoil(full);
    await lose(full);
    const restore = await work.stackhold(["restore", full.stack.name, "--yes", "--json"]);
    expectExit(restore, 0);
    const { safetyCopy = [], ...result } = restore.json();
    expect(result).toMatchObject({ running: true, healthy: true, warnings: [] });

    const after = await look();
    if (projectStays) expect(withoutProjectItself(after)).toEqual(withoutProjectItself(before));
    else expect(after).toEqual(before);
    const greeting = await full.stack.exec("app", ["sh", "-c", "echo $GREETING"]);
    expect(greeting.stdout).toBe("as in the file\n");

    const copies: Record<string, string> = {};
    for (const copy of safetyCopy as string[]) {
      const place = basename(dirname(copy)).slice("00000000-0000-0000-0000-000000000000-".length);
      copies[known[beginning(place)] ?? place] = copy;
    }
    expect(Object.keys(copies).sort()).toEqual(Object.keys(kept).sort());
    for (const [name, file] of Object.entries(kept)) {
      const text = readFileSync(join(copies[name] ?? "", file), "utf8");
      expect(text).toBe(file === "moved" ? "of app-2\n" : "spoiled\n");
    }
  });
});
