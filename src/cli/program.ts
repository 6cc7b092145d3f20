import { Command, type CommanderError, Option } from "commander";
import { StackholdError } from "../errors.ts";
import type { App } from "./app.ts";
import { addAdminConfig } from "./commands/admin-config.ts";
import { addAdminRepo } from "./commands/admin-repo.ts";
import { addAdminSafetyCopies } from "./commands/admin-safety-copies.ts";
import { addAdminSnapshot } from "./commands/admin-snapshot.ts";
import { addBackup } from "./commands/backup-run.ts";
import { addFiles } from "./commands/files.ts";
import { addLater } from "./commands/later.ts";
import { addList } from "./commands/list.ts";
import { addPrune } from "./commands/prune-run.ts";
import { addRecover } from "./commands/recover-run.ts";
import { addRestore } from "./commands/restore-run.ts";
import { addVerify } from "./commands/verify-run.ts";
import { addVersion } from "./commands/version-show.ts";
import type { Output } from "./reporters/output.ts";

const description = `Backs up Docker Compose stacks and standalone containers, restores them, and
checks that the restore will work. Nothing is ever left down.`;

/** The whole command line. Parsing throws USAGE; help and version end by themselves. */
export function buildProgram(app: App, out: Output): Command {
  const program = new Command("stackhold")
    .description(description)
    .version(app.version, "-V, --version", "print the version")
    .option(
      "--config <file>",
      "configuration file (default: /etc/stackhold/config.yaml, then ~/.config/stackhold/config.yaml)",
    )
    .option("--json", "print one JSON document on stdout")
    .addOption(new Option("--events", "print events as JSON lines on stdout").conflicts("json"))
    .option("-q, --quiet", "print warnings and errors only")
    .option("--verbose", "print more, also the causes of errors")
    .option("--no-color", "no colours")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: () => {} });
  for (const add of [
    addBackup,
    addRestore,
    addList,
    addFiles,
    addVerify,
    addPrune,
    addRecover,
    addAdminConfig,
    addAdminRepo,
    addAdminSafetyCopies,
    addAdminSnapshot,
    addVersion,
    addLater,
  ]) {
    add(program, app);
  }
  return program;
}

/** Commander prints help and version itself; everything else it throws is a usage error. */
export function asUsageError(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
): StackholdError | undefined {
  if (error.exitCode === 0) return undefined;
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/s, ": did you mean $1?")
    .trim();
  const shown = message === "(outputHelp)" ? "a command is missing" : message;
  return new StackholdError("USAGE", shown, { hint: usageHint(program, argv) });
}

/** The help of the innermost command that was named. */
function usageHint(program: Command, argv: readonly string[]): string {
  const isCommand = (command: Command, name: string) =>
    [command.name(), ...command.aliases()].includes(name);
  let command = program;
  const path = ["stackhold"];
  for (const word of argv) {
    const inner = command.commands.find((each) => isCommand(each, word));
    if (inner === undefined) continue;
    command = inner;
    path.push(inner.name());
  }
  if (command === program) {
    return "stackhold --help lists the commands, stackhold COMMAND --help their options";
  }
  const what = command.commands.length > 0 ? "lists the commands" : "shows its options";
  return `${path.join(" ")} --help ${what}`;
}
