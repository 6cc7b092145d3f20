/**
 * Puts units that a group names together, at the place of the first of them; groups that share a
 * unit are one. A unit in no group stands alone.
 */
export function inGroups<T>(
  units: readonly T[],
  nameOf: (unit: T) => string,
  groups: readonly (readonly string[])[],
): T[][] {
  const joined: Set<string>[] = [];
  for (const group of groups) {
    const all = new Set(group);
    for (const other of joined.filter((each) => !each.isDisjointFrom(all))) {
      for (const name of other) all.add(name);
      joined.splice(joined.indexOf(other), 1);
    }
    joined.push(all);
  }
  const keyOf = (unit: T) => joined.find((group) => group.has(nameOf(unit))) ?? unit;
  return [...Map.groupBy(units, keyOf).values()];
}
