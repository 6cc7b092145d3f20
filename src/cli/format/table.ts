import { clip, pad, width } from "./clip.ts";
import type { Colour, Paint } from "./paint.ts";
import { fitColumns, type Giving, gap } from "./table-widths.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly colour?: (row: Row) => Colour | undefined;
  /** Numbers stand to the right. */
  readonly align?: "left" | "right";
  /** What happens where the room is too narrow; cut, the widest first, where absent. */
  readonly gives?: Giving;
}

/**
 * Lines of a table without borders, as wide as needed and at most `columns` (no limit where
 * absent). Columns that are empty in every row are left out.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { readonly paint: Paint; readonly columns?: number | undefined },
): string[] {
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

  return [
    line(
      (column) => column.title,
      () => "dim",
    ),
    ...rows.map((row) =>
      line(
        (column) => column.value(row),
        (column) => column.colour?.(row),
      ),
    ),
  ];
}
