import { HashTable } from "../../domain/two-phase/hash-table.ts";
import { StackholdError } from "../../errors.ts";
import { requireSuccess } from "../../exec/result.ts";
import type { Activity } from "../../ports/capture.ts";
import { createHash } from "./create-hash.ts";
import { type Keeping, notKept } from "./keeping.ts";
import { createLinkGroups } from "./link-groups.ts";
import {
  comparable,
  describeDifference,
  type Facts,
  type FoundEntry,
  findFormat,
  parseFound,
} from "./match-facts.ts";
import { signalOf } from "./measure.ts";
import type { Opener } from "./opened.ts";
import { readable, readStoredListing } from "./stored-listing.ts";

/** So many differences are named; the others are counted. */
const most = 5;
/** In the place of an entry's facts, once it is found in the tree. */
const met = 0n;
const unlike = 1n;

interface Job {
  readonly listing: string;
  readonly directory: string;
  readonly keeping: Keeping;
}

/**
 * Compares an unpacked tree with its listing, names both ways, in two hashes an entry. Only where
 * something differs is the listing read again, to say what: POINT_DAMAGED.
 */
export async function matchListing(runner: Opener, job: Job, activity: Activity): Promise<void> {
  const lost = notKept(job.keeping);
  if (lost.length > 0) {
    activity.onWarning?.(`the file system of ${job.directory} does not keep ${lost.join(", ")}`);
  }
  const hash = await createHash();
  const facts = new HashTable();
  const groups = createLinkGroups(hash);
  const factsOf = (entry: Facts) => hash(comparable(entry, job.keeping)) || unlike;
  let hasRoot = false;
  let looked = 0;
  const lookedAt = (count: number) => {
    looked += count;
    activity.onProgress?.({ bytes: 0, files: looked });
  };
  await readStoredListing(runner, job.listing, activity, (entries) => {
    for (const entry of entries) {
      if (entry.type === "s") continue;
      if (entry.name === ".") hasRoot = true;
      const key = hash(entry.name);
      facts.set(key, factsOf(entry));
      groups.expect(entry, key);
    }
    lookedAt(entries.length);
  });
  const strange = new Map<string, FoundEntry>();
  let matched = 0;
  let wrong = 0;
  await eachFound(
    runner,
    job.directory,
    activity,
    (found) => {
      // The listing of a single file knows nothing of the directory that it is unpacked into.
      if (found.name === "." && !hasRoot) return;
      const key = hash(found.name);
      const expected = facts.get(key);
      if (expected !== undefined) {
        matched += 1;
        facts.set(key, met);
      }
      const isSame = expected === factsOf(found);
      if (isSame && (!job.keeping.links || groups.agrees(found, key))) return;
      wrong += 1;
      if (strange.size < most) strange.set(found.name, found);
    },
    lookedAt,
  );
  const count = wrong + facts.size - matched;
  if (count === 0) return;
  const said = await describe(runner, job, activity, strange, (name) =>
    isMissing(facts, hash(name)),
  );
  const more = count > said.length ? `; ${count} differences in all` : "";
  throw new StackholdError(
    "POINT_DAMAGED",
    `what was unpacked is not what ${job.listing} says: ${said.join("; ")}${more}`,
  );
}

function isMissing(facts: HashTable, key: bigint): boolean {
  return facts.get(key) !== met;
}

async function describe(
  runner: Opener,
  { listing, keeping }: Job,
  activity: Activity,
  strange: Map<string, FoundEntry>,
  isAbsent: (name: string) => boolean,
): Promise<string[]> {
  const said: string[] = [];
  await readStoredListing(runner, listing, activity, (entries) => {
    for (const entry of entries) {
      const found = strange.get(entry.name);
      const name = readable(entry.name);
      strange.delete(entry.name);
      if (found !== undefined)
        said.push(`${name} has ${describeDifference(entry, found, keeping)}`);
      else if (entry.type !== "s" && said.length < most && isAbsent(entry.name)) {
        said.push(`${name} is missing`);
      }
    }
  });
  const extra = [...strange.keys()].map((name) => `${readable(name)} is not in it`);
  return [...said, ...extra].slice(0, most);
}

async function eachFound(
  runner: Opener,
  directory: string,
  activity: Activity,
  onFound: (found: FoundEntry) => void,
  onBatch: (count: number) => void,
): Promise<void> {
  const result = await runner.run(
    { program: "find", args: [".", "-printf", findFormat] },
    {
      cwd: directory,
      diesWithParent: true,
      stdout: {
        separator: "\0",
        onRecords: (records) => {
          for (const record of records) onFound(parseFound(record));
          onBatch(records.length);
        },
      },
      ...signalOf(activity),
    },
  );
  requireSuccess(result);
}
