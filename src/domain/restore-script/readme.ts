import { formatPart } from "../part.ts";
import { printable } from "../printable.ts";
import { safetyCopyDays } from "../safety-copies.ts";
import { scriptsInOrder } from "./all-script.ts";
import { command } from "./command.ts";
import { isCompose } from "./members.ts";
import { foreignNetworks } from "./networks.ts";
import { describeTarget, volumeOptions } from "./part-script.ts";
import type { ScriptSource } from "./source.ts";
import { targetsOf } from "./targets.ts";

function heading({ manifest, version }: ScriptSource): string[] {
  const { unit, host, backupId, frozenAt } = manifest;
  return [
    `How to restore ${printable(unit)} by hand`,
    "",
    `This directory was written by Stackhold ${version}. It holds the ${manifest.kind === "stack" ? "Compose stack" : "container"} ${printable(unit)}`,
    `of the host ${printable(host)} as it was at ${frozenAt} (point ${backupId}), and scripts`,
    "that restore it without Stackhold, on that host or on another.",
    "",
    "KEEP IT PRIVATE: the data holds passwords (env files, archives). The scripts hold none.",
  ];
}

function contents(source: ScriptSource): string[] {
  const { parts, manifest, images: kept } = source;
  const { early, late } = targetsOf(parts, manifest);
  const files = parts.map(
    ({ chosen, files }) =>
      `  ${printable(formatPart(chosen.part))}: ${files.map(({ file }) => `data/${printable(file)}`).join(", ")}`,
  );
  const scripts = [...early, ...late].map(
    (target) => `  ${target.script}: the ${describeTarget(target, manifest)}`,
  );
  return [
    "What is in here",
    "",
    "  restore.sh: all of it, in order",
    ...scripts,
    isCompose(source)
      ? "  up.sh: makes the containers that are missing and starts those that ran"
      : "  up.sh: starts the containers that ran; it makes none",
    "  functions.sh: what the scripts share",
    ...(isCompose(source)
      ? []
      : ["  containers.txt: how the containers were probably made; they have no compose file"]),
    "",
    "The data:",
    "",
    ...files,
    ...kept.map(
      ({ id, file }) => `  image ${printable(namesOf(manifest, id).join(", "))}: data/${file}`,
    ),
  ];
}

/** What containers call an image. */
function namesOf({ members }: ScriptSource["manifest"], id: string): string[] {
  const users = members.filter(({ image }) => image.id === id);
  return [...new Set(users.map(({ image }) => image.reference))];
}

/** Nothing here can make them. */
function withoutCompose(source: ScriptSource): string[] {
  const { manifest, isWhole } = source;
  if (isCompose(source) || !isWhole) return [];
  const restoring = printable(command("stackhold", "restore", manifest.unit));
  return [
    "",
    "But it makes no container, since no compose file says how. Where one is missing, the data is put in place,",
    "and restore.sh ends with an error that names it: make it with the command in containers.txt, then run",
    "",
    "  sh up.sh",
    ...(manifest.kind === "standalone"
      ? ["", `Stackhold itself, where it is installed, makes it as it was: ${restoring}`]
      : []),
  ];
}

function steps(source: ScriptSource): string[] {
  return [
    "What to do",
    "",
    "You need root, docker with its compose plugin, GNU tar 1.31 or later, coreutils, findutils,",
    "sed, and zstd or gzip, whichever the names of the files in data/ end in.",
    "",
    "  sh restore.sh check",
    "",
    "only checks: the data by its checksums, and what must be there before. It touches nothing.",
    "",
    "  sh restore.sh",
    "",
    "does everything, in this order:",
    "",
    ...scriptsInOrder(source).map((name, index) => `  ${index + 1}. sh ${name}`),
    ...withoutCompose(source),
    "",
    "It checks all data first, stops the containers that use it, puts it in place, and starts again",
    "what it stopped and what ran when the point was made. Each script can also be run by itself, in the same order.",
    "",
    "What was there before is not deleted. It is renamed to .stackhold-safety beside it (of a volume:",
    "in the engine's data root); kept.txt says where. Delete it when you no longer need it.",
    "Where Stackhold runs, `stackhold list safety-copies` shows it, and the first backup of this unit",
    `that comes ${safetyCopyDays} days later removes it.`,
    "A script that fails says why, puts the old data back and starts what it stopped; mend that, and",
    "run it again. The file stopped, while there is one, names the containers that it has stopped.",
  ];
}

function secretVolumes({ manifest, parts }: ScriptSource): string[] {
  const stored = new Set(parts.map(({ chosen }) => chosen.part.source));
  const secret = manifest.volumes.filter(
    (volume) => stored.has(volume.name) && !volume.anonymous && volumeOptions(volume) === undefined,
  );
  return secret.flatMap(({ name, driver, options }) => [
    `The volume ${printable(name)} was made with options that are secret. Where it is missing, make it first, with the`,
    "values from secrets.json (see below) in the place of [secret]:",
    "",
    `  ${printable(command("docker", "volume", "create", "--driver", driver, ...Object.entries(options).flatMap(([key, value]) => ["--opt", `${key}=${value}`]), "--", name))}`,
    "",
  ]);
}

function images({ manifest, images: kept }: ScriptSource): string[] {
  const isKept = new Set(kept.map(({ id }) => id));
  const lines = manifest.members
    .flatMap(({ image }) => (isKept.has(image.id) ? [] : [image]))
    .map(({ reference, digest }) =>
      printable(
        digest === undefined
          ? `${reference} (no digest is known)`
          : `${reference}, digest ${digest}`,
      ),
    );
  const loaded = [
    "An image in data/ that the engine lacks is loaded by up.sh. By hand: docker load -i data/FILE, then",
    "docker tag sha256:… NAME for the name that the list above has.",
    "",
  ];
  if (lines.length === 0) return kept.length === 0 ? [] : loaded;
  return [
    ...(kept.length === 0 ? [] : loaded),
    "An image that is missing: docker pulls it by its name. Where its tag has moved on meanwhile, pull it by",
    "its digest (docker pull NAME@DIGEST) and give it its name (docker tag NAME@DIGEST NAME:TAG). One that no",
    "registry knows must be built again, or brought from the old host with docker save and docker load.",
    "",
    ...[...new Set(lines)].map((line) => `  ${line}`),
    "",
  ];
}

function networks({ manifest, networks: all }: ScriptSource): string[] {
  const foreign = foreignNetworks(all, manifest.stack?.project);
  if (foreign.length === 0) return [];
  return [
    "A network that is missing and that Compose does not make: make it as it was.",
    "",
    ...foreign.map((network) => `  ${printable(network.command)}`),
    "",
  ];
}

function recipe({ parts }: ScriptSource): string[] {
  const files = parts
    .filter(({ chosen }) => !["project", "volume", "bind"].includes(chosen.part.kind))
    .flatMap(({ files }) => files.map(({ file }) => `data/${file}`));
  if (files.length === 0) return [];
  return [
    "What describes the unit is not put anywhere: unpack it into an empty directory and read it. compose/ and",
    "outside/ are the files that make the stack, *_inspect.json the containers, secrets.json the values that",
    "are [secret] elsewhere.",
    "",
    ...files.map((file) => `  tar -xf ${file} -C DIRECTORY`),
    "",
  ];
}

function withoutProject(source: ScriptSource): string[] {
  const { manifest, parts } = source;
  if (!isCompose(source) || parts.some(({ chosen }) => chosen.part.kind === "project")) return [];
  return [
    `The project directory ${printable(manifest.stack?.workingDir ?? "")} is not in here: up.sh needs its compose files there.`,
    "",
  ];
}

/** In plain words, for somebody who never saw Stackhold. */
export function readme(source: ScriptSource): string {
  const special = [
    ...secretVolumes(source),
    ...withoutProject(source),
    ...images(source),
    ...networks(source),
    ...recipe(source),
  ];
  const warnings = source.manifest.coverage.gaps.map(
    ({ what, why }) => `  ${printable(what)}: ${printable(why)}`,
  );
  return [
    ...heading(source),
    "",
    ...contents(source),
    "",
    ...steps(source),
    "",
    ...(special.length === 0 ? [] : ["Where something is missing", "", ...special]),
    ...(warnings.length === 0 ? [] : ["What the point does not hold", "", ...warnings, ""]),
  ].join("\n");
}
