/**
 * Lets a name pass unless one that passed before lies above it. Names come sorted by their bytes,
 * in which `a-b` stands between `a` and `a/b`.
 */
export function createTopmost(): (name: string) => boolean {
  let above: string[] = [];
  return (name) => {
    above = above.filter((prefix) => prefix > name || name.startsWith(prefix));
    if (above.some((prefix) => name.startsWith(prefix))) return false;
    above.push(`${name}/`);
    return true;
  };
}

/** The name's parents, the root first. */
export function parentsOf(name: string): string[] {
  const parents: string[] = [];
  for (let end = name.indexOf("/"); end !== -1; end = name.indexOf("/", end + 1)) {
    parents.push(name.slice(0, end));
  }
  return parents;
}
