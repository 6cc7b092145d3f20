/**
 * A listed directory that was a symbolic link when it was stored: what tar then read below it comes
 * out of the archive where the link leads. Links that are absolute or climb lead nowhere: tar makes
 * them last, and refuses what is below them.
 */
export interface Strays {
  /** A directory that was stored as a link. */
  add(directory: string, target: string): void;
  /** Where a stored name comes out, if it is not where it was listed. */
  find(name: string): string | undefined;
}

export function createStrays(): Strays {
  const found: { readonly prefix: string; readonly landing: string }[] = [];
  return {
    add: (directory, target) => {
      const steps = target.split("/").filter((step) => step !== "" && step !== ".");
      if (target.startsWith("/") || steps.includes("..")) return;
      const parent = directory.slice(0, directory.lastIndexOf("/"));
      found.push({ prefix: `${directory}/`, landing: `${[parent, ...steps].join("/")}/` });
    },
    find: (name) => {
      const stray = found.find(({ prefix }) => name.startsWith(prefix));
      return stray === undefined ? undefined : stray.landing + name.slice(stray.prefix.length);
    },
  };
}
