import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineAccess } from "../test/bed/access.ts";
import { createStack, type Stack } from "../test/bed/compose.ts";
import { freePort } from "../test/support/free-port.ts";

const template = join(import.meta.dirname, "stack");

/** What the demo backs up: a running copy of demo/stack with a database of a million accounts. */
export interface Shop extends AsyncDisposable {
  readonly stack: Stack;
  readonly address: string;
  /** One value that SQL gives. */
  sql(query: string): Promise<string>;
  redis(...args: string[]): Promise<string>;
}

export async function openShop(engine: EngineAccess, name: string): Promise<Shop> {
  const port = await freePort();
  const stack = await createStack(engine, {
    name,
    files: { ...files(), ".env": `WEB_PORT=${port}\n` },
  });
  const value = async (service: string, argv: string[]) =>
    (await stack.exec(service, argv)).stdout.trim();
  const psql = ["psql", "-qAtX", "-U", "postgres", "-d", "shop"];
  return {
    stack,
    address: `http://127.0.0.1:${port}/`,
    sql: (query) => value("db", [...psql, "-c", query]),
    redis: (...args) => value("cache", ["redis-cli", ...args]),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

/** Makes pgbench's tables: 100,000 accounts for each unit of scale. */
export async function fillShop({ stack }: Shop, scale: number): Promise<void> {
  const pgbench = ["pgbench", "-q", "-i", "-s", String(scale), "-U", "postgres", "shop"];
  await stack.exec("db", pgbench);
}

function files(): Record<string, string> {
  const entries = readdirSync(template, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  return Object.fromEntries(
    paths.map((path) => [path.slice(template.length + 1), readFileSync(path, "utf8")]),
  );
}
