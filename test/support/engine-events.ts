import type { EngineAccess } from "../bed/access.ts";
import { run } from "../bed/run.ts";

/** One thing that happened to a container, a volume or a network. */
export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  readonly name: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
}

export interface EventWatch {
  /**
   * What was done since the watch began to things whose name begins with the prefix, in order.
   * Health checks are left out: nobody did them.
   */
  happened(prefix: string): Promise<EngineEvent[]>;
}

interface Told {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Record<string, string> };
  readonly timeNano: number;
}

/** The engine keeps its last events itself: nothing has to run meanwhile. */
export function watchEngine({ env }: EngineAccess): EventWatch {
  const now = () => (Date.now() / 1000).toFixed(3);
  const since = now();
  return {
    async happened(prefix) {
      const window = ["--since", since, "--until", now()];
      const ask = ["docker", "events", ...window, "--format", "{{json .}}"];
      const { stdout } = await run(ask, { env });
      return stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Told)
        .map(({ Type, Action, Actor, timeNano }) => ({
          type: Type,
          action: Action,
          name: Actor.Attributes.name ?? Actor.ID,
          at: timeNano / 1e6,
        }))
        .filter(({ name, action }) => name.startsWith(prefix) && !/^(exec_|health_)/.test(action))
        .sort((a, b) => a.at - b.at);
    },
  };
}

/** The moment of a container's one event of this kind. */
export function momentOf(events: readonly EngineEvent[], name: string, action: string): number {
  const found = events.filter((event) => event.name === name && event.action === action);
  if (found.length !== 1) throw new Error(`${name} has ${found.length} events ${action}, not one`);
  return found[0]?.at ?? 0;
}
