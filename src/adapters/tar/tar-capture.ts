import type { Runner } from "../../exec/runner.ts";
import type { Capture } from "../../ports/capture.ts";
import { archive } from "./archive.ts";
import { compare } from "./compare.ts";
import { contents } from "./contents.ts";
import { directoriesAbove, makeDirectories } from "./directories-above.ts";
import { discard, forget } from "./discard.ts";
import { systemError } from "./errno.ts";
import { extract } from "./extract.ts";
import { graft, linkWithin } from "./graft.ts";
import { createHeldMounts, type HeldMounts } from "./held-mounts.ts";
import { inspect } from "./inspect.ts";
import { layOut } from "./lay-out.ts";
import { measure } from "./measure.ts";
import { mountVolume, unmountVolume } from "./mount-volume.ts";
import type { Opener } from "./opened.ts";
import { pick } from "./pick.ts";
import { planSwap } from "./plan-swap.ts";
import { pour } from "./pour.ts";
import { pourFiles } from "./pour-files.ts";
import { prepare } from "./prepare.ts";
import { probe, space } from "./probe.ts";
import { restage } from "./restage.ts";
import { mark, safetyCopies } from "./safety-copies.ts";
import { sample } from "./sample.ts";
import { readStoredDeletions } from "./stored-deletions.ts";
import { readStoredListing } from "./stored-listing.ts";
import { swapChildren, undoChildren } from "./swap-children.ts";
import type { SwapDeps } from "./swap-deps.ts";
import { swapByRename, undoByRename } from "./swap-rename.ts";
import { tools, toolsBeside } from "./tools.ts";
import { beginTwoPhase } from "./two-phase/begin.ts";
import type { Pace } from "./two-phase/refresh.ts";
import { localityOf, twoPhaseRefusal } from "./two-phase/refusal.ts";
import { writeText } from "./write-text.ts";

export interface TarCaptureDeps {
  readonly runner: Runner;
  /** Called after every single change that a swap or its undoing makes on the disk. */
  readonly onStep?: (step: string) => void;
  readonly pace?: Partial<Pace>;
  /** Opens what is encrypted: an age identity, asked for when it is needed. */
  readonly identity?: () => Promise<string>;
  /** Shared with another of these that is told what is held. */
  readonly mounts?: HeldMounts;
}

/** Small enough that the listing of a changed stretch is lost in the rest, large enough to be rare. */
const defaultPace: Pace = { portions: 1, least: 5000, directory: 100, stretch: 64 };

/** GNU tar, find and zstd on this host. */
export function createTarCapture({
  runner,
  onStep = () => {},
  pace = {},
  identity,
  mounts = createHeldMounts(),
}: TarCaptureDeps): Capture {
  const deps: SwapDeps = { runner, onStep };
  const opener: Opener = identity === undefined ? runner : { ...runner, identity };
  const { reach } = mounts;
  return {
    way: "directly on this host",
    tools: () => tools(runner),
    toolsBeside: () => toolsBeside(runner),
    probe,
    space,
    measure: (tree, activity = {}) => measure(runner, reach(tree), activity),
    sample: (tree, found, how, activity = {}) => sample(runner, reach(tree), found, how, activity),
    archive: (tree, target, activity = {}) => archive(runner, reach(tree), target, activity),
    twoPhase: (tree, spool, activity = {}) =>
      beginTwoPhase(runner, reach(tree), { spool, pace: { ...defaultPace, ...pace } }, activity),
    holdMount: (path) => mounts.hold(path),
    mountVolume: (options, path) => mountVolume(runner, options, path),
    unmountVolume: (path) => unmountVolume(runner, path),
    twoPhaseRefusal,
    locality: localityOf,
    extract: (layers, directory, activity = {}) => extract(opener, layers, directory, activity),
    contents: (layers, wanted, onEntries, activity = {}) =>
      contents(opener, layers, wanted, onEntries, activity),
    pick: (layers, name, directory, activity = {}) =>
      pick(opener, layers, name, directory, activity),
    pour: (layers, name, onBytes, activity = {}) => pour(opener, layers, name, onBytes, activity),
    pourFiles: (layers, names, onFile, activity = {}) =>
      pourFiles(opener, layers, names, onFile, activity),
    write: writeText,
    directoriesAbove,
    makeDirectories,
    layOut,
    compare: (staged, target, unread = []) => compare(runner, { staged, target, unread }),
    inspect: (file, activity = {}) => inspect(opener, file, activity),
    inspectListing: (file, activity = {}) => readStoredListing(opener, file, activity),
    inspectDeletions: (file, activity = {}) => readStoredDeletions(opener, file, activity),
    planSwap: (target, id, type, options) =>
      translated(`cannot plan to replace ${target}`, () => planSwap(target, id, type, options)),
    prepare: (swap) => prepare(runner, swap),
    mark: (swap, origin) =>
      translated(`cannot mark the safety copy of ${swap.target}`, () => mark(swap, origin)),
    safetyCopies,
    linkWithin: (tree, name) =>
      translated(`cannot look at ${name} in ${tree}`, () => linkWithin(tree, name)),
    graft: (staged, tree, name) =>
      translated(`cannot put ${name} into ${tree}`, () => graft(runner, staged, tree, name)),
    restage: (from, swap) => restage(runner, from, swap),
    swap: (swap) =>
      translated(`cannot put the new content at ${swap.target}`, () =>
        swap.children ? swapChildren(swap, deps) : swapByRename(swap, deps),
      ),
    undo: (swap) =>
      translated(`cannot bring the old content back to ${swap.target}`, () =>
        swap.children ? undoChildren(swap, deps) : undoByRename(swap, deps),
      ),
    forget: (swap) =>
      translated(`cannot remove the old content of ${swap.target}`, () => forget(runner, swap)),
    discard: (swap) =>
      translated(`cannot remove what was staged for ${swap.target}`, () => discard(runner, swap)),
  };
}

async function translated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    throw systemError(failure, what);
  }
}
