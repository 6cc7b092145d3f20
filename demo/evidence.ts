import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Shop } from "./shop.ts";

/** What the shop holds, in a form that can be compared. */
export interface Evidence {
  readonly transactions: number;
  /** Rows, keys and columns of all tables, and their sums. */
  readonly database: string;
  readonly rows: number;
  readonly keys: number;
  readonly lastKey: number;
  /** Path below the project directory → type, mode, owner, time and SHA-256. */
  readonly files: ReadonlyMap<string, string>;
  readonly page: string;
}

const tables = ["accounts", "tellers", "branches", "history"];

/** Order-independent and exact: the sum of the hashes of all rows. */
const fingerprint = `select ${tables
  .map(
    (name) =>
      `(select count(*)::text || ' rows ' || sum(hashtextextended(t::text, 0)) from pgbench_${name} t)`,
  )
  .join(" || '; ' || ")}`;

const everyRow = `select ${tables.map((name) => `(select count(*) from pgbench_${name})`).join(" + ")}`;

export async function collect(shop: Shop): Promise<Evidence> {
  return {
    transactions: Number(await shop.sql("select count(*) from pgbench_history")),
    database: await shop.sql(fingerprint),
    rows: Number(await shop.sql(everyRow)),
    keys: Number(await shop.redis("DBSIZE")),
    lastKey: Number(await shop.redis("GET", "orders")),
    files: describeFiles(shop.stack.dir),
    page: await (await fetch(shop.address)).text(),
  };
}

function describeFiles(directory: string): Map<string, string> {
  const names = ["", ...(readdirSync(directory, { recursive: true }) as string[])].sort();
  return new Map(names.map((name) => [name || ".", describe(join(directory, name))]));
}

function describe(path: string): string {
  const { mode, uid, gid, mtimeMs } = lstatSync(path);
  const facts = `${mode.toString(8)} ${uid}:${gid} ${mtimeMs}`;
  if (!lstatSync(path).isFile()) return facts;
  return `${facts} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}
