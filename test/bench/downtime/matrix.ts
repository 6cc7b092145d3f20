import type { Column } from "../../../src/cli/format/table.ts";
import { seconds } from "../row.ts";
import type { Downtime, FreezeWay } from "./facts.ts";
import { fileSystems } from "./places.ts";

/** All downtimes of one data set on one file system, by stop or by pause. */
export interface MatrixLine {
  readonly downtimes: readonly Downtime[];
}

/** By size, then those of many files; stop before pause. */
export function matrixLines(downtimes: readonly Downtime[]): MatrixLine[] {
  const measured = downtimes.filter(({ way }) => way !== "script" && way !== "kopi-docka");
  const groups = Map.groupBy(measured.toSorted(order), ({ set, fileSystem, quiesce }) =>
    [set, quiesce, fileSystem].join(" "),
  );
  return [...groups.values()].map((group) => ({ downtimes: group }));
}

function order(one: Downtime, other: Downtime): number {
  const [place, than] = [rank(one), rank(other)];
  const differs = place.findIndex((value, index) => value !== than[index]);
  return (place[differs] ?? 0) - (than[differs] ?? 0);
}

const rank = ({ set, bytes, quiesce, fileSystem }: Downtime): number[] => [
  set.endsWith("gb") ? 0 : 1,
  bytes,
  quiesce === "stop" ? 0 : 1,
  fileSystems.indexOf(fileSystem),
];

const bare = ({ downtimes }: MatrixLine) => {
  const found = downtimes.find(({ way }) => way === "bare");
  return found === undefined ? "" : seconds(found.ms);
};

function found({ downtimes }: MatrixLine, way: FreezeWay, isChanged: boolean) {
  return downtimes.find((each) => each.way === way && each.isChanged === isChanged);
}

/** Beside the figure what it may be at most, as a comparison that holds. */
function judged(title: string, way: FreezeWay, isChanged: boolean): Column<MatrixLine> {
  return {
    title,
    align: "right",
    value: (line) => {
      const { ms, limitMs } = found(line, way, isChanged) ?? {};
      if (ms === undefined || limitMs === undefined) return "";
      return `${seconds(ms)} ${ms <= limitMs ? "≤" : ">"} ${(limitMs / 1000).toFixed(2)}`;
    },
    colour: (line) => {
      const { ms = 0, limitMs = 0 } = found(line, way, isChanged) ?? {};
      return ms > limitMs ? "red" : undefined;
    },
  };
}

export const matrixColumns: readonly Column<MatrixLine>[] = [
  { title: "data", value: ({ downtimes }) => downtimes[0]?.title ?? "" },
  { title: "on", value: ({ downtimes }) => downtimes[0]?.fileSystem ?? "" },
  { title: "by", value: ({ downtimes }) => downtimes[0]?.quiesce ?? "" },
  { title: "bare", value: bare, align: "right" },
  judged("in two passes", "two-phase", false),
  judged("… 50 MB changed", "two-phase", true),
  judged("with a snapshot", "snapshot", false),
  judged("… 50 MB changed", "snapshot", true),
];
