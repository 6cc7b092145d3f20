import type { RecordedMember } from "../../domain/manifest.ts";
import type { Member } from "../../domain/unit.ts";

type Present = Pick<Member, "name" | "number" | "oneOff"> & {
  readonly service?: string | undefined;
};

function isSame(recorded: RecordedMember, member: Present): boolean {
  return recorded.service === undefined
    ? member.name === recorded.name
    : member.service === recorded.service &&
        member.number === recorded.number &&
        member.oneOff === recorded.oneOff;
}

/**
 * The present container of each recorded member: by service and number, else by name. Compose
 * numbers a replica that it makes in place of another after the highest, so those of one service
 * that are left over belong together in the order of their numbers.
 */
export function pairUp<M extends Present>(
  recorded: readonly RecordedMember[],
  members: readonly M[],
): ReadonlyMap<RecordedMember, M> {
  const pairs = new Map<RecordedMember, M>();
  for (const one of recorded) {
    const found = members.find((member) => isSame(one, member));
    if (found !== undefined) pairs.set(one, found);
  }
  const taken = new Set(pairs.values());
  const byNumber = (a: Present, b: Present) => a.number - b.number;
  const spare = members.filter((m) => !m.oneOff && !taken.has(m)).toSorted(byNumber);
  for (const one of recorded.toSorted(byNumber)) {
    if (one.service === undefined || one.oneOff || pairs.has(one)) continue;
    const index = spare.findIndex((member) => member.service === one.service);
    for (const found of index < 0 ? [] : spare.splice(index, 1)) pairs.set(one, found);
  }
  return pairs;
}
