import { HashPairs } from "../../../domain/two-phase/hash-pairs.ts";
import type { Hash, KnownEntries } from "../../../domain/two-phase/known-entries.ts";
import type { HotFindings } from "./hot-index.ts";

/** What all hot passes of a tree stored otherwise than it was listed. */
export interface HotKnowledge extends HotFindings {
  /** Hashes of names and of what they were stored as a link to. */
  readonly links: HashPairs;
  /** The types it comes out with where one differs from the listed one; else empty. */
  typesOf(name: string): string;
  /** Names that have such types, sorted by their bytes. */
  retypedNames(): readonly string[];
}

export function createHotKnowledge(known: KnownEntries, hash: Hash): HotKnowledge {
  const links = new HashPairs();
  const retyped = new Map<string, string>();
  return {
    links,
    typesOf: (name) => retyped.get(name) ?? "",
    // Latin1 has the bytes as its code units, which is how sort compares.
    retypedNames: () => [...retyped.keys()].sort(),
    onOdd: (name) => known.spoil(name),
    onRetyped: (name, type) => void retyped.set(name, type + (retyped.get(name) ?? "")),
    onLink: (name, target) => links.add(hash(name), hash(target)),
  };
}
