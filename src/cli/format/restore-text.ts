import { parseBackupId } from "../../domain/backup-id.ts";
import { hintsFile } from "../../domain/restore-script/render.ts";
import type { RestoreResult } from "../../domain/results.ts";
import { shellWord } from "../../domain/shell-word.ts";
import { counted } from "../../domain/text.ts";
import { bytes, duration } from "../../events/amounts.ts";
import type { RestorePreview } from "../../operations/restore/preview-restore.ts";
import { age } from "./age.ts";
import { projectFilesText } from "./project-files-text.ts";

export const warningText = (warning: string) => `warning: ${warning}`;

/** `a and b`, and of many the first few. */
function listed(names: readonly string[]): string {
  const [first = "", ...others] = names;
  if (others.length === 0) return first;
  if (names.length > 4) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** What a person agrees to before anything is replaced; `data` is all of it where nothing is named. */
export function restoreQuestion(
  {
    unit,
    backupId,
    repository,
    warnings,
    replaces,
    stops,
    projectFiles,
    recreates,
  }: RestorePreview,
  { data, now }: { readonly data: string; readonly now: Date },
): string {
  const made = parseBackupId(backupId);
  const old = made === undefined ? "" : `${age(made, now)} old, `;
  const point = `the point ${backupId} (${old}in ${repository})`;
  const stop = `${listed(stops)} ${stops.length === 1 ? "stops" : "stop"}; `;
  const kept =
    replaces === false
      ? "nothing is there now that it would replace."
      : "what is there now is kept as a safety copy.";
  const then =
    stops.length === 0 ? kept.replace(/^./, (first) => first.toUpperCase()) : stop + kept;
  const before = [...projectFilesText(projectFiles), ...warnings.map(warningText)];
  const told = before.map((line) => `${line}\n`);
  const anew =
    recreates.length === 0
      ? ""
      : ` ${recreates.length === 1 ? "The network" : "The networks"} ${listed(recreates)} will be made anew.`;
  const what = `${data || "the data"} of ${unit}`;
  const act = replaces === false ? `Bring ${what} back from` : `Replace ${what} with`;
  return `${told.join("")}${act} ${point}? ${then}${anew}`;
}

function copied({ copy, running, target }: RestoreResult): string[] {
  if (copy === undefined) return [];
  const name = target.slice("project:".length);
  return [
    running ? "The copy runs beside the original." : "The copy is made; nothing was started.",
    ...copy.ports.map(({ container, port, published }) => `  ${published} -> ${container} ${port}`),
    "Its files:",
    ...copy.places.map((place) => `  ${place}`),
    ...copy.notes.map((note) => `note: ${note}`),
    copy.composeFile === undefined
      ? `docker rm -fv ${name} removes it; its volumes, named ${name}_…, stay until docker volume rm`
      : `docker compose -p ${name} -f ${copy.composeFile} down -v removes its containers, volumes and networks`,
  ];
}

function state(result: RestoreResult): string[] {
  if (result.target !== "in-place" || result.error !== undefined) return [];
  if (!result.running) return ["Nothing was started."];
  const ready = result.healthy ? " and is ready" : "";
  return result.downtimeMs === 0
    ? [`It runs${ready}; nothing had to be stopped.`]
    : [`It runs again${ready}; it was down for ${duration(result.downtimeMs)}.`];
}

const scriptTarget = "script:";

/** Of a restore by hand, which is still to be done. */
function scriptsText(result: RestoreResult): string {
  const directory = result.target.slice(scriptTarget.length);
  const what = result.files?.includes(hintsFile)
    ? `does it all, but for making a container that is gone: ${hintsFile} says how.`
    : "does it all.";
  return [
    `${result.unit}: the point ${result.backupId} (${result.repository}) is in ${directory} with scripts that restore it by hand`,
    `Read ${directory}/README.txt; as root, \`sh ${shellWord(`${directory}/restore.sh`)}\` ${what}`,
    "Keep the directory private: the data holds the passwords of the unit.",
    ...result.warnings.map(warningText),
  ].join("\n");
}

export function restoreText(result: RestoreResult): string {
  if (result.dryRun) {
    const differing = projectFilesText(result.projectFiles);
    return [
      ...(result.actions ?? []),
      ...differing,
      ...result.warnings.map(warningText),
      "This was a dry run: nothing was changed.",
    ].join("\n");
  }
  if (result.target.startsWith(scriptTarget)) return scriptsText(result);
  const size = result.parts.reduce((sum, part) => sum + part.bytes, 0);
  const files = result.parts.reduce((sum, part) => sum + part.files, 0);
  const copies = result.safetyCopy ?? [];
  return [
    `${result.unit}: restored from ${result.backupId} (${result.repository}), ${bytes(size)} in ${counted(files, "entry", "entries")}, ${result.target}`,
    ...state(result),
    ...copied(result),
    ...result.warnings.map(warningText),
    ...(result.error === undefined ? [] : [`error: ${result.error.message}`]),
    ...(result.error?.hint === undefined ? [] : [`hint: ${result.error.hint}`]),
    ...(copies.length === 0
      ? []
      : ["What was there before is kept:", ...copies.map((c) => `  ${c}`)]),
  ].join("\n");
}
