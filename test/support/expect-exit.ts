import { expect } from "vitest";
import type { Finished } from "./stackhold.ts";

/** Shows what the program said when it ends otherwise. */
export function expectExit({ code, stdout, stderr }: Finished, wanted: number): void {
  expect(code, `${stdout}\n${stderr}`).toBe(wanted);
}
