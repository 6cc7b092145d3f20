import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import type { Quiesce } from "../../src/domain/manifest.ts";
import type { EngineAccess } from "../bed/access.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { freePort } from "../support/free-port.ts";
import { newestManifest } from "../support/newest-manifest.ts";
import { ownNetworks } from "../support/own-subnet.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import type { Database } from "./database.ts";
import { judge, startWriter } from "./numbered-writer.ts";

export interface Round {
  readonly quiesce: Quiesce;
  /** How many each client shall have acknowledged before the backup, and after it. */
  readonly commits: number;
  /** Where the point of a round that fails is kept, in a directory of its own. */
  readonly keep?: string;
}

/** Summed over the clients. */
export interface Outcome {
  /** Acknowledged before the freeze. */
  readonly before: number;
  /** Begun after it. */
  readonly after: number;
  /** Of `before`, not there. */
  readonly lost: number;
  /** Of `after`, there. */
  readonly added: number;
  readonly downtimeMs: number;
}

const clients = [1, 2];

/**
 * A server under load is backed up in two passes, destroyed with its volume and its project, and restored
 * in place. Rejects when one of the steps fails, or when the restored server is not sound.
 */
export async function playRound(
  engine: EngineAccess,
  database: Database,
  { quiesce, commits, keep }: Round,
): Promise<Outcome> {
  await using made = new AsyncDisposableStack();
  let isOver = false;
  const port = await freePort();
  const files = { "compose.yaml": composeFile(database, port, quiesce) };
  const stack = made.use(await createStack(engine, { files }));
  const work = made.use(await createWorkspace(engine, { stacksDir: stack.root }));
  made.defer(async () => {
    if (isOver || keep === undefined) return;
    await cp(work.root, join(keep, stack.name), { recursive: true });
  });
  await stack.up();
  await database.prepare(stack);
  const writers = clients.map((client) => startWriter(() => database.connect(port, client)));
  const load = startLoad(stack, database.load);
  made.defer(() => {
    for (const writer of writers) void writer.stop();
    load.end();
  });
  const someMore = () => Promise.all(writers.map((writer) => writer.acknowledged(commits)));
  while ((await database.transfers(stack)) === 0) await delay(50);
  await someMore();
  await succeed(work, "backup", stack.name, "--freeze", "two-phase", "--quiesce", quiesce);
  await someMore();
  await Promise.all(writers.map((writer) => writer.stop()));
  load.end();

  await stack.down("-v");
  await rm(stack.dir, { recursive: true });
  const restored = await succeed(work, "restore", stack.name, "--yes");
  const { running, healthy, warnings } = restored;
  assert.deepEqual({ running, healthy, warnings }, { running: true, healthy: true, warnings: [] });

  const { freeze, frozenAt, downtimeMs } = newestManifest(work, stack.name);
  assert.equal(freeze, "two-phase");
  const verdicts = await Promise.all(
    writers.map(async ({ acts }, index) =>
      judge(acts, Date.parse(frozenAt), await database.numbers(stack, clients[index] ?? 0)),
    ),
  );
  await expectRecovery(stack, database, quiesce);
  assert.notEqual(await database.transfers(stack), 0, "the load left no trace");
  await database.expectSound(stack);
  isOver = true;
  const sum = (part: (verdict: (typeof verdicts)[number]) => number) =>
    verdicts.map(part).reduce((all, one) => all + one);
  return {
    before: sum(({ before }) => before),
    after: sum(({ after }) => after),
    lost: sum(({ lost }) => lost.length),
    added: sum(({ added }) => added.length),
    downtimeMs,
  };
}

function composeFile(database: Database, port: number, quiesce: Quiesce): string {
  const command = database.command?.(quiesce);
  const db = {
    image: database.image,
    restart: "unless-stopped",
    ports: [`127.0.0.1:${port}:${database.port}`],
    volumes: [`db-data:${database.data}`],
    ...(database.environment && { environment: database.environment }),
    ...(command && { command }),
  };
  return stringify({ services: { db }, volumes: { "db-data": {} }, networks: ownNetworks() });
}

/** Runs the command in the server's container, again whenever that went away, until it is told to end. */
function startLoad(stack: Stack, argv: readonly string[]): { end(): void } {
  let isOver = false;
  const work = async () => {
    while (!isOver) {
      await stack.exec("db", argv).catch(() => {});
      await delay(50);
    }
  };
  void work();
  return {
    end: () => {
      isOver = true;
    },
  };
}

/** What the program answers, as one document. */
// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
async function succeed(work: Workspace, ...args: string[]): Promise<any> {
  const finished = await work.stackhold([...args, "--json"]);
  const { code, stdout, stderr } = finished;
  assert.equal(code, 0, `stackhold ${args.join(" ")} exits with ${code}\n${stdout}${stderr}`);
  return finished.json();
}

/** A server that was shut down has nothing to recover, one that was frozen as it ran has. */
async function expectRecovery(stack: Stack, { recovers }: Database, quiesce: Quiesce) {
  if (recovers === undefined) return;
  const { stdout } = await stack.compose(["logs", "--no-log-prefix", "db"]);
  const crashed = quiesce === "pause";
  const wrong = `${crashed ? "nothing about" : "unasked"} recovery in the log:\n${stdout}`;
  assert.equal(stdout.includes(recovers), crashed, wrong);
}
