import { open, rm } from "node:fs/promises";
import type { Runner } from "../../exec/runner.ts";
import type {
  Activity,
  ArchiveOutcome,
  ArchiveTarget,
  Measure,
  Tree,
} from "../../ports/capture.ts";
import { throughCompressor } from "./compressor.ts";
import { systemError } from "./errno.ts";
import { createFlags, safetyName } from "./flags.ts";
import { type Held, holdPlanned } from "./hold.ts";
import { namesTooLong } from "./listing.ts";
import { listTree, signalOf } from "./measure.ts";
import { writeMemberList } from "./member-list.ts";
import { watchProgress } from "./progress.ts";
import { collectComplaints, judgeCreation } from "./tar-messages.ts";

/** tar writes the file itself, through its compressor: no byte passes through this process. */
export async function archive(
  runner: Runner,
  tree: Tree,
  target: ArchiveTarget,
  activity: Activity,
): Promise<ArchiveOutcome> {
  await using held = await holdPlanned(tree);
  const list = `${target.file}.list`;
  await createEmpty(target.file);
  try {
    const outcome =
      tree.type === "directory" && tree.exclude.length > 0
        ? await archiveSelected(runner, held, target, list, activity)
        : await archiveWhole(runner, held, target, activity);
    const { bytes, files } = outcome;
    activity.onProgress?.({ bytes, totalBytes: bytes, files });
    return outcome;
  } catch (failure) {
    await rm(target.file, { force: true });
    throw systemError(failure, `cannot write ${target.file}`);
  } finally {
    await rm(list, { force: true });
  }
}

export async function createEmpty(file: string): Promise<void> {
  try {
    await (await open(file, "wx", 0o600)).close();
  } catch (failure) {
    throw systemError(failure, `cannot create ${file}`);
  }
}

async function archiveSelected(
  runner: Runner,
  held: Held,
  target: ArchiveTarget,
  list: string,
  activity: Activity,
): Promise<ArchiveOutcome> {
  const count = await writeMemberList(runner, held, list, activity);
  const members = ["-C", held.directory, "--no-recursion", "--null", "-T", list];
  const job = { source: held.tree.path, members, isListed: true };
  const unsteady = await runTar(runner, job, target, activity, () => count);
  return { ...count, unsteady };
}

const withoutLongNames = ["--anchored", "--wildcards", `--exclude=${namesTooLong}`];

/** The counting runs beside tar and ends with it where tar fails. */
async function archiveWhole(
  runner: Runner,
  held: Held,
  target: ArchiveTarget,
  activity: Activity,
): Promise<ArchiveOutcome> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(activity.signal ? [activity.signal] : [])]);
  let counted: Measure | undefined;
  const counting = listTree(runner, held, { signal, isMoving: true }).then((count) => {
    counted = count;
    return count;
  });
  counting.catch(() => {});
  const members =
    held.tree.type === "directory"
      ? [`--exclude=${safetyName}`, ...withoutLongNames, held.root]
      : ["--no-recursion", held.root];
  const job = {
    source: held.tree.path,
    members: ["-C", held.directory, ...members],
    isListed: false,
  };
  try {
    const unsteady = await runTar(runner, job, target, activity, () => counted);
    return { ...(await counting), unsteady };
  } catch (failure) {
    stop.abort();
    await counting.catch(() => {});
    throw failure;
  }
}

export interface TarJob {
  readonly source: string;
  /** What to store: the end of tar's arguments. */
  readonly members: readonly string[];
  /** Each name is listed, so that one that vanishes meanwhile is no failure. */
  readonly isListed: boolean;
}

/** Stores into an existing file; returns the names that moved while they were read. */
export async function runTar(
  runner: Runner,
  job: TarJob,
  target: ArchiveTarget,
  activity: Activity,
  total: () => Measure | undefined,
): Promise<readonly string[]> {
  const complaints = collectComplaints();
  const through = throughCompressor(target);
  const args = [
    ...createFlags,
    "--sort=name",
    ...through.args,
    ...["-cf", target.file],
    ...job.members,
  ];
  const tar = await runner.start(
    { program: "tar", args },
    {
      diesWithParent: true,
      environment: through.environment,
      onStderrLine: complaints.add,
      meaning: (code) => (code === 0 ? "success" : code === 1 ? "warning" : "failure"),
      ...signalOf(activity),
    },
  );
  const endProgress = watchProgress(tar.pid, target.file, activity, total);
  const result = await tar.done.finally(endProgress);
  return judgeCreation(result, complaints, { ...job, target: target.file });
}
