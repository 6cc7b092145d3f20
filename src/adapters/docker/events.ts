import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { isErrorCode } from "../../errors.ts";
import type { EngineEvent, EngineEventFilter } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import { linesOf } from "./lines.ts";

/** One line of GET /events. `timeNano` is beyond what a number holds: it is read as text. */
const eventSchema = z.looseObject({
  Type: z.string(),
  Action: z.string(),
  Actor: z.looseObject({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
  timeNano: z.string(),
});

/** A cut stream is opened again; an engine that lets nobody in so often has gone away. */
const retryAfterMs = 250;
const attempts = 5;

/** Where a stream goes on after a cut. */
interface Position {
  /** Seconds and nanoseconds as the engine takes them; undefined before the first answer. */
  since: string | undefined;
  /** Events that share the last nanosecond: the engine sends them again. */
  readonly seen: Set<string>;
  /** Openings in a row that failed. */
  failures: number;
}

export async function* engineEvents(
  filter: EngineEventFilter,
  client: Client,
  signal?: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const position: Position = { since: filter.since?.toFixed(9), seen: new Set(), failures: 0 };
  const isOver = () => signal?.aborted === true;
  while (!isOver()) {
    try {
      yield* oneStream(filter, position, client, signal);
      if (filter.until !== undefined) return;
    } catch (thrown) {
      if (isOver()) return;
      const goneAway = ++position.failures >= attempts;
      if (goneAway || !isErrorCode(thrown, "ENGINE_UNREACHABLE")) throw thrown;
    }
    await pause(retryAfterMs, signal);
  }
}

async function* oneStream(
  filter: EngineEventFilter,
  position: Position,
  client: Client,
  signal: AbortSignal | undefined,
): AsyncGenerator<EngineEvent> {
  const response = await client.stream({
    method: "GET",
    path: "/events",
    query: queryOf(filter, position.since),
    what: "the engine's events",
    long: true,
    ...(signal === undefined ? {} : { signal }),
  });
  position.failures = 0;
  position.since ??= secondsOf(response.headers.date);
  try {
    for await (const line of linesOf(response)) {
      const event = parseEvent(line);
      if (isNew(event, position)) yield event;
    }
  } catch (thrown) {
    throw await client.broken(thrown);
  } finally {
    response.destroy();
  }
}

function queryOf(filter: EngineEventFilter, since: string | undefined): Record<string, string> {
  const filters = {
    ...(filter.containers === undefined ? {} : { container: filter.containers }),
    ...(filter.actions === undefined ? {} : { event: filter.actions }),
  };
  return {
    filters: JSON.stringify(filters),
    ...(since === undefined ? {} : { since }),
    ...(filter.until === undefined ? {} : { until: filter.until.toFixed(9) }),
  };
}

/** Only a number outside of text follows its key at once: quotes within text are escaped. */
function parseEvent(line: string): EngineEvent {
  const raw = eventSchema.parse(JSON.parse(line.replace(/"timeNano":(\d+)/, '"timeNano":"$1"')));
  return {
    type: raw.Type,
    action: raw.Action,
    id: raw.Actor.ID,
    timeNano: raw.timeNano,
    attributes: raw.Actor.Attributes ?? {},
  };
}

function isNew(event: EngineEvent, position: Position): boolean {
  const at = `${event.timeNano.slice(0, -9)}.${event.timeNano.slice(-9)}`;
  const key = `${event.type} ${event.action} ${event.id}`;
  if (position.since !== at) position.seen.clear();
  else if (position.seen.has(key)) return false;
  position.since = at;
  position.seen.add(key);
  return true;
}

/** The engine's own clock: ours may differ. */
function secondsOf(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? undefined : String(Math.floor(time / 1000));
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await wait(milliseconds, undefined, options).catch(() => {});
}
