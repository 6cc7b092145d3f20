import { printable } from "../printable.ts";
import { longCommand, opening, script } from "./command.ts";
import { membersInOrder } from "./members.ts";
import type { ScriptSource } from "./source.ts";
import { targetsOf } from "./targets.ts";

/** The scripts of `restore.sh` in their order. */
export function scriptsInOrder({ manifest, parts, isWhole }: ScriptSource): string[] {
  const { early, late } = targetsOf(parts, manifest);
  return [
    ...early.map((target) => target.script),
    ...(isWhole ? ["up.sh"] : []),
    ...late.map((target) => target.script),
  ];
}

/** Runs all the others. */
export function allScript(source: ScriptSource): string {
  const { manifest } = source;
  const names = membersInOrder(manifest).map((member) => member.name);
  return script([
    ...opening([
      `Restores ${printable(manifest.unit)} as it was at ${manifest.frozenAt} on ${printable(manifest.host)}: checks all data, stops`,
      "what uses it, puts it in place, and starts everything. README.txt says more.",
      "sh restore.sh; with the word check it only checks, and touches nothing.",
    ]),
    'begin all "$@"',
    ...(names.length === 0
      ? []
      : [
          longCommand(
            ["start_order"],
            names.map((name) => [name]),
          ),
        ]),
    longCommand(
      ["restore_all"],
      scriptsInOrder(source).map((name) => [name]),
    ),
  ]);
}
