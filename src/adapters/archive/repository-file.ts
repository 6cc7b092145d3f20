import { randomUUID } from "node:crypto";
import { access, constants, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../domain/manifest-text.ts";
import type { Clock } from "../../ports/clock.ts";
import { probeWriting, writeDurably } from "./durable.ts";
import { isFull, isMissing, newerFormat, unusable, type Whereabouts } from "./errors.ts";
import { makeDirectories } from "./make-directories.ts";
import { repositoryFile } from "./names.ts";

const formatSchema = z.object({ format: z.int().positive() });
const identitySchema = z.object({
  format: z.literal(1),
  id: z.string().min(1),
  createdAt: z.iso.datetime(),
});

/** Makes the repository where there is none and shows that it can be written. */
export async function openRepository(at: Whereabouts, clock: Clock): Promise<"made" | "found"> {
  await makeDirectories(at.path);
  if (await checkFormat(at)) {
    await probe(at);
    return "found";
  }
  const identity = { format: 1, id: randomUUID(), createdAt: clock.now().toISOString() };
  await writeDurably(join(at.path, repositoryFile), `${JSON.stringify(identity)}\n`);
  return "made";
}

/** What `openRepository` would do, and that it could: there, or where it would be made. */
export async function examineRepository(at: Whereabouts): Promise<"made" | "found"> {
  const isFound = (await isThere(at.path)) && (await checkFormat(at));
  let place = at.path;
  while (!(await isThere(place)) && dirname(place) !== place) place = dirname(place);
  if (!(await stat(place)).isDirectory()) throw unusable(at, `${place} is not a directory`);
  await access(place, constants.W_OK | constants.X_OK);
  return isFound ? "found" : "made";
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}

/** False where no repository was made yet; REPOSITORY_UNUSABLE, NEWER_FORMAT. */
export async function checkFormat(at: Whereabouts): Promise<boolean> {
  const text = await readOrUndefined(join(at.path, repositoryFile));
  if (text === undefined) return false;
  const content = parseJson(text);
  const format = formatSchema.safeParse(content);
  if (format.success && format.data.format > 1) throw newerFormat(at, "it");
  if (identitySchema.safeParse(content).success) return true;
  throw unusable(
    at,
    `${repositoryFile} is damaged`,
    `move ${repositoryFile} away if the points beside it are yours: the next backup writes it anew`,
  );
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/** A full disk can still be read and tidied: the space check speaks of it. */
async function probe(at: Whereabouts): Promise<void> {
  try {
    await probeWriting(at.path);
  } catch (thrown) {
    if (!isFull(thrown)) throw thrown;
  }
}
