import type { Command } from "commander";
import type { OfRepositories } from "../../domain/repository-results.ts";
import { changePassword, withPassword } from "../../operations/repositories/change-password.ts";
import {
  connectRepositories,
  disconnectRepositories,
} from "../../operations/repositories/connect-repositories.ts";
import { initRepositories } from "../../operations/repositories/init-repositories.ts";
import { maintainRepositories } from "../../operations/repositories/maintain-repositories.ts";
import { repositoryStatus } from "../../operations/repositories/repository-status.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import {
  connectText,
  disconnectText,
  initText,
  maintenanceText,
  passwordText,
  statusText,
} from "../format/repo-text.ts";
import { answer, globals, group, present } from "./shared.ts";

interface MaintenanceFlags extends GlobalOptions {
  readonly full?: boolean;
  readonly takeOver?: boolean;
}

interface PasswordFlags extends GlobalOptions {
  readonly newPasswordFile?: string;
}

type Name = string | undefined;

/** A repository in which it failed is a warning where it went well in others. */
function answered<T, D extends OfRepositories<T>>(document: D, textOf: (shown: D) => string) {
  return answer(document, textOf, document.unreachable.length > 0 ? 3 : 0);
}

function verb<F extends GlobalOptions>(
  command: Command,
  app: App,
  work: (session: Session, name: Name, flags: F) => Promise<Answer>,
  operation: "repository" | "query" = "repository",
): void {
  command
    .argument("[name]", "of a repository; absent: all of them")
    .action((name: Name, flags: F, self: Command) =>
      app.run(operation, globals(self), (session) => work(session, name, flags)),
    );
}

async function newPassword({ deps, context }: Session, name: Name, flags: PasswordFlags, app: App) {
  const repository = withPassword(name, deps);
  const password = await app.newSecret({
    ...present({ file: flags.newPasswordFile }),
    flag: "--new-password-file",
    variable: "STACKHOLD_NEW_PASSWORD",
    what: `the new password of ${repository.name}`,
  });
  const document = await changePassword(repository, password, deps, context);
  return answer(document, passwordText, document.warnings.length > 0 ? 3 : 0);
}

export function addAdminRepo(program: Command, app: App): void {
  const admin = group(program, "admin", "configuration and administration");
  const repo = group(admin, "repo", "repositories: make, look at, maintain, connect");
  verb(
    repo.command("init").description("make repositories, as the first backup would"),
    app,
    async ({ deps, context }, name) => {
      const document = await initRepositories(name, deps, context);
      const isWarned = document.repositories.some(({ warnings }) => warnings.length > 0);
      return { ...answered(document, initText), ...(isWarned && { exitCode: 3 }) };
    },
  );
  verb(
    repo.command("status").description("whether repositories answer, and what is known of them"),
    app,
    async ({ deps, context }, name) =>
      answered(await repositoryStatus(name, deps, context), statusText),
    "query",
  );
  verb<MaintenanceFlags>(
    repo
      .command("maintenance")
      .description("reclaim what no point needs any more (Kopia)")
      .option("--full", "also what takes long: contents that nothing refers to")
      .option("--take-over", "where another host maintains the repository, from now on this one"),
    app,
    async ({ deps, context }, name, flags) => {
      const { full = false, takeOver = false } = flags;
      const input = { ...present({ name }), full, takeOver };
      return answered(await maintainRepositories(input, deps, context), maintenanceText);
    },
  );
  verb<PasswordFlags>(
    repo
      .command("change-password")
      .description("give a repository another password (Kopia)")
      .option("--new-password-file <file>", "holds the new one; or STACKHOLD_NEW_PASSWORD(_FILE)"),
    app,
    (session, name, flags) => newPassword(session, name, flags, app),
  );
  verb(
    repo.command("connect").description("connect with repositories that are there (Kopia)"),
    app,
    async ({ deps, context }, name) =>
      answered(await connectRepositories(name, deps, context), connectText),
  );
  verb(
    repo
      .command("disconnect")
      .description("forget connections and caches; what needs one connects again (Kopia)"),
    app,
    async ({ deps, context }, name) =>
      answered(await disconnectRepositories(name, deps, context), disconnectText),
  );
}
