import { isAbsolute, resolve } from "node:path";
import type { Command } from "commander";
import { effectivePolicy } from "../../config/policy.ts";
import { exitCodeOf } from "../../domain/exit-code.ts";
import { parsePart } from "../../domain/part.ts";
import { parsePartPath } from "../../domain/part-path.ts";
import { printableIn } from "../../domain/printable.ts";
import { StackholdError } from "../../errors.ts";
import { previewRestore } from "../../operations/restore/preview-restore.ts";
import type { RestoreInput, RestoreTarget } from "../../operations/restore/restore-input.ts";
import { restoreUnit } from "../../operations/restore/restore-unit.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { restoreQuestion, restoreText } from "../format/restore-text.ts";
import { confirmed } from "./confirm.ts";
import { answer, globals, present, repeatable } from "./shared.ts";

interface RestoreFlags extends GlobalOptions {
  readonly at: string;
  readonly to: string;
  readonly part?: readonly string[];
  readonly path?: readonly string[];
  readonly repository?: string;
  readonly host?: string;
  readonly withProject?: boolean;
  /** commander's name for `--no-start`. */
  readonly start: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function parseTarget(text: string): RestoreTarget {
  if (text === "in-place") return { kind: "in-place" };
  const [, kind, rest = ""] = /^(directory|project):(.+)$/.exec(text) ?? [];
  if (kind === "directory") {
    return { kind, directory: isAbsolute(rest) ? rest : resolve(rest) };
  }
  if (kind === "project") return { kind, name: rest };
  throw new StackholdError("USAGE", `--to "${text}" is no target`, {
    hint: "use in-place, project:NAME or directory:DIR",
  });
}

/** What is agreed to is what is restored, also when a newer point appears meanwhile. */
async function agreed(
  input: RestoreInput,
  flags: RestoreFlags,
  { deps, context }: Session,
  app: App,
): Promise<RestoreInput> {
  if (input.to.kind !== "in-place" || input.dryRun) return input;
  let meant = input;
  const act = `restoring ${input.unit} in place replaces its data`;
  const question = async () => {
    const preview = await previewRestore(input, deps, context);
    meant = { ...input, at: preview.backupId, repository: preview.repository };
    const data = [...(flags.path ?? []), ...(flags.part ?? [])].join(", ");
    return restoreQuestion(printableIn(preview), { data, now: deps.clock.now() });
  };
  await confirmed(app, { yes: flags.yes === true, act, question });
  return meant;
}

function textPath(path: string): string {
  return Buffer.from(parsePartPath(path, { base64: false }), "latin1").toString("utf8");
}

function inputOf(
  { loaded }: Session,
  unit: string,
  flags: RestoreFlags,
  to: RestoreTarget,
  parts: RestoreInput["parts"],
): RestoreInput {
  return {
    unit,
    at: flags.at,
    to,
    parts,
    paths: (flags.path ?? []).map(textPath),
    ...present({ repository: flags.repository, host: flags.host }),
    dryRun: flags.dryRun === true,
    noStart: !flags.start,
    withProject: flags.withProject === true,
    policy: effectivePolicy(loaded, unit).value,
  };
}

async function restore(input: RestoreInput, { deps, context }: Session): Promise<Answer> {
  const document = await restoreUnit(input, deps, context);
  const exitCode =
    document.error !== undefined
      ? exitCodeOf(document.error.code)
      : document.status === "warning"
        ? 3
        : 0;
  return answer(document, restoreText, exitCode);
}

export function addRestore(program: Command, app: App): void {
  program
    .command("restore")
    .description("bring a unit back from a restore point")
    .argument("<unit>")
    .option("--at <point>", "latest, a backup id, or a time", "latest")
    .option(
      "--to <target>",
      "in-place; project:NAME: a copy beside the original; directory:DIR: the files alone",
      "in-place",
    )
    .addOption(
      repeatable("--part <part>", "only this: KIND or KIND:NAME, e.g. volume:data; repeatable"),
    )
    .addOption(
      repeatable("--path <path>", "only this path of the one part, e.g. uploads/2026; repeatable"),
    )
    .option("--repository <name>", "take the point from here")
    .option("--host <host>", "take another host's point")
    .option("--with-project", "replace project files that are there and differ")
    .option("--no-start", "leave everything stopped")
    .option("--dry-run", "show what would be done, change nothing")
    .option("-y, --yes", "do not ask")
    .action(async (unit: string, flags: RestoreFlags, command: Command) => {
      const options = globals(command);
      const query = flags.dryRun === true;
      const replacesNothing = flags.to.startsWith("directory:");
      const work = async (session: Session) => {
        const to = parseTarget(flags.to);
        const parts = (flags.part ?? []).map(parsePart);
        const input = inputOf(session, unit, flags, to, parts);
        return restore(await agreed(input, flags, session, app), session);
      };
      await app.run(query ? "query" : "restore", options, work, { replacesNothing });
    });
}
