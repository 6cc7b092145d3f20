import {
  type CommandEnd,
  type Hook,
  type HookFacts,
  hookEnvironment,
  hookText,
  isLabelHook,
} from "../../domain/hooks.ts";
import { redactText } from "../../domain/recipe/redact-text.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { ContainerCommand, Engine } from "../../ports/engine.ts";
import type { Context, Deps } from "../context.ts";
import { replacementOf } from "../outage/replacement.ts";

/** What all hooks of one run of a unit share. */
export interface HookOrder {
  readonly facts: HookFacts;
  /** Of the run that planned them. */
  readonly runId: string;
  /** Seconds. */
  readonly limit: number;
}

type HookDeps = Pick<Deps, "engine" | "hooks">;

/** Lines that a message about a failure repeats. */
const lastLines = 3;

export function hookMark(unit: string, runId: string): string {
  return `${runId}:${unit}`;
}

/** HOOK_FAILED where it does not end with 0; with a signal that fired, what that is for. */
export async function runHook(
  hook: Hook,
  order: HookOrder,
  deps: HookDeps,
  { emit }: Pick<Context, "emit">,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const { unit } = order.facts;
  const said: string[] = [];
  emit({ type: "log", unit, level: "info", message: `runs ${hookText(hook)}` });
  const run = {
    environment: hookEnvironment(hook, order.facts),
    mark: hookMark(unit, order.runId),
    limitSeconds: order.limit,
    onLine: (whole: string) => {
      const line = redactText(whole);
      if (line.trim() !== "") said.push(line.trim());
      if (said.length > lastLines) said.shift();
      emit({ type: "log", unit, level: "info", message: `${hook.hook}: ${line}` });
    },
    ...(signal === undefined ? {} : { signal }),
  };
  const end = await start(hook, run, deps);
  if (end.ended === "cancelled") signal?.throwIfAborted();
  const why = failureOf(end, order);
  if (why === undefined) return;
  const words = said.length === 0 ? "" : `: ${said.join("; ")}`;
  throw new StackholdError("HOOK_FAILED", `${hookText(hook)} ${why}${words}`, {
    hint:
      end.ended === "limit"
        ? "`hook_timeout` gives hooks more time; its output is in the log"
        : "its output is in the log",
  });
}

function start(
  hook: Hook,
  run: Omit<ContainerCommand, "argv">,
  { engine, hooks }: HookDeps,
): Promise<CommandEnd> {
  if (!isLabelHook(hook)) return hooks.run(hook.argv, run);
  const { container, command } = hook;
  const argv = ["/bin/sh", "-c", command];
  return inItsPlace(container, engine, (id) => engine.exec(id, { ...run, argv }));
}

/** Compose makes containers anew when they had been taken down. */
async function inItsPlace<T>(
  container: Parameters<typeof replacementOf>[0] & { readonly id: string },
  engine: Engine,
  work: (id: string) => Promise<T>,
): Promise<T> {
  try {
    return await work(container.id);
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
    const replacement = await replacementOf(container, engine);
    if (replacement === undefined) throw error;
    return work(replacement);
  }
}

function failureOf({ code, ended, failure }: CommandEnd, { limit }: HookOrder): string | undefined {
  if (ended !== undefined) {
    const why = ended === "limit" ? `took longer than ${limit} s` : "was cancelled";
    return failure === undefined ? `${why} and was ended` : `${why} and ${failure}`;
  }
  if (failure !== undefined) return failure;
  return code === 0 ? undefined : `ended with exit code ${code}`;
}
