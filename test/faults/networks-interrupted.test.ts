import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { guardsOf, journals, quiet } from "../support/aftermath.ts";
import { engineMoment } from "../support/engine-moment.ts";
import { expectExit } from "../support/expect-exit.ts";
import { healthcheck } from "../support/services.ts";
import { createSharedNetwork } from "../support/shared-network.ts";
import { standing } from "../support/standing.ts";

/** What is ended, and what the engine just did with the network: the former one is gone by then. */
const blows = [
  ["the run", "destroy"],
  ["the run and its guard", "create"],
  ["the run and its guard", "connect"],
  ["nothing, but it is cancelled", "create"],
] as const;

/** By a file that the point lacks: a restore waits for it, so that it cannot end before the blow. */
const ready = { ...healthcheck, test: ["CMD", "test", "-f", "/data/ready"] };

describeWithEngine("making a network anew that is interrupted", () => {
  it("leaves the former one with everybody in it, and everything running", async () => {
    const engine = bedEngine();
    await using shared = await createSharedNetwork(`torn-${process.pid}`, { healthcheck: ready });
    await shared.differ();
    const { stack, workspace, network } = shared;
    await stack.exec("app", ["touch", "/data/ready"]);
    const scene = { name: stack.name, workspace };
    const look = async () => {
      const { id: _, ...now } = await shared.look();
      const own = Object.values(await standing(engine, { projects: [stack.name] }));
      return { ...now, states: own.map(({ id, state }) => ({ id, state })) };
    };
    const before = await look();
    for (const [ended, moment] of blows) {
      const told = `${moment}: killed is ${ended}`;
      await using come = engineMoment(engine, moment, network, "network");
      const run = workspace.start(["restore", stack.name, "--yes", "--networks", "recreate"]);
      await come.seen;
      const isAlone = ended === "the run and its guard";
      const guards = isAlone ? guardsOf(scene) : [];
      expect(guards, told).toHaveLength(isAlone ? 1 : 0);
      for (const pid of guards) process.kill(pid, "SIGKILL");
      const isCancelled = ended.startsWith("nothing");
      run.process.kill(isCancelled ? "SIGTERM" : "SIGKILL");
      expect((await run.finished).code, told).toBe(isCancelled ? 130 : null);
      await quiet(scene, 120_000);
      if (isAlone) {
        expect(await look(), told).not.toEqual(before);
        const recovered = await workspace.stackhold(["recover", "--json"]);
        expectExit(recovered, 0);
        const put = { unit: stack.name, rolledBack: true, failed: [] };
        expect(recovered.json().units, told).toMatchObject([put]);
      }
      expect(await journals(scene), told).toEqual([]);
      expect(await look(), told).toEqual(before);
    }
  });
});
