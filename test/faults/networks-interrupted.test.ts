import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, quiet } from "../support/aftermath.ts";
import { engineMoment } from "../support/engine-moment.ts";
import { expectExit } from "../support/expect-exit.ts";
import { createSharedNetwork } from "../support/shared-network.ts";
import { standing } from "../support/standing.ts";

/** What the engine does with the network while it is made anew, in this order. */
const moments = ["disconnect", "destroy", "create", "connect"] as const;

describeWithEngine("making a network anew that is interrupted", () => {
  it("leaves the former one with everybody in it, and everything running", async () => {
    const engine = bedEngine();
    await using shared = await createSharedNetwork(`torn-${process.pid}`);
    await shared.differ();
    const { stack, workspace, network } = shared;
    const scene = { name: stack.name, workspace };
    const look = async () => {
      const { id: _, ...now } = await shared.look();
      const own = Object.values(await standing(engine, { projects: [stack.name] }));
      return { ...now, states: own.map(({ id, state }) => ({ id, state })) };
    };
    const before = await look();
    const blows = [
      ...moments.map((moment) => ["SIGKILL", moment] as const),
      ["SIGTERM", "create"] as const,
    ];
    for (const [signal, moment] of blows) {
      const told = `${signal} at ${moment}`;
      await using come = engineMoment(engine, moment, network, "network");
      const run = workspace.start(["restore", stack.name, "--yes", "--networks", "recreate"]);
      await come.seen;
      run.process.kill(signal);
      const { code } = await run.finished;
      expect(code, told).toBe(signal === "SIGTERM" ? 130 : null);
      await quiet(scene, 120_000);
      expectExit(await workspace.stackhold(["recover", "--json"]), 0);
      expect(await journals(scene), told).toEqual([]);
      expect(await look(), told).toEqual(before);
    }
    const whole = ["restore", stack.name, "--yes", "--networks", "recreate", "--json"];
    expectExit(await workspace.stackhold(whole), 0);
    expect((await shared.look()).network).toEqual(shared.recorded);
  });
});
