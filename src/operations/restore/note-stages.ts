import { messageOf } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Context, Deps } from "../context.ts";
import { nothingStopped } from "../outage/plan-outage.ts";
import { journalEntry } from "../outage/quiesce.ts";

/** Tells a recovery what a killed restore has staged, where it stops nothing and replaces nothing. */
export interface StageNote {
  /** Before the stages exist. */
  add(stages: readonly Swap[]): Promise<void>;
  /** Once they are gone. */
  close(): Promise<void>;
}

/**
 * What a recovery before could not put right stays noted. Without a journal the restore goes on all
 * the same, since only a kill makes it matter.
 */
export async function noteStages(unit: string, deps: Deps, context: Context): Promise<StageNote> {
  const { journal } = deps;
  let left: JournalEntry | undefined;
  let stages: readonly Swap[] = [];
  let isUsable = true;
  const attempt = async (work: () => Promise<void>) => {
    if (!isUsable) return;
    try {
      await work();
    } catch (error) {
      isUsable = false;
      const message = `if this restore is killed, what it has unpacked so far stays: ${messageOf(error)}`;
      context.emit({ type: "warning", unit, message });
    }
  };
  await attempt(async () => {
    left = await journal.read(unit);
  });
  return {
    add: (more) =>
      attempt(async () => {
        stages = [...stages, ...more];
        const request = { plan: nothingStopped(unit), operation: "restore" } as const;
        const entry = left ?? journalEntry(request, deps, context);
        await journal.write({ ...entry, stages: [...entry.stages, ...stages] });
      }),
    close: () => attempt(() => (left === undefined ? journal.close(unit) : journal.write(left))),
  };
}
