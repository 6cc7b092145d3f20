import { z } from "zod";
import { freezeWays, quiesceWays, scopes } from "../../domain/manifest.ts";
import { retentionSchema } from "./retention.ts";
import { count, duration, list, path, text } from "./values.ts";

const hook = z
  .union([path(), list(text()).min(1, "an empty command")], {
    error: "not a hook: a string is the path of a script, a list is a command with its arguments",
  })
  .nullable();

const hookFields = {
  pre_backup: hook.describe(
    "Runs before anything else of the unit; a failure fails the unit untouched",
  ),
  pre_freeze: hook.describe(
    "Runs right before the unit is stopped; a failure fails the unit untouched",
  ),
  post_freeze: hook.describe("Runs when the unit is started again, always"),
  post_backup: hook.describe("Runs after `post_freeze`, before the point is finished, always"),
  pre_restore: hook.describe("Runs before a restore in place; a failure ends it untouched"),
  post_restore: hook.describe("Runs when a restore in place has ended, always"),
};

const pattern = text("an empty pattern");
const unitName = text("an empty unit name");

const fields = {
  units: list(unitName).describe("Units that `backup` without names takes; empty: all"),
  skip: list(unitName).describe("Units that `backup` without names leaves out"),
  repositories: list(text()).describe("Repositories that are used; empty: all"),
  scope: z
    .enum(scopes)
    .describe(
      "`minimal` data, `standard` also project files, recipe and networks, `full` also the engine's configuration",
    ),
  quiesce: z
    .enum(quiesceWays)
    .describe(
      "How a unit is kept still. `down` removes the containers and makes them again by Compose: it is refused with anonymous volumes, paused or one-off containers, services that the compose file has no more, and guests in the stack's network namespaces",
    ),
  freeze: z.enum(["auto", ...freezeWays]).describe("How the outage is kept short"),
  stop_timeout: duration()
    .nullable()
    .describe("How long a container gets to stop; null: its own grace period, else 30 s"),
  start_timeout: duration().describe("How long a started unit is given to become healthy"),
  stay_up: duration().describe(
    "How long a container without a health check must run after its start to count as up; no downtime",
  ),
  hook_timeout: duration().describe("How long each hook and each label command may take"),
  parallel: z
    .union([z.literal("auto"), count(1, 64)], { error: "not `auto` nor a whole number, 1 to 64" })
    .describe("Parts of one unit that are captured at once"),
  parallel_units: count(1, 64).describe("Units that are backed up at once"),
  exclude: list(pattern).describe(
    "gitignore patterns relative to each part's root; all levels add up",
  ),
  secrets: z
    .enum(["keep", "redact"])
    .describe(
      "Whether the recipe keeps restorable secrets; `redact` does not change the data, nor the part `project`",
    ),
  max_age: duration().describe("A unit without a good point for longer is overdue"),
  groups: list(list(unitName).min(2, "a group has two units or more")).describe(
    "Units that are kept still together",
  ),
  images: z
    .enum(["digest", "save"])
    .describe(
      "`digest` notes which images ran; `save` also keeps them with the point (scopes `standard` and `full`), for when no registry has them any more",
    ),
  update_recovery_bundle: z.boolean().describe("Renew the recovery bundle after each run"),
};

export const backupSchema = z.strictObject({
  units: fields.units.default([]),
  skip: fields.skip.default([]),
  repositories: fields.repositories.default([]),
  scope: fields.scope.default("standard"),
  quiesce: fields.quiesce.default("stop"),
  freeze: fields.freeze.default("auto"),
  stop_timeout: fields.stop_timeout.prefault(null),
  start_timeout: fields.start_timeout.prefault("60s"),
  stay_up: fields.stay_up.prefault("3s"),
  hook_timeout: fields.hook_timeout.prefault("300s"),
  parallel: fields.parallel.default("auto"),
  parallel_units: fields.parallel_units.default(1),
  exclude: fields.exclude.default([]),
  secrets: fields.secrets.default("keep"),
  max_age: fields.max_age.prefault("26h"),
  groups: fields.groups.default([]),
  images: fields.images.default("digest"),
  update_recovery_bundle: fields.update_recovery_bundle.default(false),
  hooks: z
    .strictObject({
      pre_backup: hookFields.pre_backup.default(null),
      pre_freeze: hookFields.pre_freeze.default(null),
      post_freeze: hookFields.post_freeze.default(null),
      post_backup: hookFields.post_backup.default(null),
      pre_restore: hookFields.pre_restore.default(null),
      post_restore: hookFields.post_restore.default(null),
    })
    .prefault({})
    .describe(
      "Programs that run around a unit's backup and restore: [hooks](hooks.md). A text is a path, a list is a command with its arguments",
    ),
});

/** What a unit says replaces the global value; excludes add up. */
export const unitSchema = z.strictObject({
  ...z.strictObject(fields).partial().shape,
  hooks: z.strictObject(hookFields).partial().optional().describe("As `backup.hooks`"),
  retention: retentionSchema.optional().describe("Replaces the wider block whole"),
  accept: list(text())
    .optional()
    .describe(
      "Gaps, and parts that others keep writing to, that are known and no news: by name, e.g. `volume:cache`",
    ),
});
