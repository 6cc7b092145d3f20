import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Endpoint } from "../domain/networks/connection.ts";
import type { NetworkDefinition } from "../domain/networks/definition.ts";
import { fullNetwork } from "../testing/networks.ts";
import type { Swap } from "./capture.ts";
import type { Journal, JournalEntry } from "./journal.ts";

export interface JournalUnderTest {
  readonly journal: Journal;
  cleanUp(): Promise<void>;
}

const swap = (target: string): Swap => ({
  target,
  staged: `${target}.staged`,
  aside: `${target}.aside`,
  fresh: false,
  children: true,
});

const wholeNetwork = fullNetwork("edge", "10.1.0");
const networkDefinition: NetworkDefinition = {
  ...wholeNetwork,
  ipam: { ...wholeNetwork.ipam, options: { "x.y": "z" } },
};

const endpoint: Endpoint = {
  aliases: ["web"],
  ipv4Address: "10.1.0.5",
  ipv6Address: "fd00:1::5",
  linkLocalIps: ["169.254.1.1"],
  links: ["db:db"],
  driverOptions: { a: "b" },
  macAddress: "02:42:0a:01:00:05",
};

/** An entry in which every field is used. */
export function fullEntry(unit: string): JournalEntry {
  return {
    version: 1,
    unit,
    runId: "run-1",
    operation: "restore",
    pid: 4711,
    startedAt: "2026-11-20T02:00:00.000Z",
    quiesce: "down",
    containers: [
      {
        id: "c0ffee",
        name: "wp-web-1",
        project: "wp",
        service: "web",
        number: 1,
        stopTimeout: 30,
        rank: 2,
        follower: false,
        start: true,
        restartPolicy: { name: "on-failure", maximumRetryCount: 3 },
      },
      {
        id: "bad",
        name: "x",
        number: 1,
        stopTimeout: 1,
        rank: 0,
        follower: true,
        start: false,
        created: true,
        volumes: ["x-data"],
      },
    ],
    compose: {
      project: { project: "wp", workingDir: "/w", files: ["/w/c.yaml"], environmentFiles: [] },
      services: [{ name: "web", replicas: 2 }],
    },
    swaps: [swap("/w/data"), swap("/w/häkelig\nname")],
    stages: [swap("/w/more")],
    creates: "wp",
    networks: [
      {
        definition: networkDefinition,
        made: "7",
        former: { id: "6", definition: { ...networkDefinition, configFrom: "template" } },
        connections: [
          { id: "c0ffee", name: "wp-web-1", networkId: "6", address: "10.1.0.5", endpoint },
          { id: "bad", name: "x", networkId: "", endpoint: { ...endpoint, gatewayPriority: 1 } },
        ],
      },
      { definition: networkDefinition, connections: [] },
    ],
    hooks: {
      backupId: "2026-11-20T02-00-00Z",
      limit: 300,
      post: [
        { hook: "post_freeze", argv: ["/opt/hooks/maintenance", "off"] },
        {
          hook: "exec.post",
          container: { id: "c0ffee", name: "wp-web-1", project: "wp", service: "web", number: 1 },
          command: "rm -f /data/dump.sql",
        },
      ],
    },
  };
}

/** What every Journal keeps, whoever implements it. Durability is the adapter's own test. */
export function journalContract(make: () => Promise<JournalUnderTest>): void {
  describe("the journal", () => {
    let subject: JournalUnderTest;
    let journal: Journal;
    beforeEach(async () => {
      subject = await make();
      journal = subject.journal;
    });
    afterEach(() => subject.cleanUp());

    it("is empty at first", async () => {
      expect(await journal.units()).toEqual([]);
      expect(await journal.read("wp")).toBeUndefined();
    });

    it("gives back all that was written, for odd names too", async () => {
      const long = ["x".repeat(250), "x".repeat(251), `${"ä/".repeat(200)}`];
      const odd = ["wp", "container:a/b", "..", "50%2F", "a\u001b[31m\n", "nul\0"];
      for (const unit of [...odd, ...long]) {
        await journal.write(fullEntry(unit));
        expect(await journal.read(unit)).toEqual(fullEntry(unit));
      }
      expect(await journal.units()).toEqual([...odd, ...long].sort());
      for (const unit of long) await journal.close(unit);
      expect(await journal.units()).toEqual([...odd].sort());
    });

    it("holds one entry per unit, the last one", async () => {
      await journal.write(fullEntry("wp"));
      const later: JournalEntry = { ...fullEntry("wp"), swaps: [] };
      await journal.write(later);
      expect(await journal.units()).toEqual([later.unit]);
      expect(await journal.read(later.unit)).toEqual(later);
    });

    it("forgets what is closed, and takes a second close as done", async () => {
      await journal.close("wp");
      await journal.write(fullEntry("wp"));
      await journal.write(fullEntry("db"));
      await journal.close("wp");
      await journal.close("wp");
      expect(await journal.read("wp")).toBeUndefined();
      expect(await journal.units()).toEqual(["db"]);
    });
  });
}
