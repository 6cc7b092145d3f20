import { createPaint } from "../../src/cli/format/paint.ts";
import { type Column, table } from "../../src/cli/format/table.ts";
import type { Cell } from "./play.ts";
import { ways } from "./ways.ts";

export interface Played extends Cell {
  readonly name: string;
}

export function cellLines({ name, scope, way, failures }: Played, ms: number): string {
  const head = `${name}, ${scope}, ${way}: `;
  if (failures.length === 0) return `${head}as it was, ${(ms / 1000).toFixed(1)} s`;
  return `${head}FAILED\n${failures.map((one) => `  ${one}`).join("\n")}`;
}

interface Row {
  readonly name: string;
  readonly scope: string;
  readonly cells: readonly Played[];
}

/** A row for each fixture and scope. */
export function matrix(all: readonly Played[], color: boolean): string {
  const groups = Map.groupBy(all, ({ name, scope }) => `${name} ${scope}`);
  const rows = [...groups.values()].flatMap((cells): Row[] => {
    const [first] = cells;
    return first === undefined ? [] : [{ name: first.name, scope: first.scope, cells }];
  });
  const columns: Column<Row>[] = [
    { title: "fixture", value: ({ name }) => name },
    { title: "scope", value: ({ scope }) => scope },
    ...ways.map((way): Column<Row> => {
      const of = ({ cells }: Row) => cells.find((cell) => cell.way === way);
      const value = (row: Row) => verdict(of(row));
      return { title: way, value, colour: (row) => (value(row) === "FAILED" ? "red" : "green") };
    }),
  ];
  return table(columns, rows, { paint: createPaint(color) }).join("\n");
}

function verdict(cell: Played | undefined): string {
  if (cell === undefined) return "";
  return cell.failures.length === 0 ? "passed" : "FAILED";
}
