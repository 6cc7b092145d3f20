import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { followersOf, startOrder, startRanks, stopOrder } from "./order.ts";
import type { Member } from "./unit.ts";

function member(name: string, more: Partial<Member> = {}): Member {
  return {
    id: `id-${name}`,
    name,
    image: "image",
    imageId: "sha256:0",
    state: "running",
    labels: { "com.docker.compose.project": "p" },
    mounts: [],
    service: name,
    number: 1,
    oneOff: false,
    autoRemove: false,
    restartCount: 0,
    restartPolicy: { name: "no", maximumRetryCount: 0 },
    dependsOn: [],
    volumesFrom: [],
    exitCode: 0,
    ...more,
  };
}

const needs = (...services: string[]): Partial<Member> => ({
  dependsOn: services.map((service) => ({ service, condition: "service_started" })),
});
const names = (members: readonly { name: string }[]) => members.map(({ name }) => name);

describe("the order of starting", () => {
  it("has dependencies first, in ranks that can start at once", () => {
    const ranks = startRanks([
      member("web", needs("db", "cache")),
      member("proxy", needs("web")),
      member("db"),
      member("cache"),
    ]);
    expect(ranks.map(names)).toEqual([["cache", "db"], ["web"], ["proxy"]]);
  });

  it("waits for every replica, and sorts replicas by number, not by text", () => {
    const replicas = [10, 2, 1].map((number) =>
      member(`web-${number}`, { service: "web", number }),
    );
    const order = startOrder([member("app", needs("web")), ...replicas]);
    expect(names(order)).toEqual(["web-1", "web-2", "web-10", "app"]);
  });

  it("has the owner of a shared network and of mounted volumes first, by id or by name", () => {
    const order = startOrder([
      member("a", { networkOf: "id-z" }),
      member("b", { volumesFrom: ["y"] }),
      member("y"),
      member("z"),
    ]);
    expect(names(order)).toEqual(["y", "z", "a", "b"]);
  });

  it("does not take another project's service for a dependency", () => {
    const foreign = member("db", { labels: { "com.docker.compose.project": "other" } });
    expect(startRanks([member("web", needs("db")), foreign])).toHaveLength(1);
  });

  it("cuts a cycle, and still has what the cycle needs first and what needs it last", () => {
    const order = startOrder([
      member("after", needs("b")),
      member("b", needs("a")),
      member("a", needs("b", "zero")),
      member("zero"),
    ]);
    expect(names(order)).toEqual(["zero", "a", "b", "after"]);
  });

  it("stops in the reverse order", () => {
    const members = [member("web", needs("db")), member("db")];
    expect(stopOrder(members)).toEqual(startOrder(members).reverse());
  });
});

const graph = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 20 }).map((edges) =>
    Array.from({ length: size }, (_, index) => {
      const wanted = edges.filter(([from]) => from === index).map(([, to]) => `s${to}`);
      return member(`s${index}`, needs(...wanted));
    }),
  ),
);

/** Pairs (a, b) where a needs b directly. */
const pairs = (members: readonly Member[]): [Member, Member][] =>
  members.flatMap((a) =>
    members
      .filter((b) => a.dependsOn.some((d) => d.service === b.service))
      .map((b) => [a, b] as [Member, Member]),
  );

function reaches(from: Member, to: Member, edges: readonly [Member, Member][]): boolean {
  const seen = new Set([from]);
  for (const at of seen) for (const [a, b] of edges) if (a === at) seen.add(b);
  return edges.some(([a, b]) => seen.has(a) && b === to);
}

describe("the order of starting, whatever the dependencies", () => {
  it("has each member once, and every dependency first unless it is in a cycle with it", () => {
    fc.assert(
      fc.property(graph, (members) => {
        const order = startOrder(members);
        expect([...names(order)].sort()).toEqual([...names(members)].sort());
        const edges = pairs(members);
        for (const [a, b] of edges) {
          if (!reaches(b, a, edges)) expect(order.indexOf(b)).toBeLessThan(order.indexOf(a));
        }
      }),
    );
  });

  it("does not depend on the order in which members are listed", () => {
    fc.assert(
      fc.property(
        graph.chain((members) =>
          fc.tuple(
            fc.constant(members),
            fc.shuffledSubarray(members, { minLength: members.length }),
          ),
        ),
        ([members, shuffled]) => {
          expect(names(startOrder(shuffled))).toEqual(names(startOrder(members)));
        },
      ),
    );
  });

  it("has no member in a rank that needs another of the same rank", () => {
    fc.assert(
      fc.property(graph, (members) => {
        for (const rank of startRanks(members)) {
          const inside = pairs(rank).filter(([a, b]) => a !== b);
          expect(inside).toEqual([]);
        }
      }),
    );
  });
});

describe("followers of a restarted container", () => {
  it("are what runs in its network namespace, at second hand too, leaders first", () => {
    const others = [
      member("second", { networkOf: "id-zfirst" }),
      member("zfirst", { networkOf: "vpn" }),
      member("stopped", { networkOf: "id-vpn", state: "exited" }),
      member("apart", { networkOf: "id-other" }),
      member("alone"),
    ];
    expect(names(followersOf([member("vpn")], others))).toEqual(["zfirst", "second"]);
  });

  it("are never among the restarted themselves", () => {
    const pair = [member("vpn"), member("client", { networkOf: "id-vpn" })];
    expect(followersOf(pair, pair)).toEqual([]);
  });
});
