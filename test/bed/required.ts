import { note } from "./print.ts";

/** Components which `STACKHOLD_REQUIRE` forbids to skip, e.g. `docker,compose`. */
export function isRequired(component: string): boolean {
  return (process.env.STACKHOLD_REQUIRE ?? "").split(",").some((name) => name.trim() === component);
}

/** Gets a component, or undefined where it cannot be had; required ones throw instead. */
export async function orSkip<T>(
  components: readonly string[],
  get: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await get();
  } catch (error) {
    if (components.some(isRequired)) throw error;
    note(`tests that need ${components.join(", ")} are skipped: ${(error as Error).message}`);
    return undefined;
  }
}
