import { rm } from "node:fs/promises";
import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { StackholdError } from "../../../errors.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, ArchiveTarget } from "../../../ports/capture.ts";
import type { Keeper, KeptTarget, WrittenKept } from "../../../ports/two-phase.ts";
import { createEmpty, runTar } from "../archive.ts";
import { dumpAttributes } from "../attributes.ts";
import { systemError } from "../errno.ts";
import { type Held, requireInPlace } from "../hold.ts";
import { signalOf } from "../measure.ts";
import { appendRecords } from "./append-records.ts";
import type { FirstListing } from "./first-listing.ts";
import { type HotFindings, readHotIndex } from "./hot-index.ts";
import { judgeKept, type KeptJudgement } from "./judge-kept.ts";
import { withPath } from "./kept-path.ts";
import { formatKept, keptNameField } from "./kept-record.ts";
import { cutNames, sortByName, sortNames, sortRecords } from "./sort-records.ts";
import type { Spool } from "./spool.ts";

interface KeptPassDeps {
  readonly runner: Runner;
  readonly spool: Spool;
  readonly hash: Hash;
}

/**
 * What a keeper would not see was written is stored beside it, with each pass anew, up to so much. More, or a good share of the
 * tree, is worth reading everything again, after which nothing is doubtful.
 */
const mostDoubtful = { bytes: 64 << 20, share: 1 / 16 };

/** What a keeper was held up by is what it is when it begins anew, unless somebody goes on putting such things there. */
const mostTries = 3;

/** Has the tree kept, then stores beside it what was not kept as it was listed. */
export async function keptPass(
  { runner, spool: whole, hash }: KeptPassDeps,
  stored: { readonly held: Held; readonly first: FirstListing; readonly hot: HotFindings },
  keeper: Keeper,
  target: KeptTarget,
  name: string,
  activity: Activity,
): Promise<WrittenKept> {
  const { held, first, hot } = stored;
  const quiet = signalOf(activity);
  const totalBytes = first.measure.bytes;
  const onProgress: Activity["onProgress"] = ({ bytes, ...more }) =>
    activity.onProgress?.({ ...more, bytes: Math.min(bytes, totalBytes), totalBytes });
  const at = (file: string) => whole.at(`${name}.${file}`);
  const spool: Spool = { ...whole, at };
  const keep = async (again: boolean, tries = mostTries): Promise<KeptJudgement> => {
    const found = appendRecords(at("found"));
    // Whatever is written after the keeper has read it is stamped later than this.
    const start = await whole.now();
    let isKept: boolean;
    try {
      isKept = await withPath(runner, held, whole.at(`${name}.mount`), (path) =>
        keeper.keep(path, { again }, (entries) => found.add(entries.map(formatKept)), {
          ...activity,
          onProgress,
        }),
      );
    } finally {
      found.close();
    }
    await requireInPlace(held);
    if (!isKept) {
      if (tries > 1) return keep(true, tries - 1);
      throw new StackholdError("BACKUP_FAILED", `${held.tree.path} cannot be read`, {
        hint: "again and again a FIFO or a device takes the place of a file while it is read: exclude it, or back up when it is quiet",
      });
    }
    await sortRecords(runner, keptNameField, at("found"), at("kept"), whole, quiet);
    const { remembered } = keeper;
    const isKnown = remembered !== undefined && !again;
    return judgeKept(
      {
        ...{ listing: first.file, kept: at("kept"), time: { ...first.time, start } },
        ...(isKnown ? { remembered } : {}),
      },
      {
        ...{ rest: at("rest"), names: at("names"), linked: at("linked") },
        ...{ strange: target.strange, links: at("links"), remember: target.remember },
      },
      hash,
      activity.signal,
    );
  };
  try {
    let judged = await keep(keeper.remembered === undefined);
    const most = Math.min(mostDoubtful.bytes, totalBytes * mostDoubtful.share);
    if (judged.doubtful > most) judged = await keep(true);
    await storeRest(runner, stored, target.rest, { spool, whole }, hot, activity);
    if (judged.strange === 0) await rm(target.strange, { force: true });
    if (judged.links > 0) await sortNames(runner, at("links"), target.links, whole, quiet);
    const attributes = await dumpAttributes(
      runner,
      { directory: held.directory, names: at("names"), file: target.attributes },
      quiet,
    );
    activity.onProgress?.({ ...first.measure, totalBytes });
    return { strange: judged.strange > 0, links: judged.links > 0, attributes };
  } catch (failure) {
    const { rest, strange, links, attributes, remember } = target;
    for (const file of [rest.file, strange, links, attributes, remember]) {
      await rm(file, { force: true });
    }
    throw systemError(failure, `cannot store ${held.tree.path}`);
  } finally {
    for (const file of scratch) await rm(at(file), { force: true });
  }
}

const scratch = [
  "found",
  "kept",
  "rest",
  "names",
  "linked",
  "links",
  "listed",
  "listed.names",
  "index",
];

/** An archive of what was listed and is not kept, which may be nothing but directories. */
async function storeRest(
  runner: Runner,
  { held, first }: { readonly held: Held; readonly first: FirstListing },
  target: ArchiveTarget,
  { spool, whole }: { readonly spool: Spool; readonly whole: Spool },
  findings: HotFindings,
  activity: Activity,
): Promise<void> {
  const quiet = signalOf(activity);
  const [listed, names, index] = [spool.at("listed"), spool.at("listed.names"), spool.at("index")];
  await sortByName(runner, spool.at("rest"), listed, whole, quiet);
  await cutNames(runner, listed, names, quiet);
  await createEmpty(target.file);
  const members = [
    ...["-vv", "--full-time", "--utc", "--quoting-style=escape", `--index-file=${index}`],
    ...["-C", held.directory, "--no-recursion", "--null", "-T", names],
  ];
  const job = { source: held.tree.path, members, isListed: true };
  await runTar(runner, job, target, quiet, () => first.measure);
  await readHotIndex(listed, index, findings, activity.signal);
}
