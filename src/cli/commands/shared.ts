import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../../config/duration.ts";
import { printableIn } from "../../domain/printable.ts";
import type { Answer, GlobalOptions } from "../app.ts";

export function globals(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

export function repeatable(flag: string, description: string): Option {
  return new Option(flag, description).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

/** Programs get the document as it is; what people read is made of one that is printable. */
export function answer<T>(document: T, textOf: (shown: T) => string, exitCode = 0): Answer {
  return { document, text: () => textOf(printableIn(document)), exitCode };
}

/** Only keys with a value, for interfaces whose optional keys are absent rather than undefined. */
export function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export function seconds(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new InvalidArgumentError("Write 30, 30s, 15m or 2h.");
  return value;
}

/** A command that only holds others: the one that is there, or a new one. */
export function group(parent: Command, name: string, description: string): Command {
  const known = parent.commands.find((command) => command.name() === name);
  return known ?? parent.command(name).description(description);
}
