import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pLimit from "p-limit";
import type { EngineAccess } from "../bed/access.ts";
import { run } from "../bed/run.ts";
import { wipe } from "../bed/wipe.ts";
import { startLargeEngine } from "../support/large-engine.ts";
import { composeFile, service } from "../support/services.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { timed } from "./command.ts";
import type { Plan } from "./plan.ts";
import { joined, limits, milliseconds, type Outcome, verdict } from "./row.ts";
import { median } from "./statistics.ts";
import { createSubject, program } from "./subject.ts";

const listedStacks = 200;

/** Commands that somebody waits for without any data being moved. */
export async function benchVersion({ versionRuns }: Plan): Promise<Outcome> {
  const times = await repeated(versionRuns, [program, "--version"]);
  return answered("version", "`stackhold --version`", times, limits.versionMs);
}

/** Against a double that answers at once, so that only Stackhold's own time is measured. */
export async function benchUnits(
  { listRuns }: Plan,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  const large = leftovers.use(await startLargeEngine(listedStacks, 0));
  const access = { dockerHost: large.dockerHost, env: process.env };
  const workspace = leftovers.use(await createWorkspace(access, { stacksDir: large.root }));
  const argv = [program, "--config", workspace.configFile, "--json", "list", "units"];
  const { stdout } = await timed(argv);
  const units = (JSON.parse(stdout) as { services: unknown[] }[]).length;
  if (units !== listedStacks)
    throw new Error(`list units found ${units} units, not ${listedStacks}`);
  const what = "`stackhold list units`, 200 stacks with 1,000 containers";
  return answered("units", what, await repeated(listRuns, argv), limits.unitsMs);
}

export async function benchPoints(
  plan: Plan,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  const tree = { smallFiles: 10, smallBytes: 100, largeFiles: 0, largeBytes: 0 };
  const subject = leftovers.use(await createSubject(engine, tree));
  await subject.stackhold(["backup", subject.stack.name, "--quiesce", "none"]);
  await multiply(subject.workspace, subject.stack.name, plan.points);
  const argv = subject.argv("--json", "list", "points", subject.stack.name);
  const { stdout } = await timed(argv);
  const listed = (JSON.parse(stdout) as { status: string }[]).filter(
    ({ status }) => status === "complete",
  );
  if (listed.length !== plan.points) throw new Error(`list points showed ${listed.length} points`);
  const what = `\`stackhold list points\`, ${plan.points.toLocaleString("en-US")} points`;
  return answered("points", what, await repeated(plan.listRuns, argv), limits.pointsMs);
}

/** On a real engine. Compose is asked twice for each stack the first time, and remembered afterwards. */
export async function benchDryRun(
  { stacks: count, listRuns }: Plan,
  engine: EngineAccess,
  leftovers: AsyncDisposableStack,
): Promise<Outcome> {
  const root = await mkdtemp(join(tmpdir(), "stackhold-bench-stacks-"));
  leftovers.defer(() => rm(root, { recursive: true, force: true }));
  leftovers.defer(() => wipe(engine));
  const file = composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} });
  await pLimit(2).map(Array.from({ length: count }).keys(), async (index) => {
    const directory = join(root, `stack${index}`);
    await mkdir(directory);
    await writeFile(join(directory, "compose.yaml"), file);
    await run(["docker", "compose", "create"], { cwd: directory, env: engine.env });
  });
  const workspace = leftovers.use(await createWorkspace(engine, { stacksDir: root }));
  const argv = [program, "--config", workspace.configFile, "--json", "dry-run"];
  const { stdout } = await timed(argv, { env: engine.env });
  const units = (JSON.parse(stdout) as { units: { status: string }[] }).units;
  const seen = units.filter(({ status }) => status === "succeeded").length;
  if (seen !== count) throw new Error(`the dry run saw ${seen} stacks, not ${count}`);
  const forget = () => rm(workspace.stateDir, { recursive: true, force: true });
  const first = await repeated(listRuns, argv, engine.env, forget);
  const later = await repeated(listRuns, argv, engine.env);
  const what = `\`stackhold dry-run\`, ${count} stacks`;
  return joined([
    answered("dry-run-first", `${what}, the first time`, first, limits.dryRunMs),
    answered("dry-run", `${what}, again, nothing changed`, later, limits.dryRunMs),
  ]);
}

/** Copies the one point of a unit back into the past, an hour at a time. */
async function multiply({ backupDir }: Workspace, unit: string, count: number): Promise<void> {
  const unitDir = join(backupDir, "testhost", unit);
  const [first = ""] = (await readdir(unitDir)).filter((name) => /^\d{4}-/.test(name));
  const manifest = await readFile(join(unitDir, first, "manifest.json"), "utf8");
  const newest = Date.parse(first.replace(/T(\d\d)-(\d\d)-(\d\d)Z$/, "T$1:$2:$3Z"));
  for (let back = 1; back < count; back += 1) {
    const time = new Date(newest - back * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
    const id = time.replaceAll(":", "-");
    await mkdir(join(unitDir, id), { mode: 0o700 });
    await cp(join(unitDir, first), join(unitDir, id), { recursive: true });
    await writeFile(join(unitDir, id, "manifest.json"), manifest.replaceAll(first, id));
  }
}

/** After one more that is not counted. */
async function repeated(
  runs: number,
  argv: readonly string[],
  env = process.env,
  before = async () => {},
): Promise<number[]> {
  await timed(argv, { env });
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await before();
    await delay(20);
    times.push((await timed(argv, { env })).ms);
  }
  return times;
}

function answered(id: string, what: string, times: readonly number[], limitMs: number): Outcome {
  const ms = median(times);
  const row = { id, what, target: `≤ ${milliseconds(limitMs)}`, baseline: "" };
  return {
    rows: [{ ...row, measured: milliseconds(ms), verdict: verdict(ms, limitMs) }],
    samples: { [id]: times },
  };
}
