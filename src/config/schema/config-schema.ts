import { z } from "zod";
import { logLevels } from "../../events/log-level.ts";
import { backupSchema, unitSchema } from "./backup.ts";
import { repositoriesSchema } from "./repositories.ts";
import { retentionSchema } from "./retention.ts";
import { notificationsSchema, recoverySchema, scheduleSchema, serverSchema } from "./unattended.ts";
import { count, list, path, plainName, text } from "./values.ts";

const dockerSchema = z.strictObject({
  host: text()
    .optional()
    .describe("The engine's address; absent: DOCKER_HOST, the current context, the usual sockets"),
});

/** The whole file. Validation, defaults, environment names and docs/config.md come from here. */
export const configSchema = z.strictObject({
  host: plainName("host name")
    .optional()
    .describe("Names this machine in points, paths and reports; absent: the engine's name"),
  stacks_dir: path().default("/opt/stacks").describe("Its direct children are stacks"),
  extra_stacks: list(path()).default([]).describe("Further stack directories"),
  backup_dir: path()
    .default("/var/backups/stackhold")
    .describe("The archive repository that is used when `repositories` is absent"),
  log_dir: path().default("/var/log/stackhold").describe("Log files of runs, and the rolling one"),
  log_file: path().optional().describe("Also append to this one file"),
  log_level: z.enum(logLevels).default("info").describe("The least that is logged"),
  state_dir: path()
    .default("/var/lib/stackhold")
    .describe(
      "Journals, locks, history and what Compose said of stacks. Must be writable, except for what only reads: `list`, `files`, dry runs, `verify`, `restore --to directory:DIR`",
    ),
  include_data: z.boolean().default(true).describe("False: configuration only, no data"),
  skip_stop: list(text()).default([]).describe("Units that are never stopped"),
  retention_days: count().default(28).describe("Short for `retention: {days: …}`"),
  log_retention_days: count().default(14).describe("Days for which log files of runs are kept"),
  docker: dockerSchema.prefault({}).describe("The container engine"),
  repositories: repositoriesSchema
    .optional()
    .describe("Where points are kept, by name; absent: `local`, an archive in `backup_dir`"),
  backup: backupSchema.prefault({}).describe("How units are backed up"),
  units: z
    .record(text("an empty unit name"), unitSchema)
    .default({})
    .describe("What is different for single units"),
  retention: retentionSchema
    .optional()
    .describe("Which points are kept, counted back from the newest; absent: `retention_days`"),
  schedules: z
    .record(plainName("schedule name"), scheduleSchema)
    .default({})
    .describe("When backups run, by name"),
  recovery: recoverySchema.prefault({}).describe("The recovery bundle"),
  notifications: notificationsSchema.prefault({}).describe("Who is told what"),
  server: serverSchema.prefault({}).describe("The web interface and the API"),
});

type Parsed = z.output<typeof configSchema>;

/** As in the file, with paths absolute, durations in seconds, and one form of what has two. */
export interface Config extends Omit<Parsed, "retention_days" | "retention" | "repositories"> {
  readonly retention: NonNullable<Parsed["retention"]>;
  readonly repositories: NonNullable<Parsed["repositories"]>;
}

export type UnitConfig = z.output<typeof unitSchema>;
export type BackupConfig = z.output<typeof backupSchema>;

/** Puts the short forms into the long ones. */
export function settle(parsed: Parsed): Config {
  const { retention_days, retention, repositories, ...rest } = parsed;
  const local = { type: "archive", path: rest.backup_dir, compression: "zstd", level: 3 } as const;
  return {
    ...rest,
    retention: retention ?? { days: retention_days },
    repositories: repositories ?? { local },
  };
}
