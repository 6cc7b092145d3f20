import type { EngineAccess } from "../bed/access.ts";
import { callEngine, ofProject } from "../bed/engine-call.ts";

/** What a backup must leave as it was, and what tells whether a container ran on without a break. */
export interface Standing {
  readonly id: string;
  readonly state: string;
  readonly health: string;
  /** `name:maximumRetryCount`. */
  readonly policy: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly exitCode: number;
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly HostConfig: { readonly RestartPolicy: { Name: string; MaximumRetryCount: number } };
  readonly State: {
    readonly Status: string;
    readonly Health?: { readonly Status: string };
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly ExitCode: number;
  };
}

/** By container name: all containers of the projects, and those named. */
export async function standing(
  engine: EngineAccess,
  of: { readonly projects?: readonly string[]; readonly names?: readonly string[] },
): Promise<Record<string, Standing>> {
  const listed: { Id: string }[][] = await Promise.all(
    (of.projects ?? []).map((project) =>
      callEngine(engine, "GET", `/containers/json?all=1&${ofProject(project)}`),
    ),
  );
  const wanted = [...listed.flat().map(({ Id }) => Id), ...(of.names ?? [])];
  const all = await Promise.all(wanted.map((each) => inspected(engine, each)));
  const found = all.map(
    ({ Id, Name, HostConfig: { RestartPolicy }, State }): [string, Standing] => [
      Name.slice(1),
      {
        id: Id,
        state: State.Status,
        health: State.Health?.Status ?? "",
        policy: `${RestartPolicy.Name}:${RestartPolicy.MaximumRetryCount}`,
        startedAt: State.StartedAt,
        finishedAt: State.FinishedAt,
        exitCode: State.ExitCode,
      },
    ],
  );
  return Object.fromEntries(found.sort());
}

async function inspected(engine: EngineAccess, container: string): Promise<Inspected> {
  const path = `/containers/${encodeURIComponent(container)}/json`;
  const found: Inspected | undefined = await callEngine(engine, "GET", path);
  if (found === undefined) throw new Error(`there is no container ${container}`);
  return found;
}

/** What must be the same after a backup that stops: ids, states, health and policies. */
export function lasting(all: Record<string, Standing>): Record<string, Partial<Standing>> {
  return Object.fromEntries(
    Object.entries(all).map(([name, { id, state, health, policy }]) => [
      name,
      { id, state, health, policy },
    ]),
  );
}
