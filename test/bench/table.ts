import { createPaint } from "../../src/cli/format/paint.ts";
import { type Column, table } from "../../src/cli/format/table.ts";
import type { Machine } from "./machine.ts";
import type { Results } from "./results.ts";
import type { Row } from "./row.ts";

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

/** Promises first, then what is measured beside them. */
export function textTables({ rows }: Results, color: boolean): string {
  const lines = groups(rows).map((group) => table(columns, group, { paint: createPaint(color) }));
  return lines.map((group) => group.join("\n")).join("\n\n");
}

export function markdownTables({ rows, machine, measuredAt }: Results): string {
  const titles = columns.map(({ title }) => title);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(columns.map(({ align }) => (align === "right" ? "---:" : "---")));
  const blocks = groups(rows).map((group) =>
    [line(titles), rule, ...group.map((row) => line(columns.map(({ value }) => value(row))))].join(
      "\n",
    ),
  );
  const where = `Measured on ${measuredAt.slice(0, 10)}: ${machineText(machine)}.`;
  return [where, ...blocks].join("\n\n");
}

function groups(rows: readonly Row[]): Row[][] {
  const promised = rows.filter(({ target }) => target !== "");
  const beside = rows.filter(({ target }) => target === "");
  return [promised, beside].filter((group) => group.length > 0);
}

export function machineText({ cores, memoryBytes, kernel, fileSystem, versions, load }: Machine) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  const place = `${cores} cores, ${memory}, Linux ${kernel}, ${fileSystem}`;
  return `${place}, load ${load.toFixed(1)} before; ${programs.join(", ")}`;
}
