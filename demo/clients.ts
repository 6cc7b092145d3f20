import type { EngineAccess } from "../test/bed/access.ts";
import { run } from "../test/bed/run.ts";
import { startChild } from "./child.ts";

/** How much clients were told to be stored until the servers left them. */
export interface Acknowledged {
  readonly transactions: number;
  readonly keys: number;
}

/** Clients in containers of their own, outside the stack, as those of a real service are. */
export interface Clients extends AsyncDisposable {
  /** Resolves when each of them has had something acknowledged. */
  readonly atWork: Promise<void>;
  /** Resolves when the servers have cut all of them off. */
  readonly cutOff: Promise<Acknowledged>;
}

export const databaseClients = 4;
const longestSeconds = 120;

/** Counts up and stores a key for each number, in one step; the reply is the number. */
const storeNext =
  "local n = redis.call('INCR', 'orders') redis.call('SET', 'order:' .. n, 'paid') return n";

export function startClients(engine: EngineAccess, project: string): Clients {
  const names = { pgbench: `${project}-pgbench`, orders: `${project}-orders` };
  const start = (name: string, image: string, [program = "", ...args]: readonly string[]) =>
    startChild(
      [
        ...["docker", "run", "--rm", "--no-healthcheck", "--name", name],
        ...["--network", `${project}_default`, "--entrypoint", program, image, ...args],
      ],
      engine.env,
    );
  const pgbench = start(names.pgbench, "stackhold-test/postgres", [
    ...["pgbench", "-n", "-h", "db", "-U", "postgres", "-P", "1"],
    ...["-c", String(databaseClients), "-T", String(longestSeconds), "shop"],
  ]);
  const orders = start(names.orders, "stackhold-test/redis", [
    ...["redis-cli", "-h", "cache", "-r", "1000000", "-i", "0.001"],
    ...["EVAL", storeNext, "0"],
  ]);
  return {
    atWork: both(pgbench.seen(/^progress: 3/m), orders.seen(/^100$/m)),
    cutOff: both(pgbench.ended, orders.ended).then(() => ({
      transactions: Number(/actually processed: (\d+)/.exec(pgbench.output())?.[1] ?? Number.NaN),
      keys: Math.max(0, ...(orders.output().match(/^\d+$/gm) ?? []).map(Number)),
    })),
    [Symbol.asyncDispose]: async () => {
      const remove = ["docker", "rm", "-f", ...Object.values(names)];
      await run(remove, { env: engine.env, allowFailure: true });
      await both(pgbench.ended, orders.ended);
    },
  };
}

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}
