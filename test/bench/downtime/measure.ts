import { freeSpace, levelGround } from "../fairness.ts";
import { nextSecond, type Subject } from "../subject.ts";
import type { FreezeWay, Quiesce } from "./facts.ts";
import { type Change, changedMeanwhile } from "./meanwhile.ts";
import { type Outage, outageOf } from "./outage.ts";

export interface Measured {
  readonly way: FreezeWay;
  readonly quiesce: Quiesce;
  readonly change?: Change;
  /** Read everything beforehand: the outage does not need it, the wall clock does. */
  readonly isWarm: boolean;
}

/** One backup; its archives are removed at once. */
export async function measureBackup(
  subject: Subject,
  { way, quiesce, change, isWarm }: Measured,
): Promise<Outage> {
  await levelGround(...(isWarm ? [subject.source] : []));
  await nextSecond();
  const flags = ["--freeze", way, "--quiesce", quiesce];
  const backup = (env: NodeJS.ProcessEnv) =>
    outageOf(subject, quiesce, subject.argv("backup", subject.stack.name, ...flags), env);
  const outage = await (change === undefined
    ? backup(subject.env)
    : changedMeanwhile(subject, way, change, backup));
  await freeSpace(subject.workspace.backupDir);
  return outage;
}

/** Two passes, and a snapshot where `freeze: auto` would take one. */
export async function waysOf(subject: Subject): Promise<FreezeWay[]> {
  const { stdout } = await subject.stackhold(["--json", "dry-run", subject.stack.name]);
  const [unit] = (JSON.parse(stdout) as { units: { freeze: string }[] }).units;
  return unit?.freeze === "snapshot" ? ["two-phase", "snapshot"] : ["two-phase"];
}
