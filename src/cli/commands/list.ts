import type { Command } from "commander";
import { effectivePolicy } from "../../config/policy.ts";
import type { UnreachableRepository } from "../../domain/point-results.ts";
import { printableIn } from "../../domain/printable.ts";
import { aboutRepository } from "../../domain/repository-text.ts";
import type { Deps } from "../../operations/context.ts";
import { listPoints } from "../../operations/list-points.ts";
import { listUnits } from "../../operations/list-units.ts";
import { requireKnownUnit } from "../../operations/points/require-known-unit.ts";
import { listSafetyCopies } from "../../operations/safety-copies/list-copies.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import {
  firstBackupText,
  type Look,
  noUnitsText,
  pointsText,
  unitsText,
} from "../format/list-text.ts";
import { runsText, targetOf } from "../format/runs-text.ts";
import { safetyCopiesText } from "../format/safety-copies-text.ts";
import { answer, globals, present } from "./shared.ts";

interface PointFlags extends GlobalOptions {
  readonly repository?: string;
  readonly host?: string;
  readonly allHosts?: boolean;
}

function lookOf({ columns }: App, { clock }: Pick<Deps, "clock">): Look {
  return { columns, now: clock.now() };
}

/** One line where no repository has been made yet, which is no trouble. */
function firstBackup(
  { toCome }: { readonly toCome: readonly Repository[] },
  { repositories }: Pick<Deps, "repositories">,
): string[] {
  if (toCome.length === 0 || toCome.length < repositories.length) return [];
  return [firstBackupText(toCome.flatMap(({ localPaths }) => localPaths))];
}

/** What a list lacks is told beside it. */
function tellSilent(
  { unreachable }: { readonly unreachable: readonly UnreachableRepository[] },
  { emit }: Session["context"],
): number {
  for (const { name, error } of unreachable) {
    emit({ type: "warning", message: aboutRepository(name, error.message) });
  }
  return unreachable.length > 0 ? 3 : 0;
}

async function units({ loaded, deps, context }: Session, app: App): Promise<Answer> {
  const list = await listUnits(
    (unit) => effectivePolicy(loaded, unit.name, unit.containers).value,
    deps,
  );
  for (const message of list.warnings) context.emit({ type: "warning", message });
  const exitCode = tellSilent(list, context);
  const look = lookOf(app, deps);
  if (list.units.length === 0) {
    const { stacks_dir, extra_stacks } = loaded.config;
    const text = noUnitsText((await deps.engine.info()).endpoint, [stacks_dir, ...extra_stacks]);
    return answer(list.units, () => text, exitCode);
  }
  const first = firstBackup(list, deps);
  return answer(list.units, (shown) => [unitsText(shown, look), ...first].join("\n"), exitCode);
}

async function points(
  { deps, context }: Session,
  unit: string | undefined,
  flags: PointFlags,
  app: App,
): Promise<Answer> {
  const named = flags.host === undefined ? undefined : { name: flags.host };
  const host = flags.allHosts === true ? "all" : named;
  const list = await listPoints({ ...present({ unit, repository: flags.repository, host }) }, deps);
  const exitCode = tellSilent(list, context);
  const asked = printableIn(present({ unit, host: flags.host }));
  const first = list.points.length === 0 ? firstBackup(list, deps) : [];
  const text = () => first[0] ?? pointsText(printableIn(list.points), asked, lookOf(app, deps));
  return { document: list.points.map(({ point }) => point), text, exitCode };
}

async function safetyCopies(session: Session, unit: string | undefined, app: App): Promise<Answer> {
  const document = await listSafetyCopies(unit, session.deps, session.context);
  return answer(document, (shown) => safetyCopiesText(shown, app, unit));
}

async function runs(
  { deps, loaded }: Session,
  unit: string | undefined,
  app: App,
): Promise<Answer> {
  const found = deps.history.runs({ ...present({ unit }), limit: 100 });
  if (found.length === 0 && unit !== undefined) await requireKnownUnit(unit, deps);
  const document = found.map(({ result, ...run }) => {
    const target = targetOf({ ...run, result });
    return { ...run, ...(target === undefined ? {} : { target }) };
  });
  const look = { ...lookOf(app, deps), logDir: loaded.config.log_dir };
  return { document, text: () => runsText(printableIn(found), look, unit), exitCode: 0 };
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
      app.run("query", globals(self), (session) => points(session, unit, flags, app)),
    );
}

export function addList(program: Command, app: App): void {
  const list = program
    .command("list")
    .description("list units, restore points, runs or safety copies");
  list
    .command("units")
    .description("stacks and standalone containers of this host")
    .action((_flags: object, command: Command) =>
      app.run("query", globals(command), (session) => units(session, app)),
    );
  addPointList(list.command("points"), app);
  list
    .command("runs")
    .description("what ran here, newest first")
    .argument("[unit]")
    .action((unit: string | undefined, _flags: object, command: Command) =>
      app.run("query", globals(command), (session) => runs(session, unit, app)),
    );
  list
    .command("safety-copies")
    .description("what restores in place have set aside, newest first")
    .argument("[unit]")
    .action((unit: string | undefined, _flags: object, command: Command) =>
      app.run("query", globals(command), (session) => safetyCopies(session, unit, app)),
    );
}
