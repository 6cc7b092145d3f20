import type { Command } from "commander";
import { retentionRule } from "../../config/retention.ts";
import type { PruneResult } from "../../domain/point-results.ts";
import { printableIn } from "../../domain/printable.ts";
import { counted } from "../../domain/text.ts";
import { type PruneInput, prunePoints } from "../../operations/prune-points.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { bytes } from "../format/amounts.ts";
import { doomedText, pruneText } from "../format/prune-text.ts";
import { confirmed } from "./confirm.ts";
import { answer, globals, present } from "./shared.ts";

interface PruneFlags extends GlobalOptions {
  readonly repository?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A repository that was not worked on is a warning, as everywhere. */
export function pruneAnswer(
  document: PruneResult,
  { columns }: Pick<App, "columns">,
  { clock }: Pick<Session["deps"], "clock">,
): Answer {
  const exitCode = document.unreachable.length > 0 ? 3 : 0;
  const look = { columns, now: clock.now() };
  return answer(document, (shown) => pruneText(shown, look), exitCode);
}

function actOf({ deleted, freedBytes }: PruneResult): string {
  const points = counted(deleted.length, "point");
  const units = counted(new Set(deleted.map((point) => point.unit)).size, "unit");
  return `deleting ${points} of ${units} (about ${bytes(freedBytes)})`;
}

async function prune(
  { loaded, deps, context }: Session,
  unit: string | undefined,
  flags: PruneFlags,
  app: App,
): Promise<Answer> {
  const input: PruneInput = {
    ...present({ unit, repository: flags.repository }),
    dryRun: flags.dryRun === true,
    ruleFor: (of, repository) => retentionRule(loaded, of, repository),
    trigger: "manual",
  };
  if (!input.dryRun && flags.yes !== true) {
    const quiet = { ...context, emit: () => undefined };
    const preview = await prunePoints({ ...input, dryRun: true }, deps, quiet);
    const act = actOf(preview);
    const question = `${doomedText(printableIn(preview))}\nGo on with ${act}?`;
    await confirmed(app, { yes: preview.deleted.length === 0, act: `this means ${act}`, question });
  }
  return pruneAnswer(await prunePoints(input, deps, context), app, deps);
}

export function addPrune(program: Command, app: App): void {
  program
    .command("prune")
    .description("delete the points that `retention` does not keep")
    .argument("[unit]", "also one that is no longer here; absent: all that are here")
    .option("--repository <name>", "in this repository only")
    .option("--dry-run", "show what would be deleted and what is kept, and why")
    .option("-y, --yes", "do not ask")
    .action((unit: string | undefined, flags: PruneFlags, command: Command) =>
      app.run(flags.dryRun === true ? "query" : "prune", globals(command), (session) =>
        prune(session, unit, flags, app),
      ),
    );
}
