import { compareText } from "./compare-text.ts";
import { type ContainerSummary, isRunning, type Member } from "./unit.ts";

/** What of a member its place in the order depends on. */
export type Ordered = Pick<
  Member,
  "id" | "name" | "labels" | "service" | "number" | "dependsOn" | "networkOf" | "volumesFrom"
>;

/**
 * Members in the order of starting: each rank needs only earlier ones, and starts at once. What a
 * member needs: the services it depends on, the container whose network it shares, and those whose
 * volumes it mounts. A cycle is cut at its first member by service, number and name.
 */
export function startRanks<M extends Ordered>(members: readonly M[]): M[][] {
  const needs = new Map(members.map((member) => [member, needsOf(member, members)]));
  const left = new Set(members.toSorted(compareMembers));
  const ranks: M[][] = [];
  while (left.size > 0) {
    const ready = [...left].filter((member) => !pending(member, needs, left));
    const rank = ready.length > 0 ? ready : [cutCycle(left, needs)];
    for (const member of rank) left.delete(member);
    ranks.push(rank);
  }
  return ranks;
}

export function startOrder<M extends Ordered>(members: readonly M[]): M[] {
  return startRanks(members).flat();
}

export function stopOrder(members: readonly Member[]): Member[] {
  return startOrder(members).reverse();
}

/**
 * Of `others`, what runs in the network namespace of one that is restarted, also at second hand,
 * leaders first: such containers lose their network and must be restarted after it.
 */
export function followersOf<T extends ContainerSummary>(
  restarted: readonly Pick<ContainerSummary, "id" | "name">[],
  others: readonly T[],
): T[] {
  const gone = new Set(restarted.flatMap(({ id, name }) => [id, name]));
  const left = new Set(others.filter((other) => isRunning(other) && !gone.has(other.id)));
  const followers: T[] = [];
  for (let found: T[]; ; ) {
    found = [...left].filter(({ networkOf }) => networkOf !== undefined && gone.has(networkOf));
    if (found.length === 0) return followers;
    followers.push(...found.toSorted((a, b) => compareText(a.name, b.name)));
    for (const follower of found) {
      left.delete(follower);
      gone.add(follower.id).add(follower.name);
    }
  }
}

type Needs<M> = ReadonlyMap<M, readonly M[]>;

function needsOf<M extends Ordered>(member: M, members: readonly M[]): M[] {
  const services = new Set(member.dependsOn.map(({ service }) => service));
  const containers = new Set([
    ...member.volumesFrom,
    ...(member.networkOf ? [member.networkOf] : []),
  ]);
  const project = projectOf(member);
  return members.filter((other) => {
    if (other === member) return false;
    if (containers.has(other.id) || containers.has(other.name)) return true;
    return (
      other.service !== undefined && services.has(other.service) && projectOf(other) === project
    );
  });
}

const projectOf = (member: Ordered) => member.labels["com.docker.compose.project"];

function pending<M>(member: M, needs: Needs<M>, left: ReadonlySet<M>): boolean {
  return (needs.get(member) ?? []).some((other) => left.has(other));
}

/** The first member that waits for nothing but its own cycle. */
function cutCycle<M>(left: ReadonlySet<M>, needs: Needs<M>): M {
  const reach = new Map([...left].map((member) => [member, reachable(member, needs, left)]));
  const innermost = [...left].filter((member) =>
    [...(reach.get(member) ?? [])].every((other) => reach.get(other)?.has(member)),
  );
  const [first] = innermost;
  if (first === undefined) throw new Error("a finite graph has a strongly connected sink");
  return first;
}

function reachable<M>(from: M, needs: Needs<M>, left: ReadonlySet<M>): Set<M> {
  const seen = new Set<M>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of needs.get(next) ?? []) {
      if (!left.has(other) || seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
  return seen;
}

function compareMembers(a: Ordered, b: Ordered): number {
  return (
    compareText(a.service ?? a.name, b.service ?? b.name) ||
    a.number - b.number ||
    compareText(a.name, b.name) ||
    compareText(a.id, b.id)
  );
}
