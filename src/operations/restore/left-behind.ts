import { patternsBelow, patternsOf, placesLeftOut } from "../../domain/left-out.ts";
import type { Manifest } from "../../domain/manifest.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { longPathsIn } from "../../domain/sources/long-paths.ts";
import { counted } from "../../domain/text.ts";
import { messageOf } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import type { Deps } from "../context.ts";
import type { Placement } from "./placements.ts";
import { replacedPaths } from "./replaced-paths.ts";
import type { StagedPart } from "./stage-parts.ts";

type Named = { readonly pattern: string; readonly rule: string };

const listed = (rules: readonly Named[]) =>
  rules.map(({ pattern, rule }) => `${pattern} (${rule})`).join(", ");

/** What the rules of the capture may leave in the safety copy alone, for a dry run. */
export function leftBehindBy(
  placed: readonly Placement[],
  occupied: ReadonlySet<string>,
  manifest: Manifest,
  withProject: boolean,
): string | undefined {
  const { excluded } = manifest.coverage;
  const moved = placed.filter(({ target }) => target !== undefined && occupied.has(target));
  const rules = moved.flatMap((placement) =>
    replacedPaths(placement, manifest, withProject).flatMap((path) => [
      ...patternsBelow(
        patternsOf(placement.part, excluded),
        path.slice((placement.target ?? "").length + 1),
      ),
      ...placesLeftOut(path, excluded).map((place) => ({ pattern: place.path, rule: place.rule })),
    ]),
  );
  const unique = new Map(rules.map((rule) => [listed([rule]), rule]));
  if (unique.size === 0) return undefined;
  return `what the point was stored without goes to the safety copies: ${listed([...unique.values()])}`;
}

async function leftIn(
  swap: Swap,
  stage: StagedPart,
  manifest: Manifest,
  deps: Deps,
): Promise<string[]> {
  const { excluded } = manifest.coverage;
  if ((await deps.capture.probe(swap.aside)).type !== "directory") return [];
  const rules = patternsBelow(
    patternsOf(stage.part, excluded),
    swap.target.slice(stage.swap.target.length + 1),
  );
  const told: string[] = [];
  const tree = { path: swap.aside, type: "directory" } as const;
  if (manifest.coverage.gaps.some(({ what }) => what === longPathsIn(stage.part))) {
    const { tooLong } = await deps.capture.measure({ ...tree, exclude: [] });
    if (tooLong !== undefined) {
      told.push(`${counted(tooLong.count, "entry", "entries")} whose paths are too long`);
    }
  }
  if (rules.length > 0) {
    const exclude = rules.map(({ pattern }) => pattern);
    const all = await deps.capture.measure({ ...tree, exclude: [] });
    const stored = await deps.capture.measure({ ...tree, exclude });
    const count = all.files - stored.files;
    if (count > 0) told.push(`${counted(count, "entry", "entries")} by ${listed(rules)}`);
  }
  for (const { path, rule } of placesLeftOut(swap.target, excluded)) {
    const { type } = await deps.capture.probe(`${swap.aside}${path.slice(swap.target.length)}`);
    if (type !== "missing") told.push(`${path} (${rule})`);
  }
  return told.map(
    (what) =>
      `${swap.target} holds only what the point has; left out of it, and now in the safety copy ${swap.aside}: ${what}`,
  );
}

/** What was at a target, was never stored, and now is in the safety copy alone. */
export async function leftBehind(
  swaps: readonly Swap[],
  stages: readonly StagedPart[],
  manifest: Manifest,
  deps: Deps,
): Promise<string[]> {
  const told: string[] = [];
  for (const swap of swaps) {
    if (swap.fresh) continue;
    const stage =
      stages.find((one) => one.swap === swap) ??
      stages.find((one) => isInside(swap.target, one.swap.target));
    if (stage === undefined) continue;
    // The restore is done: what cannot be told any more does not make it fail.
    const left = await leftIn(swap, stage, manifest, deps).catch((error: unknown) => [
      `what the point was stored without is in the safety copy ${swap.aside}: ${messageOf(error)}`,
    ]);
    told.push(...left);
  }
  return told;
}
