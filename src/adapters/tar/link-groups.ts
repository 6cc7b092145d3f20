import type { ListedEntry } from "../../domain/listing.ts";
import { HashTable } from "../../domain/two-phase/hash-table.ts";
import type { Hash } from "../../domain/two-phase/known-entries.ts";
import type { FoundEntry } from "./match-facts.ts";

/** Which names are one file, by a listing and in a tree. `key` is the hash of the name. */
export interface LinkGroups {
  expect(entry: ListedEntry, key: bigint): void;
  /** False where the entry shares its file with other names than listed. */
  agrees(found: FoundEntry, key: bigint): boolean;
}

/** As many names as listed and one inode for all of them: then the group has no other name. */
export function createLinkGroups(hash: Hash): LinkGroups {
  const [groups, sizes, inodes] = [new HashTable(), new HashTable(), new HashTable()];
  return {
    expect({ type, link }, key) {
      if (link === 0 || !isLinkable(type)) return;
      const group = BigInt(link);
      groups.set(key, group);
      sizes.set(group, (sizes.get(group) ?? 0n) + 1n);
    },
    agrees({ type, links, inode }, key) {
      if (!isLinkable(type)) return true;
      const group = groups.get(key);
      if (group === undefined) return links === 1;
      const known = inodes.get(group);
      const own = hash(inode);
      if (known === undefined) inodes.set(group, own);
      return BigInt(links) === sizes.get(group) && (known === undefined || known === own);
    },
  };
}

/** tar has no place for hard links between FIFOs or devices. */
function isLinkable(type: string): boolean {
  return type === "f" || type === "l";
}
