import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Deps } from "../context.ts";
import type { Placement } from "./placements.ts";

/** The old data stays as a safety copy, so the new needs its full size beside it. */
export async function requireSpace(
  placed: readonly Placement[],
  dataRoot: string,
  deps: Deps,
): Promise<void> {
  const needs = new Map<string, { bytes: number; free: number; path: string }>();
  for (const { part, target } of placed) {
    const path = target ?? dataRoot;
    const space = await deps.capture.space(path);
    const sum = needs.get(space.fileSystem) ?? { bytes: 0, free: space.freeBytes, path };
    needs.set(space.fileSystem, { ...sum, bytes: sum.bytes + part.bytes });
  }
  for (const { bytes, free, path } of needs.values()) {
    if (bytes <= free) continue;
    throw new StackholdError(
      "NO_SPACE",
      `${inWords(bytes)} are needed at ${path}, ${inWords(free)} are free`,
      {
        hint: "free space there and run again, nothing was touched: `stackhold list safety-copies` shows what earlier restores keep",
      },
    );
  }
}
