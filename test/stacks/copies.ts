import type { TreeDescription } from "../fixtures/odd-tree/describe-tree.ts";

/** Entries of what a copy has: the directories and files whose names end with its name, called like the originals. */
export function filesOfCopy(files: TreeDescription, copy: string): TreeDescription {
  const own = Object.entries(files).filter(([name]) => name.includes(`-${copy}`));
  return Object.fromEntries(own.map(([name, facts]) => [name.replaceAll(`-${copy}`, ""), facts]));
}

/** A copy has two files of its own in the project directory, which so has another time. */
export function comparable(files: TreeDescription, folder: string): TreeDescription {
  const own = [`./${folder}`, `./${folder}/.env`, `./${folder}/compose.stackhold.yaml`];
  return Object.fromEntries(Object.entries(files).filter(([name]) => !own.includes(name)));
}
