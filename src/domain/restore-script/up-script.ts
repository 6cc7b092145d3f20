import { isImageName } from "../image-name.ts";
import { printable } from "../printable.ts";
import { recordedServices } from "../recorded-services.ts";
import { command, longCommand, opening, script } from "./command.ts";
import { isCompose, membersInOrder, searchWords } from "./members.ts";
import { foreignNetworks } from "./networks.ts";
import type { ScriptSource } from "./source.ts";

function composeFunction(source: ScriptSource): string[] {
  const { stack } = source.manifest;
  if (stack === undefined) return [];
  const first = ["docker", "compose", "--ansi", "never"];
  const groups = [
    ["--project-name", stack.project],
    ["--project-directory", stack.workingDir],
    ...stack.composeFiles.map((file) => ["--file", file]),
    ...stack.environmentFiles.map((file) => ["--env-file", file]),
    ["--profile", "*"],
  ];
  const called = longCommand(first, groups).replaceAll("\n", "\n  ");
  return ["compose() {", `  ${called} \\`, '    "$@"', "}", ""];
}

function creation(source: ScriptSource): string[] {
  const { manifest } = source;
  const { stack } = manifest;
  const services = recordedServices(manifest).map(({ name, replicas }) => `${name}=${replicas}`);
  const files = [...(stack?.composeFiles ?? []), ...(stack?.environmentFiles ?? [])];
  if (!isCompose(source) || services.length === 0) return [];
  return [
    ...files.map((file) => command("need_file", file)),
    longCommand(
      ["create_services"],
      services.map((service) => [service]),
    ),
  ];
}

/** Of the images in `data/`, with the names that containers know them by. */
function images({ images: kept, manifest }: ScriptSource): string[] {
  return kept.map(({ id, file, sha256 }) => {
    const users = manifest.members.filter(({ image }) => image.id === id);
    const names = new Set(users.map(({ image }) => image.reference).filter(isImageName));
    return command("image", id, sha256, file, ...names);
  });
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`);
}

function aboutUp(source: ScriptSource): string[] {
  const { unit, frozenAt } = source.manifest;
  if (!isCompose(source)) {
    return [
      `Starts the containers of ${printable(unit)} that ran at ${frozenAt}. It makes none: containers.txt says how.`,
      "sh up.sh; with the word check it only looks whether they are there.",
    ];
  }
  return [
    `Makes the containers of ${printable(unit)} that are missing, and starts those that ran at ${frozenAt}.`,
    "sh up.sh; with the word create it starts none, with the word start it makes none.",
  ];
}

/** Makes the containers that are missing, where Compose can, and starts those that ran. */
export function upScript(source: ScriptSource): string {
  const { manifest } = source;
  const members = membersInOrder(manifest);
  const running = members.filter((member) => member.running);
  const needed = isCompose(source) ? [] : members;
  const foreign = foreignNetworks(source.networks, manifest.stack?.project);
  const made = creation(source);
  const starts = running.map((member) => command("start_member", ...searchWords(member)));
  return script([
    ...opening(aboutUp(source)),
    ...(isCompose(source) ? composeFunction(source) : []),
    'begin up "$@"',
    ...(manifest.stack === undefined ? [] : [command("stack", manifest.stack.project)]),
    ...images(source),
    ...foreign.map((network) => command("need_network", network.name, network.command)),
    ...needed.map((member) => command("need_container", ...searchWords(member))),
    ...(made.length === 0 ? [] : ["if wants create; then", ...indented(made), "fi"]),
    ...(starts.length === 0
      ? []
      : ["if wants start; then", ...indented([...starts, "started"]), "fi"]),
    ...(needed.length === 0 ? [] : ["containers_needed"]),
  ]);
}
