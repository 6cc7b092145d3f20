import { clip, pad, width } from "./clip.ts";
import type { Colour, Paint } from "./paint.ts";
import { fitColumns, type Giving, gap } from "./table-widths.ts";
import { wrap } from "./wrap.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly colour?: (row: Row) => Colour | undefined;
  /** Numbers stand to the right. */
  readonly align?: "left" | "right";
  /** What happens where the room is too narrow; cut, the widest first, where absent. */
  readonly gives?: Giving;
}

export interface Table {
  readonly head: string;
  readonly rows: readonly string[];
  /** Which columns found no room; no lines where all did. */
  readonly notice: readonly string[];
}

interface TableOptions {
  readonly paint: Paint;
  readonly columns?: number | undefined;
}

/** All lines of a table. */
export function table<Row>(
  columns: readonly Column<Row>[],
  all: readonly Row[],
  options: TableOptions,
): string[] {
  const { head, rows, notice } = layOut(columns, all, options);
  return [head, ...rows, ...notice];
}

/**
 * A table without borders, as wide as needed and at most `columns` (no limit where absent). Columns
 * that are empty in every row are left out.
 */
export function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions,
): Table {
  const filled = columns.filter((column) => rows.some((row) => column.value(row) !== ""));
  const fitted = fitColumns(
    filled.map((column) => ({
      column,
      width: Math.max(width(column.title), ...rows.map((row) => width(column.value(row)))),
      gives: column.gives ?? "room",
    })),
    options.columns,
  );

  function line(text: (column: Column<Row>) => string, colour: (column: Column<Row>) => unknown) {
    const cells = fitted.map(({ column, width: room }) => {
      const cell = pad(clip(text(column), room), room, column.align);
      const of = colour(column) as Colour | undefined;
      return of === undefined ? cell : options.paint(of, cell);
    });
    return cells.join(gap).trimEnd();
  }

  const isShown = (column: Column<Row>) => fitted.some((one) => one.column === column);
  const hidden = filled.filter((column) => !isShown(column)).map(({ title }) => title);
  const notice = `No room for ${hidden.join(", ")}: a wider terminal or --json shows all.`;

  return {
    head: line(
      (column) => column.title,
      () => "dim",
    ),
    rows: rows.map((row) =>
      line(
        (column) => column.value(row),
        (column) => column.colour?.(row),
      ),
    ),
    notice: hidden.length === 0 ? [] : wrap(notice, options.columns).split("\n"),
  };
}
