import { createPaint } from "../../src/cli/format/paint.ts";
import { type Column, table } from "../../src/cli/format/table.ts";
import { median } from "../bench/statistics.ts";
import type { Outcome } from "./round.ts";

export interface Played {
  readonly database: string;
  readonly quiesce: string;
  /** Absent where the round did not come to its end. */
  readonly outcome: Outcome | undefined;
}

/** All rounds of a database in one way of quiescing. */
interface Sum extends Omit<Played, "outcome"> {
  readonly rounds: number;
  readonly failed: number;
  readonly outcomes: readonly Outcome[];
}

export function isTrue({ outcome }: Played): boolean {
  return outcome?.lost === 0 && outcome.added === 0;
}

export function roundLine(played: Played, round: number, rounds: number): string {
  const { database, quiesce, outcome } = played;
  const head = `${database}, ${quiesce}, round ${round} of ${rounds}`;
  if (outcome === undefined) return `${head}: FAILED`;
  const { before, after, lost, added, downtimeMs } = outcome;
  const commits = `${before} commits before the freeze, ${lost} lost; ${after} after it, ${added} there`;
  return `${head}: ${commits}; down for ${seconds(downtimeMs)}${isTrue(played) ? "" : ": FAILED"}`;
}

export function summary(all: readonly Played[], color: boolean): string {
  const groups = Map.groupBy(all, ({ database, quiesce }) => `${database} ${quiesce}`);
  const sums = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { database, quiesce } = first;
    const outcomes = group.flatMap(({ outcome }) => outcome ?? []);
    const failed = group.filter((each) => !isTrue(each)).length;
    return [{ database, quiesce, rounds: group.length, failed, outcomes }];
  });
  return table(columns, sums, { paint: createPaint(color) }).join("\n");
}

const columns: readonly Column<Sum>[] = [
  { title: "database", value: ({ database }) => database },
  { title: "quiesce", value: ({ quiesce }) => quiesce },
  { title: "rounds", value: ({ rounds }) => String(rounds), align: "right" },
  count("commits before", ({ before }) => before),
  count("lost", ({ lost }) => lost),
  count("commits after", ({ after }) => after),
  count("there", ({ added }) => added),
  { title: "down, median", value: (sum) => downtime(sum, median), align: "right" },
  { title: "most", value: (sum) => downtime(sum, (all) => Math.max(...all)), align: "right" },
  {
    title: "failed",
    value: ({ failed }) => String(failed),
    colour: ({ failed }) => (failed === 0 ? "green" : "red"),
    align: "right",
  },
];

function count(title: string, part: (outcome: Outcome) => number): Column<Sum> {
  const sum = ({ outcomes }: Sum) => outcomes.map(part).reduce((all, one) => all + one, 0);
  return { title, value: (row) => sum(row).toLocaleString("en"), align: "right" };
}

function downtime({ outcomes }: Sum, of: (all: readonly number[]) => number): string {
  return outcomes.length === 0 ? "" : seconds(of(outcomes.map(({ downtimeMs }) => downtimeMs)));
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
