import { open, rm } from "node:fs/promises";
import { parentsOf } from "../../../domain/two-phase/topmost.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Held } from "../hold.ts";
import { detailedListCommand } from "../listing.ts";
import { readBatches } from "./record-file.ts";
import { runFind } from "./run-find.ts";
import type { Spool } from "./spool.ts";

export interface PortionSink {
  /** Of the rest of the tree first, then of each portion. */
  readonly onRecords: (records: readonly string[], isOfPortion: boolean) => Promise<void>;
  /** After the rest, and after each portion. */
  readonly onEnd: (isOfPortion: boolean) => Promise<void>;
  /** Names that the rest of the tree was found to have as something else than a directory. */
  readonly noDirectories: ReadonlySet<string>;
}

/** Directories that are listed beside the rest of the tree, by one find for each portion. */
export type Portions = readonly (readonly string[])[];

/**
 * Lists a held tree, its portions at the same time. A directory of a portion is listed by its
 * portion; what its name is now, if it is no directory, by both. Returns names that vanished.
 */
export async function findInPortions(
  runner: Runner,
  held: Held,
  portions: Portions,
  spool: Spool,
  sink: PortionSink,
  options: { readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  const ending = new AbortController();
  const signals = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([ending.signal, ...signals]);
  const records = (isOfPortion: boolean) =>
    ({
      separator: "\0",
      onRecords: (found: readonly string[]) => sink.onRecords(found, isOfPortion),
    }) as const;
  const others = portions.map((names, index) =>
    findInto(runner, held, names, spool.at(`portion.${index}`), { signal }),
  );
  const settled = Promise.allSettled(others);
  try {
    const rest = detailedListCommand([held.root], portions.flat());
    const gone = [...(await runFind(runner, held, rest, records(false), { signal }))];
    await sink.onEnd(false);
    for (const [index, names] of portions.entries()) {
      const within = names.filter((name) => !parentsOf(name).some(isNoDirectory(sink)));
      const listed =
        within.length === names.length ? await others[index]?.catch(unless(signal)) : undefined;
      if (listed !== undefined) {
        gone.push(...listed.filter(isNot(names)));
        for await (const found of readBatches(spool.at(`portion.${index}`), "\0", signal)) {
          await sink.onRecords(found, true);
        }
      } else if (within.length > 0) {
        const again = detailedListCommand(within);
        const missed = await runFind(runner, held, again, records(true), { signal });
        gone.push(...missed.filter(isNot(within)));
      }
      await sink.onEnd(true);
    }
    return gone;
  } finally {
    ending.abort();
    await settled;
    for (const index of portions.keys()) await rm(spool.at(`portion.${index}`), { force: true });
  }
}

async function findInto(
  runner: Runner,
  held: Held,
  names: readonly string[],
  file: string,
  options: { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  await using handle = await open(file, "w", 0o600);
  return await runFind(runner, held, detailedListCommand(names), handle.fd, options);
}

/** What find was told to begin with may be gone by then, like anything that was listed before. */
function isNot(names: readonly string[]): (vanished: string) => boolean {
  const quoted = new Set(names.map((name) => `'${name}'`));
  return (vanished) => !quoted.has(vanished);
}

/** find follows a symbolic link that stands where one of the parents was. */
function isNoDirectory({ noDirectories }: PortionSink): (parent: string) => boolean {
  return (parent) => noDirectories.has(parent);
}

/** What failed is tried once more, when it is known what is there; not what was cancelled. */
function unless(signal: AbortSignal): (failure: unknown) => undefined {
  return (failure) => {
    if (signal.aborted) throw failure;
    return undefined;
  };
}
