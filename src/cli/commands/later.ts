import { type Command, Option } from "commander";
import { StackholdError } from "../../errors.ts";
import type { App } from "../app.ts";
import { globals } from "./shared.ts";

const laterCommands: Readonly<Record<string, readonly string[]>> = {
  "": ["setup", "disaster-recovery", "doctor", "drill", "serve", "notify", "completion"],
  admin: ["service", "system"],
  "admin config": ["new", "edit", "reset", "import"],
};

const laterOptions: Readonly<Record<string, readonly string[]>> = {
  backup: ["--update-recovery"],
};

function notAvailable(what: string): StackholdError {
  return new StackholdError("NOT_AVAILABLE", `\`${what}\` is not available in this version`, {
    hint: "stackhold --help lists what is",
  });
}

function find(program: Command, path: string): Command | undefined {
  const names = path.split(" ").filter((name) => name !== "");
  return names.reduce<Command | undefined>(
    (at, name) => at?.commands.find((command) => command.name() === name),
    program,
  );
}

/** Promised commands and options that this version does not have: exit 2 and a sentence. */
export function addLater(program: Command, app: App): void {
  for (const [parent, names] of Object.entries(laterCommands)) {
    for (const name of names) {
      find(program, parent)
        ?.command(name, { hidden: true })
        .allowUnknownOption()
        .allowExcessArguments()
        .argument("[arguments...]")
        .action((_args: string[], _flags: object, command: Command) =>
          app.plain(globals(command), () => {
            throw notAvailable(`${parent} ${name}`.trim());
          }),
        );
    }
  }
  for (const [path, flags] of Object.entries(laterOptions)) {
    const command = find(program, path);
    for (const flag of flags) {
      const option = new Option(flag).hideHelp();
      command?.addOption(option).on(`option:${option.name()}`, () => {
        throw notAvailable(`${path} ${option.long}`);
      });
    }
  }
}
