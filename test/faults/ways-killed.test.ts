import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { createStack } from "../bed/compose.ts";
import { journals, partialPoints, promisedMs, quiet, recoveryMs } from "../support/aftermath.ts";
import { watchEngine } from "../support/engine-events.ts";
import { type Aim, courseOf, newSeed, seeded, strikeWith } from "../support/kill.ts";
import { composeFile, hostComposeFile, image, service } from "../support/services.ts";
import { type Standing, standing } from "../support/standing.ts";
import { tally } from "../support/tally.ts";
import { times } from "../support/thorough.ts";
import { createWorkspace } from "../support/workspace.ts";

const services = [
  {
    db: service({ restart: "always", volumes: ["data:/data"] }),
    app: JSON.stringify({
      image,
      command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
      stop_grace_period: "1s",
      restart: "unless-stopped",
      depends_on: ["db"],
    }),
  },
  { data: {} },
] as const;

/** `down` makes other containers of the same names. */
const comparable = (all: Record<string, Standing>, way: string) =>
  Object.entries(all).map(([name, { id, state, policy }]) => [
    name,
    state,
    policy,
    way === "down" ? "" : id,
  ]);

describeWithEngine.each(["pause", "down"])("a backup with --quiesce %s, killed", (way) => {
  it("leaves everything running", async () => {
    const engine = bedEngine();
    const seed = newSeed();
    const random = seeded(seed);
    const name = `k${way}${process.pid}`;
    // Only `down` removes its network.
    const compose = way === "down" ? composeFile : hostComposeFile;
    const files = { "compose.yaml": compose(...services) };
    await using stack = await createStack(engine, { name, files });
    await stack.up();
    await stack.exec("db", ["dd", "if=/dev/urandom", "of=/data/large", "bs=1M", "count=20"]);
    await using workspace = await createWorkspace(engine, { stacksDir: stack.root });
    const backup = ["backup", name, "--quiesce", way, "--events"];
    const look = async () => comparable(await standing(engine, { projects: [name] }), way);
    const course = courseOf((await workspace.stackhold(backup)).stdout);
    const before = await look();
    const counts = tally(`backup with --quiesce ${way} killed with -9, seed ${seed}`);
    const steps = ["quiesce", "cold", "restart"];
    const aims = Array.from({ length: times(6, steps.length) }, (_, index): Aim => {
      const step = steps[index % steps.length] ?? "";
      const ms = course.steps.find((one) => one.step === step)?.ms ?? 0;
      return { step, afterMs: ms * random() };
    });
    for (const aim of aims) {
      const watch = watchEngine(engine);
      const struck = await strikeWith(workspace.start(backup), aim, "SIGKILL");
      await quiet({ name, workspace });
      const ms = recoveryMs(await watch.happened(name), struck.at);
      const told = `killed in ${struck.step}, ${JSON.stringify(aim)}`;
      expect(await look(), told).toEqual(before);
      expect(ms, told).toBeLessThan(promisedMs());
      // Without a guard nothing has been touched yet: then the next run closes the journal.
      if ((await journals({ workspace })).length > 0) expect(struck.step, told).toBe("quiesce");
      counts.add(struck.step, ms);
    }
    expect(await workspace.stackhold(["backup", name])).toMatchObject({ code: 3 });
    expect(await journals({ workspace })).toEqual([]);
    expect(await partialPoints({ name, workspace })).toEqual([]);
    expect(await look()).toEqual(before);
    counts.print();
  });
});
