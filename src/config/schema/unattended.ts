import { z } from "zod";
import { scopes } from "../../domain/manifest.ts";
import { count, duration, list, path, secret, secretFile, text } from "./values.ts";

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const cron = z.string().regex(/^(@[a-z]+|\S+(\s+\S+){4})$/, "not a cron line of five fields");

export const scheduleSchema = z.strictObject({
  cron: cron.describe("When: minute, hour, day of month, month, day of week"),
  timezone: text()
    .refine(isTimeZone, "not a time zone such as Europe/Berlin")
    .optional()
    .describe("Time zone of `cron`; absent: the machine's"),
  jitter: duration().prefault("0s").describe("A random delay of at most this"),
  catch_up: z
    .boolean()
    .default(true)
    .describe("Make up for a run missed while the machine was off"),
  units: list(text()).default([]).describe("Units; empty: as `backup.units`"),
  scope: z.enum(scopes).optional().describe("As `backup.scope`"),
  repositories: list(text()).default([]).describe("Repositories; empty: as `backup.repositories`"),
});

export const recoverySchema = z.strictObject({
  path: path()
    .default("/var/backups/stackhold-recovery")
    .describe("Where recovery bundles are written"),
  keep: count().default(3).describe("Bundles that are kept"),
  copies: list(path()).default([]).describe("Directories that get a copy of each bundle"),
});

const occasions = ["success", "failure", "warning", "recovered", "digest"] as const;
const on = list(z.enum(occasions))
  .default(["failure", "warning", "recovered", "digest"])
  .describe("What is told");

const email = z.strictObject({
  server: text().describe("SMTP server"),
  port: count(1, 65_535).default(587).describe("Its port"),
  security: z
    .enum(["none", "starttls", "tls"])
    .default("starttls")
    .describe("How the connection is protected"),
  username: text().optional().describe("User at the server"),
  password: secret("The user's password"),
  password_file: secretFile("the user's password"),
  from: text().describe("Sender"),
  to: list(text()).min(1, "names no recipient").describe("Recipients"),
  subject_tag: z.string().default("[backup]").describe("Begins every subject"),
  on,
});

const channel = z.strictObject({
  type: z
    .enum(["webhook", "ntfy", "gotify", "discord", "slack", "telegram", "healthchecks"])
    .describe("Which service"),
  name: text().optional().describe("What `notify test` calls it; absent: its type"),
  url: secret("The service's address"),
  url_file: secretFile("the service's address"),
  token: secret("The service's token"),
  token_file: secretFile("the service's token"),
  chat: text().optional().describe("Chat or topic, where the service has such"),
  on,
});

export const notificationsSchema = z.strictObject({
  email: email.optional().describe("Reports by e-mail"),
  channels: list(channel).default([]).describe("Other channels"),
});

export const serverSchema = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/, "not HOST:PORT")
    .default("127.0.0.1:8000")
    .describe("HOST:PORT of the web interface and the API"),
  metrics: z
    .enum(["protected", "open"])
    .default("protected")
    .describe("Whether `/metrics` answers without a token"),
});
