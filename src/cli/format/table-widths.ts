/**
 * `nothing`: ids and paths that people copy are whole even if a line becomes too long. `room`: it
 * is cut. A number: it is left out where cutting is not enough, the lowest number first.
 */
export type Giving = "nothing" | "room" | number;

export const gap = "  ";
const narrowest = 8;

interface Sized {
  readonly width: number;
  readonly gives: Giving;
}

function total(all: readonly Sized[]): number {
  return all.reduce((sum, one) => sum + one.width, gap.length * (all.length - 1));
}

/** Takes from the widest that may be cut, but never below a few characters. */
function cut<One extends Sized>(all: readonly One[], columns: number): One[] {
  const cutTo = [...all];
  for (let over = total(cutTo) - columns; over > 0; over -= 1) {
    const widest = cutTo
      .filter((one) => one.gives === "room" && one.width > narrowest)
      .reduce<One | undefined>((a, b) => (a === undefined || b.width > a.width ? b : a), undefined);
    if (widest === undefined) break;
    cutTo[cutTo.indexOf(widest)] = { ...widest, width: widest.width - 1 };
  }
  return cutTo;
}

/** What is left of the columns in a room so wide; all of them as they are where it has no end. */
export function fitColumns<One extends Sized>(
  all: readonly One[],
  columns: number | undefined,
): readonly One[] {
  if (columns === undefined) return all;
  const fitted = cut(all, columns);
  if (total(fitted) <= columns) return fitted;
  const spare = all
    .filter((one) => typeof one.gives === "number")
    .toSorted((a, b) => Number(a.gives) - Number(b.gives))[0];
  return spare === undefined
    ? fitted
    : fitColumns(
        all.filter((one) => one !== spare),
        columns,
      );
}
