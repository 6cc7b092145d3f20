/** `make bench`: Stackhold beside raw tools on the same data in the same run. */
import { tmpdir } from "node:os";
import { exitMissing, MissingComponent } from "../bed/missing.ts";
import { openEngine } from "../bed/open.ts";
import { answer, note } from "../bed/print.ts";
import { awaitInterruption, interruption } from "../support/interruption.ts";
import { benchmarks, chosen } from "./benchmarks.ts";
import { writeDocument } from "./document.ts";
import { describeMachine } from "./machine.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { planFor } from "./plan.ts";
import { keepResults } from "./results.ts";
import { joined, type Outcome } from "./row.ts";
import { requireSpace } from "./space.ts";
import { machineText, textTables } from "./table.ts";

async function bench(options: Options): Promise<void> {
  const wanted = chosen(benchmarks(planFor(options)), options);
  await requireSpace(Math.max(...wanted.map(({ space }) => space)));
  await using engine = await openEngine("bench", ["stackhold-test/busybox"]);
  const machine = await describeMachine(engine, tmpdir());
  note(machineText(machine));
  await using leftovers = new AsyncDisposableStack();
  const outcomes: Outcome[] = [];
  for (const { name, run } of wanted) {
    note(name);
    const measured = await run(engine, leftovers);
    const results = { ...measured, measuredAt: new Date().toISOString(), machine };
    const kept = await keepResults(results, !options.quick);
    if (options.writeDocs) await writeDocument(kept);
    outcomes.push(measured);
  }
  const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;
  answer(textTables(joined(outcomes), isColoured));
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
