import { StackholdError } from "../../../errors.ts";
import { describeEnd, stderrSummary } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Measure } from "../../../ports/capture.ts";
import { createCounter } from "../counter.ts";
import type { Held } from "../hold.ts";
import {
  type DetailedEntry,
  detailedListCommand,
  parseDetailed,
  parseRecords,
} from "../listing.ts";
import { signalOf } from "../measure.ts";
import { createSelection } from "../selection.ts";

/** find in the C locale: a directory that went between being found and being opened. */
const vanished = /^find: (.*): No such file or directory$/;
const mostNames = 1000;

export interface Found {
  readonly measure: Measure;
  /** The root itself, or the single file. */
  readonly root: DetailedEntry;
  /** Names that vanished while they were listed. */
  readonly vanished: readonly string[];
}

export type OnFound = (entries: readonly DetailedEntry[]) => Promise<void>;

/** Lists a held tree through its excludes. SOURCE_UNREADABLE unless all of it was seen. */
export async function findEntries(
  runner: Runner,
  held: Held,
  onFound: OnFound,
  options: { readonly signal?: AbortSignal },
): Promise<Found> {
  const { tree } = held;
  const isFiltered = tree.type === "directory" && tree.exclude.length > 0;
  const select = isFiltered ? createSelection(tree.exclude) : () => true;
  const counter = createCounter();
  const gone: string[] = [];
  let isSerious = false;
  let root: DetailedEntry | undefined;
  const result = await runner.run(detailedListCommand(held.root), {
    cwd: held.directory,
    diesWithParent: true,
    ...signalOf(options),
    onStderrLine: (line) => {
      const name = vanished.exec(line)?.[1];
      if (name === undefined) isSerious ||= line !== "";
      else if (gone.length < mostNames) gone.push(name);
    },
    stdout: {
      separator: "\0",
      onRecords: async (records) => {
        const found = parseRecords(records, parseDetailed);
        const entries = found.entries.filter(select);
        root ??= entries[0];
        for (const entry of entries) counter.add(entry);
        counter.leaveOut(found.tooLong.filter(select));
        await onFound(entries);
      },
    },
  });
  if (result.cancelled) throw new StackholdError("CANCELLED", `listing ${tree.path} was cancelled`);
  const isMoving = result.code === 1 && gone.length > 0 && !isSerious;
  if ((result.verdict === "failure" && !isMoving) || root === undefined) {
    throw new StackholdError(
      "SOURCE_UNREADABLE",
      `cannot list ${tree.path}: find ${describeEnd(result)}: ${stderrSummary(result)}`,
    );
  }
  return { measure: counter.total(), root, vanished: gone };
}
