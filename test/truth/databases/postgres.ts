import assert from "node:assert/strict";
import type { Stack } from "../../bed/compose.ts";
import { ask, askAtRest, type Database, numbersIn } from "../database.ts";
import { postgresSession } from "../sessions/postgres.ts";

const data = "/var/lib/postgresql/data";

export const postgres: Database = {
  image: "stackhold-test/postgres",
  port: 5432,
  data,
  // The server verifies checksums on every read, `pg_checksums` on all pages.
  environment: { POSTGRES_INITDB_ARGS: "--data-checksums" },
  prepare: async (stack) => {
    await sql(
      stack,
      "create table truth (client int, number int, text text, primary key (client, number))",
    );
    await sql(stack, "create index on truth (text)");
    await ask(stack, ["pgbench", "-q", "-i", "-s", "1", "-U", "postgres", "postgres"]);
  },
  connect: (port, client) =>
    postgresSession(
      port,
      (number) => `insert into truth values (${client}, ${number}, md5('${client} ${number}'))`,
    ),
  load: ["pgbench", "-n", "-c", "2", "-T", "3600", "-U", "postgres", "postgres"],
  transfers: async (stack) => Number(await sql(stack, "select count(*) from pgbench_history")),
  numbers: async (stack, client) =>
    numbersIn(await sql(stack, `select number from truth where client = ${client}`)),
  recovers: "automatic recovery in progress",
  /** Every heap, every index and every page. */
  expectSound: async (stack) => {
    const amcheck = ["pg_amcheck", "-U", "postgres", "--install-missing", "--heapallindexed"];
    await ask(stack, [...amcheck, "--parent-check", "-d", "postgres"]);
    const count = "select count(*) from truth where text >= ''";
    const noIndex =
      "set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off";
    assert.equal(
      await sql(stack, `set enable_seqscan = off; ${count}`),
      await sql(stack, `${noIndex}; ${count}`),
    );
    const sums =
      "select (select sum(abalance) from pgbench_accounts), (select sum(tbalance) from pgbench_tellers), (select sum(bbalance) from pgbench_branches), (select coalesce(sum(delta), 0) from pgbench_history)";
    const balances = await sql(stack, sums);
    assert.equal(new Set(balances.split("|")).size, 1, `the sums differ: ${balances}`);
    const asOwner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
    const checked = await askAtRest(stack, [...asOwner, "pg_checksums", "--check", "-D", data]);
    assert.match(checked, /Bad checksums:\s+0\n/);
  },
};

function sql(stack: Stack, statement: string): Promise<string> {
  return ask(stack, ["psql", "-qAtX", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement]);
}
