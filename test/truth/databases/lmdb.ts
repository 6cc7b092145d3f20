import { ask, type Database, numbersIn } from "../database.ts";
import { lmdbSession } from "../sessions/lmdb.ts";

/** A copy that is compacted finds pages that are neither used nor free. */
const copy = "mkdir /tmp/copy && mdb_copy -c /data /tmp/copy && mdb_dump -a /tmp/copy > /tmp/dump";

/** Written through mmap, and flushed by the kernel alone. */
export const lmdb: Database = {
  image: "stackhold-test/lmdb",
  port: 4000,
  data: "/data",
  prepare: async () => {},
  connect: lmdbSession,
  load: ["store", "load"],
  transfers: async (stack) => Number(await ask(stack, ["store", "transfers"])),
  numbers: async (stack, client) =>
    numbersIn(await ask(stack, ["store", "numbers", String(client)])),
  expectSound: async (stack) => {
    await ask(stack, ["sh", "-euc", copy]);
  },
};
