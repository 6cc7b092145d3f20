import { isInside } from "../../domain/refused-paths.ts";
import { asStackholdError } from "../../errors.ts";
import type { Deps } from "../context.ts";
import type { Known } from "./project-entries.ts";

/** Keeps earlier safety copies, which are found again wherever they go. */
const safetyName = ".stackhold-safety";

/** What is in the directory now and not in the point, topmost only, outside the paths `apart`. */
export async function notInPoint(
  entries: readonly Known[],
  target: string,
  apart: readonly string[],
  { stackFiles }: Pick<Deps, "stackFiles">,
): Promise<string[]> {
  const known = new Map(entries.map(({ path, entry }) => [path, entry.type]));
  const found: string[] = [];
  const walk = async (below: string): Promise<void> => {
    const directory = below === "" ? target : `${target}/${below}`;
    const listing = await stackFiles.list(directory).catch(asStackholdError);
    if (listing === undefined || listing instanceof Error) return;
    for (const name of [...listing.directories, ...listing.files]) {
      const path = below === "" ? name : `${below}/${name}`;
      // Names that are not UTF-8 cannot be told from one another here.
      const isOther = name === safetyName || name.includes("\uFFFD");
      if (isOther || apart.some((place) => isInside(`${target}/${path}`, place))) continue;
      if (!known.has(path)) found.push(path);
      else if (known.get(path) === "d" && listing.directories.includes(name)) await walk(path);
    }
  };
  await walk("");
  return found.sort();
}
