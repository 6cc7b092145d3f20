import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, quiet } from "../support/aftermath.ts";
import { engineMoment } from "../support/engine-moment.ts";
import { labelled, markedVolumes } from "../support/labelled.ts";
import { composeFile, healthcheck, service } from "../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../support/stack-with-point.ts";
import type { Started } from "../support/stackhold.ts";
import { standing } from "../support/standing.ts";

/** Ready by a file that the point lacks: a copy of it never comes up by itself. */
const compose = composeFile(
  {
    db: service({
      restart: "always",
      volumes: ["data:/data", "/own"],
      healthcheck: { ...healthcheck, test: ["CMD", "test", "-f", "/data/ready"] },
    }),
    app: service({ restart: "always", depends_on: ["db"], volumes: ["./site:/site"] }),
  },
  { data: {} },
);

const seenStep = (step: string) => new RegExp(`"type":"step.started"[^\\n]*"step":"${step}"`);

type Moment = "unpacking" | "creating" | "starting";

async function reached(moment: Moment, started: Started, name: string): Promise<void> {
  if (moment === "unpacking") return started.seen(seenStep("stage"));
  const action = moment === "creating" ? "create" : "start";
  await using come = engineMoment(bedEngine(), action, name);
  await come.seen;
}

describeWithEngine("a copy beside the original that is interrupted", () => {
  let at: StackWithPoint;
  beforeAll(async () => {
    at = await stackWithPoint(compose, {
      files: { "site/page": "page\n" },
      start: (stack) => stack.compose(["up", "-d"]),
      fill: ({ exec, name }) =>
        exec("db", ["sh", "-c", `echo ${name} > /data/mark; echo ${name} > /own/mark`]),
    });
    await at.stack.exec("db", ["touch", "/data/ready"]);
    await at.stack.up();
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it.each([
    ["SIGKILL", "unpacking"],
    ["SIGKILL", "creating"],
    ["SIGKILL", "starting"],
    ["SIGTERM", "unpacking"],
    ["SIGTERM", "creating"],
    ["SIGINT", "starting"],
  ] as const)("by %s while %s leaves nothing of it", async (signal, moment) => {
    const engine = bedEngine();
    const { stack, work: workspace, copyName: name } = at;
    const scene = { name: stack.name, workspace };
    const look = async () => ({
      original: await standing(engine, { projects: [stack.name] }),
      volumes: await markedVolumes(engine, stack.name),
      places: await readdir(stack.root),
    });
    const before = await look();
    expect(before.volumes).toHaveLength(2);

    const command = ["restore", stack.name, "--to", `project:${name}`, "--events"];
    const started = workspace.start(command);
    await reached(moment, started, name);
    started.process.kill(signal);
    const { code } = await started.finished;
    if (signal !== "SIGKILL") expect(code).toBe(130);
    await quiet(scene, 120_000);
    expect(await journals(scene)).toEqual([]);
    expect(await look()).toEqual(before);
    expect(await labelled(engine, name)).toEqual([]);
  });
});
