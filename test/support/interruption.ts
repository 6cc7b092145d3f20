const controller = new AbortController();

/** Aborted by the first SIGINT, SIGTERM or SIGHUP: the program then ends its step and cleans up. */
export const interruption: AbortSignal = controller.signal;

/** Makes signals clean up instead of ending the process. */
export function awaitInterruption(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => controller.abort(new Error(`interrupted by ${name}`)));
  }
}
