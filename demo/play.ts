import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { bytes, duration } from "../src/events/amounts.ts";
import { type OpenEngine, openEngine } from "../test/bed/open.ts";
import { run } from "../test/bed/run.ts";
import { interruption } from "../test/support/interruption.ts";
import { type Acknowledged, databaseClients, startClients } from "./clients.ts";
import { collect, type Evidence } from "./evidence.ts";
import { showProof } from "./proof.ts";
import { fillShop, openShop, type Shop } from "./shop.ts";
import { openStackhold, type Stackhold } from "./stackhold.ts";
import { amount, command, heading, paint, say } from "./terminal.ts";

/** 100,000 accounts, 15 MB, each. */
const scale = 10;

/** Plays all of it and cleans up. True when everything came back as it was. */
export async function playDemo(): Promise<boolean> {
  heading("Stackhold demo: a stack is backed up while it serves, destroyed, and restored");
  await using engine = await openEngine("demo", [
    "stackhold-test/busybox",
    "stackhold-test/postgres",
    "stackhold-test/redis",
  ]);
  say(`Docker engine: ${engine.ownEngine ? "one of the demo's own" : engine.dockerHost}`);
  await using stackhold = await openStackhold(engine);
  await using shop = await openShop(engine, `stackhold-demo-${process.pid}`);
  await setUp(shop);
  const backup = await backUpUnderLoad(engine, shop, stackhold);
  const before = await collect(shop);
  await destroy(engine, shop);
  const restoreMs = await restore(shop, stackhold);
  const after = await collect(shop);
  return conclude(shop, stackhold, { ...backup, restoreMs }, before, after);
}

async function setUp(shop: Shop): Promise<void> {
  heading("1  A stack");
  command("docker compose up --detach --wait");
  await shop.stack.up();
  await fillShop(shop, scale);
  const rows = Number(await shop.sql("select count(*) from pgbench_accounts"));
  say(`PostgreSQL with ${amount(rows)} accounts, Redis, a web server at ${shop.address}`);
  say("two named volumes, a bind directory, a single-file bind, an .env");
  interruption.throwIfAborted();
}

interface BackedUp {
  readonly told: Acknowledged;
  readonly backupMs: number;
}

async function backUpUnderLoad(
  engine: OpenEngine,
  shop: Shop,
  stackhold: Stackhold,
): Promise<BackedUp> {
  heading("2  Backup while clients write");
  await using clients = startClients(engine, shop.stack.name);
  await clients.atWork;
  say(`pgbench pays with ${databaseClients} clients, another one stores orders in Redis`);
  const backupMs = await stackhold.run("backup", shop.stack.name);
  const told = await clients.cutOff;
  interruption.throwIfAborted();
  say(`${amount(told.transactions)} payments and ${amount(told.keys)} orders were acknowledged`);
  say("until the stop cut the clients off");
  return { told, backupMs };
}

async function destroy(engine: OpenEngine, { stack }: Shop): Promise<void> {
  heading("3  Disaster");
  command("docker compose down --volumes");
  await stack.down("--volumes");
  command(`rm -rf ${stack.dir}`);
  await rm(stack.dir, { recursive: true });
  const volumes = ["docker", "volume", "ls", "-q", "--filter", `name=${stack.name}_`];
  const left = (await run(volumes, { env: engine.env })).stdout.split("\n").filter(Boolean).length;
  const containers = (await stack.ps()).length;
  const directory = existsSync(stack.dir) ? "the directory" : "no directory";
  say(`left: ${containers} containers, ${left} volumes, ${directory}`);
  if (containers + left > 0) throw new Error(`${stack.name} could not be destroyed`);
  interruption.throwIfAborted();
}

async function restore({ stack }: Shop, stackhold: Stackhold): Promise<number> {
  heading("4  Restore");
  const restoreMs = await stackhold.run("restore", stack.name, "--yes");
  interruption.throwIfAborted();
  return restoreMs;
}

function conclude(
  { stack }: Shop,
  stackhold: Stackhold,
  { told, backupMs, restoreMs }: BackedUp & { readonly restoreMs: number },
  before: Evidence,
  after: Evidence,
): boolean {
  heading("5  Proof");
  const isEqual = showProof(told, before, after);
  const point = stackhold.newestPoint(stack.name);
  say();
  say(`down for the backup   ${paint("bold", duration(point.downtimeMs))}`);
  say(`data                  ${bytes(point.bytes)}, stored in ${bytes(point.storedBytes)}`);
  say(`backup                ${duration(backupMs)}`);
  say(`restore from nothing  ${duration(restoreMs)}, until everything was healthy`);
  say();
  if (isEqual) say(paint("green", "Everything that was acknowledged came back, and nothing else."));
  else say(paint("red", "The restored stack is not the same."));
  return isEqual;
}
