import { lstat, open, readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { compareText } from "../../domain/compare-text.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { reasonOf } from "../../errors.ts";
import type { Activity, SafetyCopy, SafetyOrigin, Swap } from "../../ports/capture.ts";
import { isAbsent } from "./errno.ts";
import { flushDirectories, names, placeOf } from "./place.ts";
import { resolve, safetyDirectories } from "./plan-swap.ts";

const markSchema = z.object({
  version: z.literal(1),
  unit: z.string().min(1),
  runId: z.string(),
  createdAt: z.iso.datetime(),
  target: z.string(),
  children: z.boolean(),
});
type Mark = z.infer<typeof markSchema>;

export async function mark(swap: Swap, origin: SafetyOrigin): Promise<void> {
  const { target, children } = swap;
  const place = placeOf(swap);
  const file = await open(join(place, names.mark), "w", 0o600);
  try {
    const content: Mark = { version: 1, ...origin, target, children };
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await flushDirectories(place);
}

export async function safetyCopies(
  targets: readonly string[],
  { onWarning }: Pick<Activity, "onWarning"> = {},
): Promise<SafetyCopy[]> {
  /** A disk that fails, or a server that is gone, at one place hides nothing at another. */
  const lookAt = async <T>(place: string, look: () => Promise<readonly T[]>) => {
    try {
      return await look();
    } catch (failure) {
      onWarning?.(`cannot look for safety copies at ${place}: ${reasonOf(failure)}`);
      return [];
    }
  };
  const copies = new Map<string, SafetyCopy>();
  const gather = async (places: readonly string[]): Promise<void> => {
    const directories = new Set<string>();
    for (const place of places) {
      for (const found of await lookAt(place, () => directoriesOf(place))) directories.add(found);
    }
    for (const directory of directories) {
      for (const name of await lookAt(directory, () => readdir(directory))) {
        const place = join(directory, name);
        const [copy] = await lookAt(place, () => copyAt(place));
        if (copy === undefined || copies.has(copy.path)) continue;
        copies.set(copy.path, copy);
        await gather(carriedAway(copy, targets));
      }
    }
  };
  await gather(targets);
  return [...copies.values()].sort((a, b) => compareText(a.path, b.path));
}

/** A directory that is set aside takes with it what earlier swaps set aside within it. */
function carriedAway({ swap, path }: SafetyCopy, targets: readonly string[]): string[] {
  const within = targets.filter((target) => isInside(target, swap.target));
  return within.map((target) => join(path, target.slice(swap.target.length)));
}

async function directoriesOf(target: string): Promise<string[]> {
  const directories: string[] = [];
  for (const directory of safetyDirectories(await resolve(target))) {
    if (await isRealDirectory(directory)) directories.push(await realpath(directory));
  }
  return directories;
}

async function isRealDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (failure) {
    if (isAbsent(failure)) return false;
    throw failure;
  }
}

async function copyAt(place: string): Promise<SafetyCopy[]> {
  if (!(await isRealDirectory(place))) return [];
  const entries = await readdir(place);
  const kept = [names.aside, names.asidePartial].find((name) => entries.includes(name));
  if (kept === undefined) return [];
  const found = await readMark(place);
  return [
    {
      swap: asSwap(place, found),
      path: join(place, kept),
      origin: found === undefined ? undefined : originOf(found),
      isUnfinished: kept !== names.aside || entries.includes(names.staged),
    },
  ];
}

function originOf({ unit, runId, createdAt }: Mark): SafetyOrigin {
  return { unit, runId, createdAt };
}

/** A mark lies where containers may write: it is not believed about paths that are not its own. */
function asSwap(place: string, found: Mark | undefined): Swap {
  const around = dirname(dirname(place));
  const children = found?.children === true && found.target === around;
  return {
    target: found?.target ?? around,
    staged: join(place, names.staged),
    aside: join(place, names.aside),
    fresh: false,
    children,
  };
}

async function readMark(place: string): Promise<Mark | undefined> {
  const file = join(place, names.mark);
  try {
    if (!(await lstat(file)).isFile()) return undefined;
    return markSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch (failure) {
    if (failure instanceof SyntaxError || isAbsent(failure)) return undefined;
    throw failure;
  }
}
