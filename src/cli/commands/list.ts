import type { Command } from "commander";
import { effectivePolicy } from "../../config/policy.ts";
import { printableIn } from "../../domain/printable.ts";
import { listPoints } from "../../operations/list-points.ts";
import { listUnits } from "../../operations/list-units.ts";
import { listSafetyCopies } from "../../operations/safety-copies/list-copies.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { pointsText, runsText, unitsText } from "../format/list-text.ts";
import { safetyCopiesText } from "../format/safety-copies-text.ts";
import { answer, globals, present } from "./shared.ts";

interface PointFlags extends GlobalOptions {
  readonly repository?: string;
  readonly host?: string;
  readonly allHosts?: boolean;
}

async function units({ loaded, deps, context }: Session): Promise<Answer> {
  const list = await listUnits(
    (unit) => effectivePolicy(loaded, unit.name, unit.containers).value,
    deps,
  );
  for (const message of list.warnings) context.emit({ type: "warning", message });
  return answer(list.units, unitsText);
}

async function points(
  { deps, context }: Session,
  unit: string | undefined,
  flags: PointFlags,
): Promise<Answer> {
  const named = flags.host === undefined ? undefined : { name: flags.host };
  const host = flags.allHosts === true ? "all" : named;
  const list = await listPoints({ ...present({ unit, repository: flags.repository, host }) }, deps);
  for (const { name, error } of list.unreachable) {
    context.emit({ type: "warning", message: `repository ${name}: ${error.message}` });
  }
  const exitCode = list.unreachable.length > 0 ? 3 : 0;
  const asked = printableIn(present({ unit, host: flags.host }));
  return answer(list.points, (shown) => pointsText(shown, asked), exitCode);
}

async function safetyCopies(session: Session, unit: string | undefined): Promise<Answer> {
  const document = await listSafetyCopies(unit, session.deps, session.context);
  return answer(document, (shown) => safetyCopiesText(shown, unit));
}

function runs({ deps }: Session, unit: string | undefined): Promise<Answer> {
  const found = deps.history.runs({ ...present({ unit }), limit: 100 });
  const document = found.map(({ result: _, ...run }) => run);
  return Promise.resolve(answer(document, (shown) => runsText(shown, unit)));
}

/** `list points`, under this name and under others. */
export function addPointList(command: Command, app: App): void {
  command
    .description("restore points, newest first")
    .argument("[unit]")
    .option("--repository <name>", "of this repository")
    .option("--host <host>", "of another host")
    .option("--all-hosts", "of every host")
    .action((unit: string | undefined, flags: PointFlags, self: Command) =>
      app.run("query", globals(self), (session) => points(session, unit, flags)),
    );
}

export function addList(program: Command, app: App): void {
  const list = program
    .command("list")
    .description("list units, restore points, runs or safety copies");
  list
    .command("units")
    .description("stacks and standalone containers of this host")
    .action((_flags: object, command: Command) => app.run("query", globals(command), units));
  addPointList(list.command("points"), app);
  list
    .command("runs")
    .description("what ran here, newest first")
    .argument("[unit]")
    .action((unit: string | undefined, _flags: object, command: Command) =>
      app.run("query", globals(command), (session) => runs(session, unit)),
    );
  list
    .command("safety-copies")
    .description("what restores in place have set aside, newest first")
    .argument("[unit]")
    .action((unit: string | undefined, _flags: object, command: Command) =>
      app.run("query", globals(command), (session) => safetyCopies(session, unit)),
    );
}
