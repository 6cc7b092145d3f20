import { parseResolved } from "../../domain/copy/resolved-project.ts";
import {
  followingTheirNames,
  type ImagePin,
  isPinsText,
  pinsFileName,
  pinsText,
} from "../../domain/image-pins.ts";
import { shellWord } from "../../domain/shell-word.ts";
import type { ComposeProject } from "../../ports/composer.ts";
import type { Context, Deps } from "../context.ts";
import type { Outage } from "../outage/quiesce.ts";

/** How to call Compose, and what to say of images. */
export interface Pinned {
  readonly project: ComposeProject;
  readonly warnings: readonly string[];
}

function left({ service, name }: ImagePin, why: string): string {
  return `${name} is another image by now than the one that ran: ${service} is made of what the files name, since ${why}`;
}

/** Compose finds files of its own names by itself. */
function startedWithout(files: readonly string[]): string {
  const isFound = files.length === 1 && /\/(docker-)?compose\.ya?ml$/.test(files[0] ?? "");
  const named = isFound ? [] : files.map((file) => `-f ${shellWord(file)}`);
  return ["docker compose", ...named, "up -d"].join(" ");
}

/** Puts the override where it can be rolled back: what was there before is set aside. */
async function place(
  file: string,
  text: string,
  outage: Outage,
  deps: Deps,
  { runId }: Context,
): Promise<void> {
  const swap = await deps.capture.planSwap(file, `${runId}-images`, "file");
  await outage.amend({ stages: [...outage.entry().stages, swap] });
  await deps.capture.prepare(swap);
  await deps.capture.write(swap.staged, text, file);
  await outage.amend({ swaps: [...outage.entry().swaps, swap] });
  await deps.capture.swap(swap);
}

/**
 * Has Compose make containers of the images that ran by a further file in the project directory,
 * while the engine's names and the user's files stay as they are.
 */
export async function pinImages(
  project: ComposeProject,
  pins: readonly ImagePin[],
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<Pinned> {
  if (pins.length === 0) return { project, warnings: [] };
  const file = `${project.workingDir}/${pinsFileName}`;
  const files = project.files.filter((one) => one !== file);
  const resolved = parseResolved((await deps.composer.resolve({ ...project, files })).json);
  const before = await deps.stackFiles.read(file);
  const isForeign = before !== undefined && !isPinsText(before);
  const ours = isForeign ? [] : followingTheirNames(pins, resolved);
  const why = isForeign ? `${file} is somebody else's` : "they name another one";
  const warnings = pins.filter((pin) => !ours.includes(pin)).map((pin) => left(pin, why));
  if (ours.length === 0) return { project, warnings };
  await place(file, pinsText(ours, before), outage, deps, context);
  const told = ours.map(
    ({ service, name, reference }) =>
      `${name} is another image by now: ${service} is made of the one that ran (${reference}), by ${pinsFileName}; to follow the name again: ${startedWithout(files)} in ${project.workingDir}`,
  );
  return { project: { ...project, files: [...files, file] }, warnings: [...told, ...warnings] };
}
