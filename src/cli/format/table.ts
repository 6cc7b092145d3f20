import { clip, pad, width } from "./clip.ts";
import type { Colour, Paint } from "./paint.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly colour?: (row: Row) => Colour | undefined;
  /** Numbers stand to the right. */
  readonly align?: "left" | "right";
}

const gap = "  ";
const narrowest = 8;

/**
 * Lines of a table without borders, as wide as needed and at most `columns` (no limit where
 * absent): the widest columns give way first. Columns that are empty in every row are left out.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { readonly paint: Paint; readonly columns?: number },
): string[] {
  const used = columns.filter((column) => rows.some((row) => column.value(row) !== ""));
  const natural = used.map((column) =>
    Math.max(width(column.title), ...rows.map((row) => width(column.value(row)))),
  );
  const widths = shrink(natural, options.columns);

  function line(cells: readonly string[], colours: readonly (Colour | undefined)[]): string {
    const painted = cells.map((text, index) => {
      const room = widths[index] ?? 0;
      const cell = pad(clip(text, room), room, used[index]?.align);
      const colour = colours[index];
      return colour === undefined ? cell : options.paint(colour, cell);
    });
    return painted.join(gap).trimEnd();
  }

  const head = line(
    used.map((column) => column.title),
    used.map(() => "dim"),
  );
  const body = rows.map((row) =>
    line(
      used.map((column) => column.value(row)),
      used.map((column) => column.colour?.(row)),
    ),
  );
  return [head, ...body];
}

/** Takes from the widest until all clip, but never below a few characters. */
function shrink(natural: readonly number[], columns: number | undefined): number[] {
  const widths = [...natural];
  if (columns === undefined) return widths;
  const total = () => widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1));
  while (total() > columns) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}
