import { createPaint } from "../src/cli/format/paint.ts";
import { type Column, table } from "../src/cli/format/table.ts";

const { stdout, env } = process;

/** Colours only where a person looks and has not asked for none. */
export const paint = createPaint(stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");

export function say(text = ""): void {
  stdout.write(text === "" ? "\n" : `  ${text}\n`);
}

export function heading(text: string): void {
  stdout.write(`\n${paint("bold", text)}\n`);
}

/** A command as a person would type it. */
export function command(text: string): void {
  say(`${paint("dim", "$")} ${paint("cyan", text)}`);
}

export function showTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
  for (const line of table(columns, rows, { paint })) say(line);
}

export const amount = (count: number): string => count.toLocaleString("en-US");
