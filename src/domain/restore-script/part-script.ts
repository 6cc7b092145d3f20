import { directoriesAbove } from "../directories-above.ts";
import type { Manifest, RecordedVolume } from "../manifest.ts";
import { printable } from "../printable.ts";
import { redact } from "../recipe/redact.ts";
import { roomFor } from "../room.ts";
import { mask } from "../secret.ts";
import { boundDevice } from "../unit.ts";
import { command, longCommand, opening, script } from "./command.ts";
import { isCompose, membersInOrder, searchWords } from "./members.ts";
import type { ScriptSource, ScriptTarget } from "./source.ts";

/** For people. */
export function describeTarget({ kind, name, part }: ScriptTarget, manifest: Manifest): string {
  if (kind === "project") return `project directory of ${printable(manifest.unit)}`;
  return `${kind} ${printable(kind === "volume" ? volumeOf(name, part.chosen.part.source) : name)}`;
}

function volumeOf(name: string, source: string): string {
  return name === source ? name : `${name} (${source})`;
}

function isHidden(values: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(redact({ ...values }).document).includes(mask);
}

/** Options and labels as the engine had them, secret labels left out; undefined where options are secret. */
export function volumeOptions(volume: RecordedVolume): string[][] | undefined {
  const { driver, options, labels } = volume;
  if (isHidden(options)) return undefined;
  const shown = Object.entries(labels).filter(([key, value]) => !isHidden({ [key]: value }));
  return [
    ["--driver", driver],
    ...Object.entries(options).map(([key, value]) => ["--opt", `${key}=${value}`]),
    ...shown.map(([key, value]) => ["--label", `${key}=${value}`]),
  ];
}

function anonymousTarget(source: string, manifest: Manifest): string {
  for (const member of manifest.members) {
    if (member.oneOff) continue;
    const mount = member.mounts.find(({ volume }) => volume === source);
    if (mount === undefined) continue;
    return command("target_anonymous", source, mount.destination, ...searchWords(member));
  }
  return command("target_volume", source);
}

/** The engine's name of a volume; one may be another name of a directory in the project. */
function engineName({ name, part, inner }: ScriptTarget, { stack, volumes }: Manifest): string {
  if (inner === undefined) return part.chosen.part.source;
  const isKnown = volumes.some((volume) => volume.name === name);
  return isKnown || stack === undefined ? name : `${stack.project}_${name}`;
}

function targetLine(target: ScriptTarget, manifest: Manifest): string {
  const { kind, name, part } = target;
  if (kind === "project") {
    return command("target_path", manifest.stack?.workingDir ?? part.chosen.part.source);
  }
  if (kind === "bind") return command("target_path", name);
  const source = engineName(target, manifest);
  const volume = manifest.volumes.find((one) => one.name === source);
  if (volume === undefined) return command("target_volume", source);
  if (volume.anonymous) return anonymousTarget(source, manifest);
  const options = volumeOptions(volume);
  if (options === undefined) return command("target_secret_volume", source);
  return longCommand(["target_volume", source], options);
}

/** With what above it may have to be made: path, mode and owner. Of fewer digits chmod(1) would keep an inherited set-group-ID. */
function restoreLine({ kind, name, part, inner }: ScriptTarget, manifest: Manifest): string {
  const { type, source } = part.chosen.part;
  const volume = manifest.volumes.find((one) => one.name === source);
  const place =
    kind === "bind" ? name : kind === "project" ? source : volume && boundDevice(volume);
  const above =
    place === undefined || inner !== undefined ? [] : directoriesAbove([place], manifest);
  return longCommand(
    ["restore", type],
    above.map(({ path, mode, uid, gid }) => [path, mode.padStart(5, "0"), `${uid}:${gid}`]),
  );
}

/** Restores one part by itself. */
export function partScript(target: ScriptTarget, source: ScriptSource): string {
  const { manifest, reserved } = source;
  const { part, files } = { part: target.part.chosen.part, files: target.part.files };
  const what = describeTarget(target, manifest);
  const names = membersInOrder(manifest).map((member) => member.name);
  return script([
    ...opening([
      `Restores the ${what}`,
      `as it was at ${manifest.frozenAt} on ${printable(manifest.host)}. What is there now is kept beside it.`,
      "sh THIS-SCRIPT; with the word check it only compares the data with its checksums.",
    ]),
    'begin part "$@"',
    command("title", what),
    command("unit", manifest.unit),
    ...(manifest.stack === undefined ? [] : [command("stack", manifest.stack.project)]),
    ...(names.length === 0
      ? []
      : [
          longCommand(
            ["start_order"],
            names.map((name) => [name]),
          ),
        ]),
    command("needs", String(roomFor(part))),
    ...(reserved.length === 0
      ? []
      : [
          longCommand(
            ["reserved"],
            reserved.map((path) => [path]),
          ),
        ]),
    ...files.map(({ role, sha256, file }) => command("file", role, sha256, file)),
    ...(target.inner === undefined ? [] : [command("only", target.inner)]),
    ...(isCompose(source) ? [] : ["uncomposed"]),
    targetLine(target, manifest),
    restoreLine(target, manifest),
  ]);
}
