import type { Quiesce } from "../../domain/manifest.ts";
import { followersOf, startRanks } from "../../domain/order.ts";
import { isLostWhenStopped, isRunning, type Member } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { ComposeProject, ComposeService } from "../../ports/composer.ts";
import type { JournaledContainer } from "../../ports/journal.ts";
import { composeServices } from "../compose-project.ts";
import { asleep } from "./journaled.ts";

/** Seconds, where neither a setting nor the container says. */
const defaultStopTimeout = 30;

export interface Lasting {
  readonly name: string;
  /** What a stop would do: `removes itself when stopped`. */
  readonly why: string;
}

/** What an outage of a unit touches, decided before anything is touched. */
export interface OutagePlan {
  readonly unit: string;
  readonly way: Quiesce;
  /** Every member that exists, with the state before. */
  readonly members: readonly Member[];
  /** Only what runs; in the order of starting. */
  readonly containers: readonly JournaledContainer[];
  /** Members that run on, since they would not come back. */
  readonly lasting: readonly Lasting[];
  /** Names of containers that lose their network for good: only a start would give it back. */
  readonly cutOff: readonly string[];
  readonly compose?: {
    readonly project: ComposeProject;
    readonly services: readonly ComposeService[];
  };
}

export interface OutageInput {
  readonly unit: string;
  readonly way: Quiesce;
  readonly members: readonly Member[];
  /** Running containers of other units. */
  readonly others: readonly Member[];
  /** Host paths that are gone: who cannot start without one is not stopped. */
  readonly missing?: ReadonlySet<string>;
  /** A paused container holds the data it was started with; left alone where that may stay so. */
  readonly stopsPaused?: boolean;
  /** Seconds that a setting gives a container; overrides its own grace period. */
  readonly stopTimeout: (container: string) => number | undefined;
  readonly project?: ComposeProject;
  /** Names in the project's files as they are now; for `down`. */
  readonly services?: ReadonlySet<string>;
}

export const removesItself = "removes itself when stopped";

/** Why a container that runs must not be stopped; undefined where it may be. */
function whyLasting(member: Member, { missing }: OutageInput): string | undefined {
  if (isLostWhenStopped(member)) return removesItself;
  const gone = isRunning(member)
    ? member.requiredPaths?.find((path) => missing?.has(path))
    : undefined;
  return gone === undefined ? undefined : `cannot start again without ${gone}, which is missing`;
}

function journaled(member: Member, rank: number, input: OutageInput): JournaledContainer {
  const stopTimeout = input.stopTimeout(member.name) ?? member.stopTimeout ?? defaultStopTimeout;
  return { ...asleep(member), stopTimeout, rank, start: true };
}

/** What `docker compose down` and the creation afterwards cannot bring back as it was. */
function obstacleToDown(input: OutageInput, followers: readonly Member[]): string | undefined {
  const { unit, members } = input;
  const first = (fits: (member: Member) => boolean) => members.find(fits)?.name;
  const fleeting = first(isLostWhenStopped);
  if (fleeting !== undefined) return `would delete ${fleeting}, which removes itself when stopped`;
  const stuck = members.flatMap((m) => whyLasting(m, input) ?? []).at(0);
  if (stuck !== undefined) return `would end a container that ${stuck}`;
  const anonymous = first(({ mounts }) =>
    mounts.some((m) => m.type === "volume" && /^[0-9a-f]{64}$/.test(m.volume ?? "")),
  );
  if (anonymous !== undefined) {
    return `would orphan an anonymous volume of ${anonymous} (unit ${unit})`;
  }
  const paused = first(({ state }) => state === "paused");
  if (paused !== undefined) return `cannot bring ${paused} back as it is, paused`;
  const oneOff = first((member) => member.oneOff && isRunning(member));
  if (oneOff !== undefined) return `leaves ${oneOff} running: \`docker compose run\` made it`;
  const known = input.services;
  const orphan = first((m) => !m.oneOff && known !== undefined && !known.has(m.service ?? ""));
  if (orphan !== undefined) {
    return `cannot bring ${orphan} back: its service is not in the compose file any more`;
  }
  const [follower] = followers;
  if (follower === undefined) return undefined;
  return `would cut ${follower.name} off, which lives in the network of a container of ${unit}`;
}

function refuseDown(input: OutageInput, followers: readonly Member[]): void {
  if (input.project === undefined) {
    throw new StackholdError("USAGE", `quiesce "down" needs the compose file of ${input.unit}`, {
      hint: "standalone containers and stacks without a compose file are stopped with --quiesce stop",
    });
  }
  const obstacle = obstacleToDown(input, followers);
  if (obstacle === undefined) return;
  throw new StackholdError("USAGE", `quiesce "down" ${obstacle}`, {
    hint: "nothing was stopped; --quiesce stop has no such limits",
  });
}

/** An outage that takes nothing down. */
export function nothingStopped(unit: string): OutagePlan {
  return { unit, way: "none", members: [], containers: [], lasting: [], cutOff: [] };
}

export function planOutage(input: OutageInput): OutagePlan {
  const { unit, way, members } = input;
  const touchesNone: OutagePlan = { ...nothingStopped(unit), way, members };
  if (way === "none") return touchesNone;
  const isTouched = (m: Member) => input.stopsPaused === true || m.state !== "paused";
  const awake = members.filter((m) => isRunning(m) && isTouched(m));
  const lasts = (member: Member) => way !== "pause" && whyLasting(member, input) !== undefined;
  const lasting = awake.filter(lasts);
  const running = awake.filter((member) => !lasting.includes(member));
  const ranks = startRanks(running);
  const own = ranks.flatMap((rank, index) => rank.map((m) => journaled(m, index, input)));
  if (way === "pause") return { ...touchesNone, containers: own };
  const guests = followersOf(running, [...input.others, ...lasting]);
  const following = guests.filter((member) => !isLostWhenStopped(member));
  const followers = following.map((member) => ({
    ...journaled(member, ranks.length, input),
    follower: true,
  }));
  const plan = {
    ...touchesNone,
    containers: [...own, ...followers],
    lasting: lasting.map((m) => ({ name: m.name, why: whyLasting(m, input) ?? removesItself })),
    cutOff: guests.filter(isLostWhenStopped).map(({ name }) => name),
  };
  if (way === "stop") return plan;
  refuseDown(input, following);
  if (input.project === undefined) return plan;
  return { ...plan, compose: { project: input.project, services: composeServices(members) } };
}
