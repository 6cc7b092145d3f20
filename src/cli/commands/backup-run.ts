import { type Command, Option } from "commander";
import { misspeltLabels } from "../../config/labels.ts";
import { effectivePolicy, type PolicyFlags } from "../../config/policy.ts";
import { retentionRule } from "../../config/retention.ts";
import { unsupportedText } from "../../config/unsupported.ts";
import { backupExitCode } from "../../domain/exit-code.ts";
import { freezeWays, quiesceWays, scopes } from "../../domain/manifest.ts";
import type { Unit } from "../../domain/unit.ts";
import type { BackupInput } from "../../operations/backup/backup-input.ts";
import { backupUnits } from "../../operations/backup/backup-units.ts";
import { dryRun } from "../../operations/backup/dry-run.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { backupText, dryRunText } from "../format/backup-text.ts";
import { mentionsOf } from "./mentions.ts";
import { answer, globals, present, repeatable, seconds } from "./shared.ts";

interface BackupFlags extends GlobalOptions {
  readonly scope?: PolicyFlags["scope"];
  readonly quiesce?: PolicyFlags["quiesce"];
  readonly freeze?: PolicyFlags["freeze"];
  readonly stopTimeout?: number;
  readonly repository?: string[];
  readonly unit?: string[];
  readonly dryRun?: boolean;
  readonly strict?: boolean;
}

function inputOf({ loaded }: Session, units: readonly string[], flags: BackupFlags): BackupInput {
  const { backup } = loaded.config;
  const policyFlags: PolicyFlags = present({
    scope: flags.scope,
    quiesce: flags.quiesce,
    freeze: flags.freeze,
    stopTimeout: flags.stopTimeout,
    repositories: flags.repository,
  });
  const named = [...units, ...(flags.unit ?? [])];
  return {
    units: named.length > 0 ? named : backup.units,
    skip: named.length > 0 ? [] : backup.skip,
    policyFor: (unit: Unit) =>
      effectivePolicy(loaded, unit.name, unit.containers, policyFlags).value,
    labelWarnings: (containers, volumes) =>
      misspeltLabels(containers, volumes).map(unsupportedText),
    trigger: "manual",
    ruleFor: (unit, repository) => retentionRule(loaded, unit, repository),
    strict: flags.strict === true,
    mentions: named.length > 0 ? [] : mentionsOf(loaded.config),
    groups: backup.groups,
    parallelUnits: backup.parallel_units,
  };
}

async function back(
  session: Session,
  units: readonly string[],
  flags: BackupFlags,
): Promise<Answer> {
  const document = await backupUnits(inputOf(session, units, flags), session.deps, session.context);
  return answer(document, backupText, backupExitCode(document));
}

async function preview(
  session: Session,
  units: readonly string[],
  flags: BackupFlags,
): Promise<Answer> {
  const document = await dryRun(inputOf(session, units, flags), session.deps, session.context);
  return answer(document, dryRunText, backupExitCode(document));
}

function withFlags(command: Command): Command {
  return command
    .addOption(new Option("--scope <scope>", "what is stored").choices(scopes))
    .addOption(new Option("--quiesce <way>", "how a unit is kept still").choices(quiesceWays))
    .addOption(
      new Option(
        "--freeze <way>",
        "how the outage is kept short; auto takes what each source allows",
      ).choices(["auto", ...freezeWays]),
    )
    .addOption(
      new Option("--stop-timeout <time>", "how long a container may take to stop").argParser(
        seconds,
      ),
    )
    .addOption(repeatable("--repository <name>", "store here only (repeatable)"))
    .addOption(repeatable("--unit <name>", "the same as naming it").hideHelp())
    .option("--strict", "a unit that is not fully protected fails before it is stopped");
}

export function addBackup(program: Command, app: App): void {
  withFlags(program.command("backup"))
    .description("back up all units, or those named")
    .argument("[unit...]")
    .option("--dry-run", "show what would be done, change nothing")
    .action((units: string[], flags: BackupFlags, command: Command) =>
      flags.dryRun === true
        ? app.run("query", globals(command), (session) => preview(session, units, flags))
        : app.run("backup", globals(command), (session) => back(session, units, flags)),
    );
  withFlags(program.command("dry-run"))
    .description("show what a backup would do: units, acts, sizes, room, gaps")
    .argument("[unit...]")
    .action((units: string[], flags: BackupFlags, command: Command) =>
      app.run("query", globals(command), (session) => preview(session, units, flags)),
    );
}
