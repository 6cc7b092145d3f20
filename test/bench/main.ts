/** `make bench`: Stackhold beside raw tools on the same data in the same run. */
import { tmpdir } from "node:os";
import type { EngineAccess } from "../bed/access.ts";
import { exitMissing, MissingComponent } from "../bed/missing.ts";
import { openEngine } from "../bed/open.ts";
import { answer, note } from "../bed/print.ts";
import { awaitInterruption, interruption } from "../support/interruption.ts";
import { benchPoints, benchUnits, benchVersion } from "./answers.ts";
import { benchBackup } from "./backup.ts";
import { writeDocument } from "./document.ts";
import { freeSpace } from "./fairness.ts";
import { describeMachine } from "./machine.ts";
import { benchMemories } from "./memory-rows.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { benchOutage } from "./outage.ts";
import { type DataSet, type Plan, planFor } from "./plan.ts";
import { benchRestore } from "./restore.ts";
import { writeResults } from "./results.ts";
import type { Outcome } from "./row.ts";
import { requireSpace } from "./space.ts";
import { createSubject } from "./subject.ts";
import { machineText, textTables } from "./table.ts";

/** What is removed at the end of all: see `freeSpace`. */
type Leftovers = AsyncDisposableStack;
type Benchmark = () => Promise<Outcome>;

/** All benchmarks by the names that --only takes, in order. */
function benchmarks(plan: Plan, engine: EngineAccess, leftovers: Leftovers) {
  return new Map<string, Benchmark>([
    ["version", () => benchVersion(plan)],
    ["units", () => benchUnits(plan, leftovers)],
    ["points", () => benchPoints(plan, engine, leftovers)],
    ...plan.dataSets.map((set) => [set.name, () => benchData(set, engine, leftovers)] as const),
  ]);
}

async function benchData(
  set: DataSet,
  engine: EngineAccess,
  leftovers: Leftovers,
): Promise<Outcome> {
  note(`  writing ${set.title}`);
  const subject = leftovers.use(await createSubject(engine, set.tree));
  note("  backup");
  const backup = await benchBackup(set, subject);
  note("  restore");
  const restore = await benchRestore(set, subject);
  note("  memory");
  const memory = await benchMemories(set, subject);
  const outcomes = [backup, restore, memory];
  if (set.outages > 0) {
    note("  downtime");
    outcomes.push(await benchOutage(set, subject, backup.undisturbedMs));
  }
  await freeSpace(subject.source, subject.workspace.root);
  return joined(outcomes);
}

function joined(outcomes: readonly Outcome[]): Outcome {
  return {
    rows: outcomes.flatMap(({ rows }) => rows),
    samples: Object.assign({}, ...outcomes.map(({ samples }) => samples)),
  };
}

async function bench(options: Options): Promise<void> {
  const plan = planFor(options);
  await requireSpace(plan.dataSets);
  await using engine = await openEngine("bench", ["stackhold-test/busybox"]);
  const machine = await describeMachine(engine, tmpdir());
  note(machineText(machine));
  await using leftovers = new AsyncDisposableStack();
  const all = benchmarks(plan, engine, leftovers);
  const unknown = options.only.find((name) => !all.has(name));
  if (unknown !== undefined) throw new TypeError(`no benchmark is called ${unknown}`);
  const outcomes: Outcome[] = [];
  for (const [name, benchmark] of all) {
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    note(name);
    outcomes.push(await benchmark());
  }
  const results = {
    schemaVersion: 1,
    measuredAt: new Date().toISOString(),
    fullSize: !options.quick,
    machine,
    ...joined(outcomes),
  } as const;
  await writeResults(results);
  if (options.writeDocs) await writeDocument(results);
  answer(textTables(results, process.stdout.isTTY === true && !process.env.NO_COLOR));
}

awaitInterruption();
try {
  await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  const reason: unknown = interruption.aborted ? interruption.reason : error;
  if (!(reason instanceof Error)) throw reason;
  note(reason instanceof TypeError ? `${reason.message}\n${usage}` : reason.message);
  process.exitCode = reason instanceof MissingComponent ? exitMissing : 1;
}
