import type { Manifest } from "../manifest.ts";
import { allScript } from "./all-script.ts";
import { command } from "./command.ts";
import { containerHint } from "./container-hint.ts";
import { isCompose, membersInOrder } from "./members.ts";
import { partScript } from "./part-script.ts";
import { readme } from "./readme.ts";
import type { HandedPart, ScriptFile, ScriptSource } from "./source.ts";
import { targetsOf } from "./targets.ts";
import { upScript } from "./up-script.ts";

/** The shell functions that all scripts share. */
export const functionsFile = "functions.sh";
/** Only where no compose file makes the containers. */
export const hintsFile = "containers.txt";

function hints({ manifest, inspections }: ScriptSource): string {
  const members = membersInOrder(manifest);
  return [
    "How the containers were probably made. Look at each command, fill in what is [secret], then run it.",
    "They are hints, with the usual settings alone. NAME_inspect.json in data/recipe.* has all of them; what it",
    "has and the command lacks (GPUs, options of a mount and the like) is to be added by hand.",
    "",
    ...members.flatMap((member) => [
      containerHint(member, inspections.get(member.name), manifest.engine.name),
      "",
    ]),
    `Afterwards: ${command("sh", "up.sh")}`,
    "",
  ].join("\n");
}

/** Names of all files beside the data, `functions.sh` among them. */
export function scriptNames(parts: readonly HandedPart[], manifest: Manifest): string[] {
  const { early, late } = targetsOf(parts, manifest);
  return [
    "README.txt",
    functionsFile,
    ...[...early, ...late].map((target) => target.script),
    "up.sh",
    ...(isCompose({ manifest }) ? [] : [hintsFile]),
    "restore.sh",
  ];
}

/** Everything but `functions.sh`. `restore.sh` comes last: where it is, everything is. */
export function scriptFiles(source: ScriptSource): ScriptFile[] {
  const { early, late } = targetsOf(source.parts, source.manifest);
  const shell = (name: string, text: string) => ({ name, text, executable: true });
  const plain = (name: string, text: string) => ({ name, text, executable: false });
  return [
    plain("README.txt", readme(source)),
    ...[...early, ...late].map((target) => shell(target.script, partScript(target, source))),
    shell("up.sh", upScript(source)),
    ...(isCompose(source) ? [] : [plain(hintsFile, hints(source))]),
    shell("restore.sh", allScript(source)),
  ];
}
