import { expect } from "vitest";
import { guardsOf, journals, partialPoints, type Scene } from "./aftermath.ts";

/** No journal, no guard, no partial point: what a run that did nothing leaves. */
export async function expectNothingLeft(scene: Scene): Promise<void> {
  expect(await journals(scene)).toEqual([]);
  expect(await partialPoints(scene)).toEqual([]);
  expect(guardsOf(scene)).toEqual([]);
}
