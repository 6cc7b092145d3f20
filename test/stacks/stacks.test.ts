import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../bed/bed.ts";
import { type FixtureName, fixtures } from "./fixtures/all.ts";
import { type Hosts, openHosts } from "./hosts.ts";
import { type Cell, play } from "./play.ts";
import type { Way } from "./ways.ts";

const images = [
  "stackhold-test/busybox",
  "stackhold-test/postgres",
  "stackhold-test/redis",
] as const;

/** A few of them: `npm run stacks` plays all, at each scope and in each way. */
const chosen: readonly { readonly name: FixtureName; readonly ways: readonly Way[] }[] = [
  { name: "cloud", ways: ["in place", "other engine"] },
  { name: "proxy", ways: ["in place"] },
  { name: "names", ways: ["in place", "other name"] },
];

describeWithEngine("a stack that is destroyed with its directory, networks and volumes", () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await openHosts(images);
  });
  afterAll(() => hosts[Symbol.asyncDispose]());

  it.each(chosen)("comes back as it was: $name", { timeout: 600_000 }, async ({ name, ways }) => {
    const cells: Cell[] = [];
    const how = { scopes: ["full"], ways, repository: "archive" } as const;
    for await (const cell of play(fixtures[name], hosts, how)) {
      cells.push(cell);
    }
    expect(cells).toEqual(ways.map((way) => ({ scope: "full", way, failures: [] })));
  });
});
