import type { Command } from "commander";
import { counted } from "../../domain/text.ts";
import { StackholdError } from "../../errors.ts";
import { bytes } from "../../events/amounts.ts";
import { removeSafetyCopies } from "../../operations/safety-copies/remove-copies.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { safetyRemovalText } from "../format/safety-copies-text.ts";
import { globals, present } from "./shared.ts";

interface RemoveFlags extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** What would go is counted before it is asked for. */
async function confirmed(
  { deps, context }: Session,
  unit: string | undefined,
  flags: RemoveFlags,
  app: App,
): Promise<void> {
  if (flags.dryRun === true || flags.yes === true) return;
  const of = unit === undefined ? "" : ` of ${unit}`;
  if (!app.isTerminal) {
    throw new StackholdError("CONFIRMATION_REQUIRED", `this would remove safety copies${of}`, {
      hint: "add --yes to go on without a terminal, or --dry-run to see what would go",
    });
  }
  const input = { ...present({ unit }), dryRun: true };
  const { removed, freedBytes } = await removeSafetyCopies(input, deps, context);
  if (removed.length === 0) return;
  const what = `${counted(removed.length, "safety copy", "safety copies")}${of}`;
  if (await app.confirm(`Remove ${what}, ${bytes(freedBytes)}? It cannot be undone.`)) return;
  throw new StackholdError("CANCELLED", "nothing was removed");
}

async function remove(
  session: Session,
  unit: string | undefined,
  flags: RemoveFlags,
  app: App,
): Promise<Answer> {
  await confirmed(session, unit, flags, app);
  const input = { ...present({ unit }), dryRun: flags.dryRun === true };
  const document = await removeSafetyCopies(input, session.deps, session.context);
  const exitCode = document.kept.length > 0 ? 3 : 0;
  return { document, text: safetyRemovalText(document), exitCode };
}

export function addAdminSafetyCopies(program: Command, app: App): void {
  const admin = program.commands.find((command) => command.name() === "admin") ?? program;
  const copies = admin.command("safety-copies").description("what restores in place set aside");
  copies
    .command("remove")
    .description("remove safety copies; they go by themselves after seven days")
    .argument("[unit]")
    .option("--dry-run", "show what would go, change nothing")
    .option("-y, --yes", "do not ask")
    .action((unit: string | undefined, flags: RemoveFlags, command: Command) => {
      const operation = flags.dryRun === true ? "query" : "safety-copies";
      return app.run(operation, globals(command), (session) => remove(session, unit, flags, app));
    });
}
