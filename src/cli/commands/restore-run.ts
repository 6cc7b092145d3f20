import type { Command } from "commander";
import { exitCodeOf } from "../../domain/exit-code.ts";
import { printable, printableIn } from "../../domain/printable.ts";
import { previewRestore, type RestorePreview } from "../../operations/restore/preview-restore.ts";
import type { RestoreInput } from "../../operations/restore/restore-input.ts";
import { restoreUnit } from "../../operations/restore/restore-unit.ts";
import type { Answer, App, Session } from "../app.ts";
import { restoreQuestion, restoreText } from "../format/restore-text.ts";
import { confirmed, nothingTouched } from "./confirm.ts";
import { chosenNetworks, networksOption, networksWay } from "./network-choice.ts";
import { commandOf, type RestoreFlags, refuseBeside, restoreInput } from "./restore-flags.ts";
import { askWhatToRestore } from "./restore-wizard.ts";
import { answer, globals, repeatable } from "./shared.ts";

type Asks = Pick<App, "isTerminal" | "confirm" | "decide">;

/** What is agreed to is what is restored, also when a newer point appears meanwhile. */
async function agreed(
  input: RestoreInput,
  flags: RestoreFlags,
  { deps, context }: Session,
  app: Asks,
  seen?: RestorePreview,
): Promise<RestoreInput> {
  if (input.to.kind !== "in-place" || input.dryRun) return input;
  const yes = flags.yes === true;
  const asksNetworks = networksWay(flags.networks, { isTerminal: app.isTerminal, yes }) === "ask";
  const act = `restoring ${input.unit} in place replaces the data that is there`;
  let looked = seen && Promise.resolve(seen);
  const preview = () => {
    looked ??= previewRestore(input, deps, context);
    return looked;
  };
  const question = async () => {
    const data = [...(flags.path ?? []), ...(flags.part ?? []), ...(flags.service ?? [])].join(
      ", ",
    );
    return restoreQuestion(printableIn(await preview()), { data, now: deps.clock.now() });
  };
  await confirmed(app, { yes, act, question });
  if (yes && !asksNetworks) return input;
  const { backupId, repository, conflicts } = await preview();
  const meant = { ...input, at: backupId, repository };
  if (!asksNetworks) return meant;
  return { ...meant, networks: await chosenNetworks(conflicts, app) };
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

async function asWritten(
  unit: string,
  flags: RestoreFlags,
  session: Session,
  app: Asks,
  seen?: RestorePreview,
): Promise<Answer> {
  const input = restoreInput(session, unit, flags);
  return restore(await agreed(input, flags, session, app, seen), session);
}

/** Says at the end how to do the same without being asked. */
async function guided(
  asked: Parameters<typeof askWhatToRestore>[0],
  session: Session,
  app: App,
): Promise<Answer> {
  const { unit, flags, preview } = await askWhatToRestore(asked, session, app);
  const confirm = (question: string) => app.prompts.confirm(question);
  const isAsked = flags.to === "in-place" && flags.script === undefined;
  if (flags.dryRun !== true && !isAsked && !(await confirm("Go on?"))) {
    throw nothingTouched();
  }
  const done = await asWritten(unit, flags, session, { ...app, confirm }, preview);
  const again = `The same without questions: ${printable(commandOf(unit, flags))}`;
  return { ...done, text: () => `${done.text()}\n${again}` };
}

export function addRestore(program: Command, app: App): void {
  program
    .command("restore")
    .description("bring a unit back from a restore point")
    .argument("[unit]", "asked for at a terminal where absent, like all the rest")
    .option("--at <point>", "latest, a backup id, or a time", "latest")
    .option(
      "--to <target>",
      "in-place; project:NAME: a copy beside the original; directory:DIR: the files alone",
      "in-place",
    )
    .addOption(
      repeatable("--part <part>", "only this: KIND or KIND:NAME, e.g. volume:data; repeatable"),
    )
    .addOption(repeatable("--service <name>", "only what this service mounts; repeatable"))
    .addOption(
      repeatable("--path <path>", "only this path of the one part, e.g. uploads/2026; repeatable"),
    )
    .option("--repository <name>", "take the point from here")
    .option("--host <host>", "take another host's point")
    .addOption(networksOption())
    .option("--with-project", "replace project files that are there and differ")
    .option("--no-start", "leave everything stopped")
    .option("--script <dir>", "only write the data and scripts that restore it by hand into DIR")
    .option("--dry-run", "show what would be done, change nothing")
    .option("-y, --yes", "do not ask")
    .action(async (unit: string | undefined, flags: RestoreFlags, command: Command) => {
      const options = globals(command);
      const query = flags.dryRun === true;
      const replacesNothing = flags.to.startsWith("directory:") || flags.script !== undefined;
      const isGiven = (flag: string) => command.getOptionValueSource(flag) === "cli";
      const given = { ...flags, ...options };
      const work = async (session: Session) => {
        refuseBeside(flags, isGiven);
        return unit === undefined
          ? guided({ flags: given, isGiven }, session, app)
          : asWritten(unit, given, session, app);
      };
      await app.run(query ? "query" : "restore", options, work, { replacesNothing });
    });
}
