import type { Command } from "commander";
import { copyPoint } from "../../operations/copy/copy-point.ts";
import { deletePoint } from "../../operations/delete-point.ts";
import { pinPoint } from "../../operations/pin-point.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { copyText } from "../format/copy-text.ts";
import { pinText } from "../format/prune-text.ts";
import { confirmed } from "./confirm.ts";
import { addEstimateSize } from "./estimate-size.ts";
import { addPointList } from "./list.ts";
import { pruneAnswer } from "./prune-run.ts";
import { answer, globals, group, present } from "./shared.ts";

interface PointFlags extends GlobalOptions {
  readonly repository?: string;
}

interface DeleteFlags extends PointFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface CopyFlags extends GlobalOptions {
  readonly from: string;
  readonly to: string;
  readonly host?: string;
}

const anyPoint = "latest, a backup id, or a time";

function onePoint(command: Command, meant?: string): Command {
  return command
    .argument("<unit>")
    .argument("<backup_id>", meant)
    .option("--repository <name>", "in this repository only; absent: wherever the point is");
}

function addPin(snapshot: Command, app: App, verb: "pin" | "unpin", description: string): void {
  onePoint(snapshot.command(verb), anyPoint)
    .description(description)
    .action((unit: string, backupId: string, flags: PointFlags, command: Command) =>
      app.run("query", globals(command), async ({ deps }) => {
        const { repository } = flags;
        const pinned = verb === "pin";
        const document = await pinPoint(
          { unit, backupId, pinned, ...present({ repository }) },
          deps,
        );
        const exitCode = document.unreachable.length > 0 ? 3 : 0;
        return answer(document, pinText, exitCode);
      }),
    );
}

function addCopy(snapshot: Command, app: App): void {
  snapshot
    .command("copy")
    .description("copy one point to another repository; one that is there already is left alone")
    .argument("<unit>")
    .argument("<backup_id>", anyPoint)
    .requiredOption("--from <name>", "the repository that has it")
    .requiredOption("--to <name>", "the repository that gets it")
    .option("--host <host>", "another host's point")
    .action((unit: string, backupId: string, flags: CopyFlags, command: Command) =>
      app.run("copy", globals(command), async ({ deps, context }) => {
        const { from, to, host } = flags;
        const input = { unit, backupId, from, to, ...present({ host }), trigger: "manual" };
        const document = await copyPoint(input, deps, context);
        return answer(document, copyText, document.warnings.length > 0 ? 3 : 0);
      }),
    );
}

async function remove(
  { deps, context }: Session,
  point: { readonly unit: string; readonly backupId: string },
  flags: DeleteFlags,
  app: App,
): Promise<Answer> {
  const yes = flags.yes === true;
  const dryRun = flags.dryRun === true;
  const { repository } = flags;
  const input = { ...point, ...present({ repository }), trigger: "manual", evenNewest: yes };
  if (!dryRun && !yes) {
    const { deleted } = await deletePoint({ ...input, dryRun: true }, deps, context);
    const where = deleted.map((each) => each.repository).join(", ");
    const what = `point ${point.backupId} of ${point.unit} in ${where}`;
    const question = `Delete ${what}? It cannot be brought back.`;
    await confirmed(app, { yes, act: `this deletes ${what}`, question });
  }
  return pruneAnswer(await deletePoint({ ...input, dryRun }, deps, context), app, deps);
}

export function addAdminSnapshot(program: Command, app: App): void {
  const admin = group(program, "admin", "configuration and administration");
  const snapshot = group(admin, "snapshot", "restore points: list, estimate, pin, copy, delete");
  addPointList(snapshot.command("list"), app);
  addEstimateSize(snapshot, app);
  addPin(snapshot, app, "pin", "keep a point from every deletion");
  addPin(snapshot, app, "unpin", "let a pinned point go the way of the others");
  addCopy(snapshot, app);
  onePoint(snapshot.command("delete"))
    .description("delete one point; a pinned one is refused")
    .option("--dry-run", "show what would be deleted, change nothing")
    .option("-y, --yes", "do not ask; also delete the newest good point of its unit")
    .action((unit: string, backupId: string, flags: DeleteFlags, command: Command) =>
      app.run(flags.dryRun === true ? "query" : "delete", globals(command), (session) =>
        remove(session, { unit, backupId }, flags, app),
      ),
    );
}
