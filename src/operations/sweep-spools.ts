import type { Context, Deps } from "./context.ts";

/** Removes from the state directory what dead runs left there, and says so. */
export async function sweepSpools(
  { stateSpool }: Pick<Deps, "stateSpool">,
  { emit }: Pick<Context, "emit">,
): Promise<void> {
  for (const path of await stateSpool.sweep()) {
    const message = `removed the spool ${path} that a dead run left`;
    emit({ type: "log", level: "info", message });
  }
}
