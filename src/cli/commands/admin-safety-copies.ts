import type { Command } from "commander";
import { counted } from "../../domain/text.ts";
import { bytes } from "../../events/amounts.ts";
import { removeSafetyCopies } from "../../operations/safety-copies/remove-copies.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { safetyRemovalText } from "../format/safety-copies-text.ts";
import { confirmed } from "./confirm.ts";
import { answer, globals, group, present } from "./shared.ts";

interface RemoveFlags extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** What would go is counted before it is asked for. */
async function mayRemove(
  { deps, context }: Session,
  unit: string | undefined,
  flags: RemoveFlags,
  app: App,
): Promise<void> {
  if (flags.dryRun === true || flags.yes === true) return;
  const input = { ...present({ unit }), dryRun: true };
  const { removed, freedBytes } = await removeSafetyCopies(input, deps, context);
  if (removed.length === 0) return;
  const of = unit === undefined ? "" : ` of ${unit}`;
  const what = `${counted(removed.length, "safety copy", "safety copies")}${of}, ${bytes(freedBytes)}`;
  const question = `Remove ${what}? It cannot be undone.`;
  await confirmed(app, { yes: false, act: `this removes ${what}`, question });
}

async function remove(
  session: Session,
  unit: string | undefined,
  flags: RemoveFlags,
  app: App,
): Promise<Answer> {
  await mayRemove(session, unit, flags, app);
  const input = { ...present({ unit }), dryRun: flags.dryRun === true };
  const document = await removeSafetyCopies(input, session.deps, session.context);
  const exitCode = document.kept.length > 0 ? 3 : 0;
  return answer(document, (shown) => safetyRemovalText(shown, app), exitCode);
}

export function addAdminSafetyCopies(program: Command, app: App): void {
  const admin = group(program, "admin", "configuration and administration");
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
