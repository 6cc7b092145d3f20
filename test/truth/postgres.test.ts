import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { postgresSession } from "../../support/database-sessions.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { judge, startWriter } from "../../support/numbered-writer.ts";
import { createWorkspace } from "../../support/workspace.ts";

const data = "/var/lib/postgresql/data";

/** With page checksums, which the server verifies on every read and `pg_checksums` on all of them. */
const initialize = [
  `[ -s ${data}/PG_VERSION ] || su postgres -c "$(command -v initdb) -k --auth=trust --no-sync ${data}"`,
  `grep -q "all all all" ${data}/pg_hba.conf || echo "host all all all trust" >> ${data}/pg_hba.conf`,
  "exec sh /usr/local/bin/entrypoint.sh postgres",
];

const composeFile = (port: number) => `
services:
  db:
    image: stackhold-test/postgres
    restart: unless-stopped
    entrypoint: ${JSON.stringify(["sh", "-euc", initialize.join("\n").replaceAll("$", "$$$$")])}
    ports: ["127.0.0.1:${port}:5432"]
    volumes: ["db-data:${data}"]
volumes:
  db-data:
`;

async function sql(stack: Stack, statement: string): Promise<string> {
  const psql = ["psql", "-qAtX", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement];
  return (await stack.exec("db", psql)).stdout.trim();
}

async function numbers(stack: Stack, client: number): Promise<Set<number>> {
  const rows = await sql(stack, `select number from truth where client = ${client}`);
  return new Set(rows.split("\n").map(Number));
}

async function prepare(stack: Stack): Promise<void> {
  await stack.up();
  await sql(
    stack,
    "create table truth (client int, number int, text text, primary key (client, number))",
  );
  await sql(stack, "create index on truth (text)");
  await stack.exec("db", ["pgbench", "-q", "-i", "-s", "1", "-U", "postgres", "postgres"]);
}

/** Every heap, every index and every page. */
async function expectSound(stack: Stack): Promise<void> {
  const amcheck = ["pg_amcheck", "-U", "postgres", "--install-missing", "--heapallindexed"];
  await stack.exec("db", [...amcheck, "--parent-check", "-d", "postgres"]);
  const counted = await sql(
    stack,
    "set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off; select count(*) from truth where text >= ''",
  );
  expect(
    await sql(stack, "set enable_seqscan = off; select count(*) from truth where text >= ''"),
  ).toBe(counted);
  const sums =
    "select (select sum(abalance) from pgbench_accounts), (select sum(tbalance) from pgbench_tellers), (select sum(bbalance) from pgbench_branches), (select coalesce(sum(delta), 0) from pgbench_history)";
  expect(new Set((await sql(stack, sums)).split("|")).size).toBe(1);
  await stack.compose(["stop"]);
  const check = [
    "run",
    "--rm",
    "--no-deps",
    "-T",
    "--user",
    "postgres",
    "--entrypoint",
    "pg_checksums",
  ];
  const { stdout } = await stack.compose([...check, "db", "--check", "-D", data]);
  expect(stdout).toMatch(/Bad checksums:\s+0\n/);
}

describeWithEngine("a PostgreSQL server that clients write to during its backup", () => {
  it.each(["stop", "down", "pause"] as const)(
    "comes back from quiesce %s with all that was acknowledged before the freeze, and nothing later",
    async (quiesce) => {
      const engine = bedEngine();
      const port = await freePort();
      await using stack = await createStack(engine, {
        files: { "compose.yaml": composeFile(port) },
      });
      await using work = await createWorkspace(engine, { stacksDir: stack.root });
      await prepare(stack);
      const clients = [1, 2].map((client) =>
        startWriter(() =>
          postgresSession(
            port,
            (n) => `insert into truth values (${client}, ${n}, md5('${client} ${n}'))`,
          ),
        ),
      );
      const pgbench = stack.exec(
        "db",
        ["pgbench", "-n", "-c", "2", "-T", "60", "-U", "postgres", "postgres"],
        { allowFailure: true },
      );
      const some = () => Promise.all(clients.map((client) => client.acknowledged(100)));
      await some();
      const backup = await work.stackhold(["backup", stack.name, "--quiesce", quiesce, "--json"]);
      expectExit(backup, 0);
      await some();
      await Promise.all(clients.map((client) => client.stop()));

      await stack.down("-v");
      await pgbench.catch(() => {});
      await rm(stack.dir, { recursive: true });
      const restore = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
      expectExit(restore, 0);
      expect(restore.json()).toMatchObject({ running: true, healthy: true, warnings: [] });

      const frozenAt = Date.parse(newestManifest(work, stack.name).frozenAt);
      for (const [index, { acts }] of clients.entries()) {
        const verdict = judge(acts, frozenAt, await numbers(stack, index + 1));
        expect(verdict).toMatchObject({ lost: [], added: [] });
        expect(Math.min(verdict.before, verdict.after)).toBeGreaterThanOrEqual(100);
      }
      const log = (await stack.compose(["logs", "--no-log-prefix", "db"])).stdout;
      expect(log.includes("automatic recovery in progress")).toBe(quiesce === "pause");
      await expectSound(stack);
    },
  );
});
