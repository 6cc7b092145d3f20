import { type ChosenPart, chooseParts } from "../../domain/choose-parts.ts";
import { choosePaths } from "../../domain/choose-paths.ts";
import { partsOfService } from "../../domain/choose-services.ts";
import type { Manifest, StoredPart } from "../../domain/manifest.ts";
import type { RestoreInput } from "./restore-input.ts";

/** The others tell how to make what is gone; as files they are restored into a directory. */
function isTree({ kind }: StoredPart): boolean {
  return kind === "project" || kind === "volume" || kind === "bind";
}

function takesAll({ kind }: RestoreInput["to"]): boolean {
  return kind === "directory" || kind === "script";
}

/** With what the services that were named mount as parts that were. */
export function withServices(input: RestoreInput, manifest: Manifest): RestoreInput {
  const mounted = input.services.flatMap((service) => partsOfService(service, manifest));
  return { ...input, parts: [...input.parts, ...mounted] };
}

/** What is asked for; without a word on parts, all that the target takes. */
export function partsFor(
  { parts, paths, to }: Pick<RestoreInput, "parts" | "paths" | "to">,
  manifest: Manifest,
): readonly ChosenPart[] {
  const chosen = chooseParts(manifest, parts).filter(
    ({ part }) => parts.length > 0 || takesAll(to) || isTree(part),
  );
  return paths.length === 0 ? chosen : choosePaths(parts.length > 0 ? chosen : [], paths);
}
