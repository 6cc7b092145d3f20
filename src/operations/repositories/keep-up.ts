import { messageOf } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Context } from "../context.ts";

/** After points came and went: reclaims what is due. What fails is told, and tried again after the next run. */
export async function keepUp(repositories: readonly Repository[], context: Context): Promise<void> {
  for (const { name, administration } of repositories) {
    if (administration === undefined || context.signal.aborted) continue;
    try {
      const done = await administration.upkeep(context.signal);
      if (done === undefined) continue;
      const message = `repository ${name}: ${done} maintenance done`;
      context.emit({ type: "log", level: "info", message });
    } catch (failure) {
      const message = `repository ${name} was not maintained: ${messageOf(failure)}`;
      context.emit({ type: "warning", message });
    }
  }
}
