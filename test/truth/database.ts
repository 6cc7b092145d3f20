import type { Quiesce } from "../../src/domain/manifest.ts";
import type { Stack } from "../bed/compose.ts";
import type { ImageName } from "../bed/images.ts";
import type { Session } from "./numbered-writer.ts";

/** A database server, which runs as the service `db`. */
export interface Database {
  readonly image: ImageName;
  readonly port: number;
  /** Where its volume is mounted. */
  readonly data: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of the image's. */
  command?(quiesce: Quiesce): readonly string[];
  /** Makes room for numbers and accounts. */
  prepare(stack: Stack): Promise<void>;
  connect(port: number, client: number): Promise<Session>;
  /** Run in the container: makes transfers between accounts until it is ended. */
  readonly load: readonly string[];
  /** How many transfers have been made. */
  transfers(stack: Stack): Promise<number>;
  /** The numbers of a client that it holds. */
  numbers(stack: Stack, client: number): Promise<Set<number>>;
  /** What it logs when it was not shut down and puts its data right by its own log. */
  readonly recovers?: string;
  /** Rejects unless all that it holds is whole, by its own tools, and the accounts add up. May stop it. */
  expectSound(stack: Stack): Promise<void>;
}

/** The numbers of a list with one in each line. */
export function numbersIn(list: string): Set<number> {
  return new Set(list.split("\n").filter(Boolean).map(Number));
}

/** What a command in the server's container prints. */
export async function ask(stack: Stack, argv: readonly string[]): Promise<string> {
  return (await stack.exec("db", argv)).stdout.trim();
}

/** Runs a tool on the data of a server that is shut down first. */
export async function askAtRest(stack: Stack, argv: readonly string[]): Promise<string> {
  const [tool = "", ...args] = argv;
  await stack.compose(["stop"]);
  const once = ["run", "--rm", "--no-deps", "-T", "--entrypoint", tool, "db"];
  return (await stack.compose([...once, ...args])).stdout;
}
