import { resolve } from "node:path";
import {
  isProjectName,
  normaliseProjectName,
  projectNameRule,
} from "../../domain/discovery/project-name.ts";
import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import { listPoints } from "../../operations/list-points.ts";
import { partsOfPoint } from "../../operations/restore/parts-of-point.ts";
import { previewRestore, type RestorePreview } from "../../operations/restore/preview-restore.ts";
import { restoreUnit } from "../../operations/restore/restore-unit.ts";
import type { App, Session } from "../app.ts";
import { warningText } from "../format/restore-text.ts";
import {
  type PointCopies,
  partChoices,
  pointChoices,
  type UnitPoints,
  unitChoices,
} from "../format/wizard-text.ts";
import type { Prompts } from "../prompts.ts";
import { type RestoreFlags, restoreInput } from "./restore-flags.ts";
import { present } from "./shared.ts";

/** What was chosen, as if it had been written on the command line. */
export interface Chosen {
  readonly unit: string;
  readonly flags: RestoreFlags;
  /** Of a restore in place: what was looked at to say what will happen. */
  readonly preview?: RestorePreview;
}

interface Asked {
  readonly flags: RestoreFlags;
  /** Whether a flag was written: then nobody is asked. */
  readonly isGiven: (flag: "at" | "to") => boolean;
}

/** `restore` without a unit: asks for everything that was not written. */
export async function askWhatToRestore(asked: Asked, session: Session, app: App): Promise<Chosen> {
  if (!app.isTerminal) {
    throw new StackholdError("USAGE", "the name of a unit is missing", {
      hint: "stackhold restore --help shows its options; at a terminal it asks for all that is missing",
    });
  }
  const { prompts } = app;
  const look = { now: session.deps.clock.now(), room: (app.columns ?? 80) - 8 };
  const { units, isElsewhere } = await unitsWithPoints(asked.flags, session, prompts);
  const { unit, host, points } = await prompts.choose(
    "Which unit shall come back?",
    unitChoices(units, look),
  );
  let flags: RestoreFlags = { ...asked.flags, ...(isElsewhere ? { host } : {}) };
  if (!asked.isGiven("at")) {
    const point = await prompts.choose("From which point?", pointChoices(copiesOf(points), look));
    const from = point.repositories.length > 1 ? { repository: point.point.repository } : {};
    flags = { ...flags, at: point.backupId, ...from };
  }
  const isStack = points[0]?.kind === "stack";
  if (!asked.isGiven("to") && flags.script === undefined)
    flags = { ...flags, to: await askTarget(unit, flags, isStack, prompts) };
  const { part, path, service, to } = flags;
  const isWhole = (part ?? path ?? service) === undefined && !to.startsWith("project:");
  if (isWhole) flags = { ...flags, ...(await askParts(unit, flags, session, look.room, prompts)) };
  const preview = await tellWhatHappens(unit, flags, session, prompts);
  return { unit, flags, ...present({ preview }) };
}

/** Of this host; where it has none, of all. */
async function unitsWithPoints(
  flags: RestoreFlags,
  { deps }: Session,
  prompts: Prompts,
): Promise<{ readonly units: readonly UnitPoints[]; readonly isElsewhere: boolean }> {
  const repository = present({ repository: flags.repository });
  const named = flags.host === undefined ? {} : { host: { name: flags.host } };
  const here = grouped(await listPoints({ ...repository, ...named }, deps));
  if (here.length > 0) return { units: here, isElsewhere: false };
  const elsewhere = grouped(await listPoints({ ...repository, host: "all" }, deps));
  if (elsewhere.length === 0) {
    throw new StackholdError("UNKNOWN_POINT", "there is nothing to restore: no points are stored", {
      hint: "--repository and --config say where to look; stackhold backup makes the first point",
    });
  }
  await prompts.tell("Points of other hosts", ["This host has none of its own."]);
  return { units: elsewhere, isElsewhere: true };
}

function grouped({ points }: Awaited<ReturnType<typeof listPoints>>): UnitPoints[] {
  const groups = Map.groupBy(points, ({ point }) => JSON.stringify([point.host, point.unit]));
  return [...groups.values()]
    .flatMap((found) => {
      const [first] = found;
      const of = found.map(({ point }) => point);
      return first === undefined
        ? []
        : [{ unit: first.point.unit, host: first.point.host, points: of }];
    })
    .toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
}

function copiesOf(points: UnitPoints["points"]): PointCopies[] {
  const groups = Map.groupBy(points, ({ backupId }) => backupId);
  return [...groups].flatMap(([backupId, copies]) => {
    const point = copies.find(({ status }) => status === "complete") ?? copies[0];
    const repositories = copies.map(({ repository }) => repository);
    return point === undefined ? [] : [{ backupId, point, repositories }];
  });
}

async function askTarget(
  unit: string,
  flags: RestoreFlags,
  isStack: boolean,
  prompts: Prompts,
): Promise<string> {
  const kind = await prompts.choose("Where to?", [
    { value: "in-place", label: "In place; what is there now is kept as a safety copy" },
    { value: "project", label: `A copy beside it, under another ${isStack ? "project " : ""}name` },
    { value: "directory", label: "Files only, into a directory" },
  ]);
  if (kind === "project") return `project:${await askName(unit, prompts)}`;
  if (kind === "in-place") return kind;
  const place = await prompts.text(
    "Into which directory?",
    resolve(`${unit}-${flags.at}`),
    (answer) => (answer.trim() === "" ? "a directory is missing" : undefined),
  );
  return `directory:${resolve(place)}`;
}

function askName(unit: string, prompts: Prompts): Promise<string> {
  return prompts.text("Under which name?", normaliseProjectName(`${unit}-copy`), (answer) =>
    isProjectName(answer) ? undefined : projectNameRule,
  );
}

async function askParts(
  unit: string,
  flags: RestoreFlags,
  session: Session,
  room: number,
  prompts: Prompts,
): Promise<Pick<RestoreFlags, "part">> {
  const input = restoreInput(session, unit, flags);
  const parts = await partsOfPoint(input, session.deps, session.context);
  if (parts.length < 2) return {};
  const isAll = await prompts.choose("How much of it?", [
    { value: true, label: "All of it" },
    { value: false, label: "Some parts only" },
  ]);
  if (isAll) return {};
  const some = await prompts.chooseSome("Which parts?", partChoices(parts, room));
  return { part: some.map(formatPart) };
}

/** Looks once: what it saw in place is given back, and the question is asked about that. */
async function tellWhatHappens(
  unit: string,
  flags: RestoreFlags,
  session: Session,
  prompts: Prompts,
): Promise<RestorePreview | undefined> {
  const input = restoreInput(session, unit, flags);
  const silent = { ...session.context, emit: () => undefined };
  const looks = input.to.kind === "in-place" && !input.dryRun;
  const preview = looks ? await previewRestore(input, session.deps, silent) : undefined;
  if (preview?.actions !== undefined) {
    // What it warns of comes with the question.
    await prompts.tell("What will happen", preview.actions);
    return preview;
  }
  const planned = await restoreUnit({ ...input, dryRun: true }, session.deps, silent);
  const warnings = planned.warnings.map(warningText);
  await prompts.tell("What will happen", [...(planned.actions ?? []), ...warnings]);
  return preview;
}
