import { createPaint } from "../../src/cli/format/paint.ts";
import { type Column, table } from "../../src/cli/format/table.ts";
import { matrixColumns, matrixLines } from "./downtime/matrix.ts";
import type { Machine } from "./machine.ts";
import type { Results } from "./results.ts";
import type { Outcome, Row } from "./row.ts";

const columns: readonly Column<Row>[] = [
  { title: "what", value: ({ what }) => what },
  { title: "target", value: ({ target }) => target },
  { title: "compared with", value: ({ baseline }) => baseline, align: "right" },
  { title: "stackhold", value: ({ measured }) => measured, align: "right" },
  { title: "ratio", value: ({ ratio }) => ratio?.toFixed(2) ?? "", align: "right" },
  {
    title: "",
    value: ({ verdict }) => verdict,
    colour: ({ verdict }) =>
      verdict === "missed" ? "red" : verdict === "ok" ? "green" : undefined,
  },
];

/** Writes one table, whatever its lines are. */
type Write = <Line>(columns: readonly Column<Line>[], lines: readonly Line[]) => string;

/** Promises first, then what is measured beside them, then how long stacks were down. */
function tables({ rows, downtimes = [] }: Outcome, write: Write): string {
  const promised = rows.filter(({ target }) => target !== "");
  const beside = rows.filter(({ target }) => target === "");
  const down = matrixLines(downtimes);
  const all = [
    ...[promised, beside].filter(({ length }) => length > 0).map((group) => write(columns, group)),
    ...(down.length > 0 ? [write(matrixColumns, down)] : []),
  ];
  return all.join("\n\n");
}

export function textTables(outcome: Outcome, color: boolean): string {
  const paint = createPaint(color);
  return tables(outcome, (shown, lines) => table(shown, lines, { paint }).join("\n"));
}

export function markdownTables(results: Results): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const write: Write = (shown, lines) =>
    [
      line(shown.map(({ title }) => title)),
      line(shown.map(({ align }) => (align === "right" ? "---:" : "---"))),
      ...lines.map((each) => line(shown.map(({ value }) => value(each)))),
    ].join("\n");
  const { machine, measuredAt } = results;
  const where = `Measured until ${measuredAt.slice(0, 10)}: ${machineText(machine)}.`;
  return [where, tables(results, write)].join("\n\n");
}

export function machineText({ cores, memoryBytes, kernel, fileSystem, versions, load }: Machine) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  const place = `${cores} cores, ${memory}, Linux ${kernel}, ${fileSystem}`;
  return `${place}, load ${load.toFixed(1)} before; ${programs.join(", ")}`;
}
